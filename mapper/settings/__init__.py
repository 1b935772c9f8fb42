"""Settings of a project (`mapper.toml`) and of its sites; docs/settings.md describes both files."""

from __future__ import annotations

from mapper.settings.project import Settings, find_settings, load_settings, settings_for
from mapper.settings.reader import Problem, SettingsError
from mapper.settings.site import SecretReference, Site, load_site

__all__ = [
    "Problem",
    "SecretReference",
    "Settings",
    "SettingsError",
    "Site",
    "find_settings",
    "load_settings",
    "load_site",
    "settings_for",
]

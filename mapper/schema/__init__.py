"""Formats as typed trees. `load` is the one way in; nothing above this package names a format's data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from mapper.schema import fhir, fhir_profile, hl7v2, hl7v2_data, x12, x12_sets
from mapper.schema.describe import Browsable
from mapper.schema.errors import SchemaError, UnknownFormat, UnknownProfile, UnknownVersion, WrongMap
from mapper.schema.model import Binding, Element, Schema, Strength, TypeInfo, TypeKind

__all__ = [
    "Binding",
    "Browsable",
    "Element",
    "Schema",
    "SchemaError",
    "Strength",
    "TypeInfo",
    "TypeKind",
    "UnknownFormat",
    "UnknownProfile",
    "UnknownVersion",
    "WrongMap",
    "formats",
    "known_versions",
    "load",
]

FHIR_VERSIONS = ("R4", "4.0.1")


def formats() -> tuple[str, ...]:
    """Names of the formats that `load` knows."""
    return (*_LOADERS, "x12")


def known_versions(format: str) -> tuple[str, ...]:
    """The versions of a format, newest first, of X12 those of each set; empty for an unknown format."""
    if format == "hl7v2":
        return hl7v2_data.versions()
    if format == "x12":
        return x12_sets.versions()
    return FHIR_VERSIONS if format == "fhir" else ()


def load(
    format: str, versions: Sequence[str], profile: str | None = None, maps: Sequence[Path] = ()
) -> Browsable:
    """The schema of a format in the declared versions; mappings are checked against the first.

    Without versions: the newest, of X12 all sets. `maps` are further X12 guides (see `x12_extra`).

    Raises `UnknownFormat`, `UnknownVersion` or `UnknownProfile`, each listing what is known, or `WrongMap`.
    """
    if format == "x12":
        return _x12(tuple(versions), profile, tuple(maps))
    if format not in _LOADERS:
        raise UnknownFormat(format, formats())
    for version in versions:
        if version not in known_versions(format):
            raise UnknownVersion(version, known_versions(format))
    return _LOADERS[format](tuple(versions) or known_versions(format)[:1], profile)


@cache
def _hl7v2(versions: tuple[str, ...], profile: str | None) -> Browsable:
    if profile is not None:
        raise UnknownProfile(profile, ())
    return hl7v2.Hl7v2Schema(versions)


def _fhir(versions: tuple[str, ...], profile: str | None) -> Browsable:
    if profile is not None and profile not in fhir_profile.PROFILES:
        raise UnknownProfile(profile, fhir_profile.PROFILES)
    return fhir.load(versions, profile)


def _x12(versions: tuple[str, ...], profile: str | None, maps: tuple[Path, ...]) -> Browsable:
    if profile is not None:
        raise UnknownProfile(profile, ())
    if not maps:
        return _x12_known(versions)
    return x12.schema(versions, maps)


@cache
def _x12_known(versions: tuple[str, ...]) -> Browsable:
    return x12.schema(versions, ())


_LOADERS: dict[str, Callable[[tuple[str, ...], str | None], Browsable]] = {"hl7v2": _hl7v2, "fhir": _fhir}

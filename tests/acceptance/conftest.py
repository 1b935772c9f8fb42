"""The standard ADT mappings, compiled once: with the seed's overlay, with a plain site, and with no site at all."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mapper.assets import standard_mappings
from mapper.driver.session import open_session
from runtime.lib.context import NO_SITE, Site
from runtime.translate import Translator
from tests.acceptance.support import Translate, translations

MODULE = "hl7v2_fhir.adt"
SEED = standard_mappings() / "sites" / "ecw_seed" / "a04_register.hl7"
PLAIN_SITE = Site(ZoneInfo("America/Chicago"), "https://hospital.example/fhir")


@cache
def translator(site: str | None, plain: bool = False, tracing: bool = False) -> Translator:
    """A translator of the ADT mappings: with a named site and its overlays, with a zone and a base, or with nothing."""
    session = open_session(MODULE, site)
    if site is not None:
        return session.translator(tracing=tracing)
    return Translator(session.release, PLAIN_SITE if plain else NO_SITE, tracing=tracing)


@pytest.fixture(scope="session")
def overlaid() -> Translator:
    """The seed's site with its overlay."""
    return translator("ecw_seed")


@pytest.fixture(scope="session")
def bare() -> Translator:
    """The standard mappings without a site."""
    return translator(None)


@pytest.fixture(scope="session")
def standard() -> Translator:
    """The standard mappings for a site that has a zone and a base URI."""
    return translator(None, plain=True)


@pytest.fixture(scope="session")
def traced() -> Translator:
    """The standard mappings for that site, tracing."""
    return translator(None, plain=True, tracing=True)


@pytest.fixture(scope="session")
def seed() -> bytes:
    """The seed's own ADT^A04, section 6.1."""
    return SEED.read_bytes()


@pytest.fixture(scope="session")
def samples(data: Path) -> list[Path]:
    """All ADT files of the public samples."""
    return sorted((data / "samples" / "hl7v2").glob("ADT*.hl7"))


@pytest.fixture(scope="session")
def translate() -> Translate:
    """What the standard's tables make of a code."""
    return translations(standard_mappings() / "tables")

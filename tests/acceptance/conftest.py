"""The standard ADT mappings, compiled once: with the seed's overlay, with a plain site, and with no site at all."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mapper.assets import standard_mappings
from mapper.driver.session import open_session
from mapper.resolve import Library, load_modules, resolve
from mapper.resolve.program import TableInfo
from mapper.schema import load
from runtime.lib.context import NO_SITE, Site
from runtime.translate import Translator
from tests.acceptance.arrival import Codes

MODULE = "hl7v2_fhir.adt"
VERSIONS = ("2.5.1", "2.5", "2.4", "2.3.1", "2.3", "2.8.2")
SEED = standard_mappings() / "sites" / "ecw_seed" / "a04_register.hl7"
PLAIN_SITE = Site(ZoneInfo("America/Chicago"), "https://hospital.example/fhir")


@cache
def translator(site: str | None, plain: bool = False) -> Translator:
    """A translator of the ADT mappings: with a named site and its overlays, with a zone and a base, or with nothing."""
    session = open_session(MODULE, site)
    if site is not None:
        return session.translator()
    return Translator(session.release, PLAIN_SITE if plain else NO_SITE)


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
def seed() -> bytes:
    """The seed's own ADT^A04, section 6.1."""
    return SEED.read_bytes()


@pytest.fixture(scope="session")
def samples(data: Path) -> list[Path]:
    """All ADT files of the public samples."""
    return sorted((data / "samples" / "hl7v2").glob("ADT*.hl7"))


@pytest.fixture(scope="session")
def codes() -> Codes:
    """What the standard's tables make of a code."""
    return table_codes()


def table_codes() -> Codes:
    """From the tables as written; which HL7 table a place has is the schema's to say."""
    made: dict[tuple[str, str], set[str]] = {}
    for name, code, target in _rows():
        made.setdefault((name, code), set()).add(target)

    def codes(place: str, code: str) -> set[str]:
        return {target for name in _tables_at(place) for target in made.get((name, code), ())}

    return codes


@cache
def _tables_at(place: str) -> frozenset[str]:
    """The HL7 tables bound to a field and to its component."""
    schema = load("hl7v2", VERSIONS)
    where, component, below = place.split(".")
    element = schema.element(*where.split("-"))
    found = set()
    for step in (component, below):
        if element is None:
            break
        found |= {element.binding.value_set} if element.binding is not None and step == "1" else set()
        inner = [schema.element(name, step) for name in element.types]
        element = next((each for each in inner if each is not None), None)
        if element is not None and element.binding is not None:
            found.add(element.binding.value_set)
    return frozenset(found)


def _rows() -> list[tuple[str, str, str]]:
    """(HL7 table, code, what it becomes): the other side's code, and its system where the code is kept."""
    root = standard_mappings()
    modules, sources, _ = load_modules(sorted((root / "tables").glob("*.map")), Library((root,)))
    program, _ = resolve(modules, sources)
    tables = {id(table): table for scope in program.scopes.values() for table in scope.tables.values()}
    return [
        (left.system, left.code, right.code)
        for table in tables.values()
        if isinstance(table, TableInfo)
        for row in table.rows
        if row.going
        for left, right in zip(row.left, row.right, strict=False)
        if left is not None and right is not None
    ]

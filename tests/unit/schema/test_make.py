"""The parts of the data script that read published notation."""

import os
from pathlib import Path

import pytest

from mapper.schema import known_versions
from mapper.schema.make import fhir, hl7v2, uscore
from mapper.schema.make.valuesets import Terminology
from mapper.schema.store import Pool, read, write

ROOT = Path(__file__).parents[3]
US_CORE = Path(os.environ.get("MAPPER_DATA", ROOT / "../shared/data")) / "us-core" / "us_core_610.tgz"

SYSTEM = {
    "resourceType": "CodeSystem",
    "url": "urn:s",
    "content": "complete",
    "concept": [
        {"code": "a", "display": "A", "concept": [{"code": "a1"}, {"code": "a2"}]},
        {"code": "b", "property": [{"code": "notSelectable", "valueBoolean": True}]},
    ],
}


def value_set(name, **compose):
    return {"resourceType": "ValueSet", "url": name, "compose": compose}


@pytest.mark.parametrize(
    ("compose", "codes"),
    [
        ({"include": [{"system": "urn:s"}]}, {"a", "a1", "a2"}),
        ({"include": [{"system": "urn:s", "concept": [{"code": "a"}]}]}, {"a"}),
        ({"include": [{"system": "urn:s", "filter": [{"op": "is-a", "value": "a"}]}]}, {"a", "a1", "a2"}),
        ({"include": [{"system": "urn:s", "filter": [{"op": "descendent-of", "value": "a"}]}]}, {"a1", "a2"}),
        (
            {"include": [{"system": "urn:s"}], "exclude": [{"system": "urn:s", "concept": [{"code": "a1"}]}]},
            {"a", "a2"},
        ),
    ],
)
def test_value_sets_expand(compose, codes):
    terminology = Terminology([[SYSTEM, value_set("urn:v", **compose)]])
    assert terminology.expand("urn:v|4.0.1") == {"urn:s": codes}


@pytest.mark.parametrize(
    "compose",
    [
        {"include": [{"system": "urn:unknown"}]},
        {"include": [{"system": "urn:s", "filter": [{"op": "regex", "value": "a"}]}]},
        {"include": [{"valueSet": ["urn:v"]}]},
        {},
    ],
)
def test_what_cannot_be_expanded_is_none(compose):
    assert Terminology([[SYSTEM, value_set("urn:v", **compose)]]).expand("urn:v") is None


@pytest.mark.parametrize(
    ("base", "expression", "paths"),
    [
        ("Patient", "Patient.name.family | Practitioner.name.family", ["name.family"]),
        (
            "Observation",
            "(Observation.value as Quantity) | (Observation.value as SampledData)",
            ["valueQuantity", "valueSampledData"],
        ),
        ("Encounter", "Encounter.subject.where(resolve() is Patient)", ["subject"]),
        ("Patient", "Patient.deceased.exists() and Patient.deceased != false", []),
    ],
)
def test_search_paths(base, expression, paths):
    assert fhir.search_paths(base, expression) == paths


def test_first_sentences():
    assert fhir.sentence("One thing.  Then more.") == "One thing."
    assert len(fhir.sentence("word " * 100)) <= 240


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        (["A", "B ", "CHESTÂ\xa0"], ["A", "B", "CHEST"]),
        (["10 ...12", "E1 ... E3"], ["10", "11", "12", "E1", "E2", "E3"]),
        (["L,M,N"], ["L", "M", "N"]),
        (["1", "..."], ["1", hl7v2.OPEN]),
        (["ISO IR14", "An Identifier for a provi", "<null>", ""], ["ISO IR14"]),
    ],
)
def test_printed_tables_are_cleaned(codes, found):
    assert hl7v2.clean(codes) == found


def test_pool_shares_equal_blocks():
    pool = Pool()
    assert [pool.number(block) for block in ("x", "y", "x")] == [0, 1, 0]
    assert pool.blocks == ["x", "y"]


def test_files_are_reproducible(tmp_path):
    assert write(tmp_path, "one", {"ü": [1]}) == write(tmp_path, "two", {"ü": [1]})
    assert (tmp_path / "one.json.z").read_bytes() == (tmp_path / "two.json.z").read_bytes()


def test_the_data_hold_every_version_that_the_script_knows():
    assert list(known_versions("hl7v2")) == hl7v2.VERSIONS
    assert list(read("hl7v2")["index"]) == hl7v2.VERSIONS


@pytest.mark.skipif(not US_CORE.is_file(), reason="the US Core package is not at MAPPER_DATA")
def test_the_profiles_are_those_of_the_package():
    package = fhir.read_package(US_CORE)
    assert uscore.profiles(package) == read("us_core")["profiles"]

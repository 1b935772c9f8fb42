"""The hand-written peer does honest work: its Bundles are valid, its messages too, and it makes each actor once."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest

from tests.benchmarks.bench_adt import MESSAGES
from tests.benchmarks.peers.by_hand import ECW_SITE, SITE, from_fhir, to_fhir
from tests.benchmarks.peers.by_hand.text import escape, unescape, uuid
from tests.benchmarks.peers.compiled import compiled
from tests.benchmarks.peers.same import fields, values
from tests.benchmarks.peers.split import full_split
from tests.judges import judge_bundle, judge_hl7v2

DATA = Path(__file__).parents[1] / "data"


SITES = {"seed_a04": ECW_SITE}


def there(name: str) -> bytes:
    return to_fhir(message(name), SITES.get(name, SITE))


def back_by_hand(name: str, data: bytes) -> bytes:
    return from_fhir(data, SITES.get(name, SITE))


def message(name: str) -> bytes:
    return (DATA / f"{name}.hl7").read_bytes()


@pytest.mark.parametrize("name", MESSAGES)
def test_there_is_valid(name: str) -> None:
    assert judge_bundle(json.loads(there(name)), message(name)) == []


@pytest.mark.parametrize("name", MESSAGES)
def test_back_is_valid_and_stable(name: str) -> None:
    back = back_by_hand(name, there(name))
    assert name in SITES or judge_hl7v2(back) == []  # a site's fields are where the standard has others
    assert back_by_hand(name, to_fhir(back, SITES.get(name, SITE))) == back


@pytest.mark.parametrize("name", MESSAGES)
def test_there_is_what_the_mapping_makes(name: str) -> None:
    """Every value at the same place in a resource of the same type, as often."""
    made = compiled(name)[0](message(name))
    assert values(there(name)) == values(made)


DIFFERENCES = {
    # The mapping writes the text of a diagnosis into DG1-3.9 too.
    "a01": {"DG1[1]-3"},
    "a08": {f"DG1[{number}]-3" for number in range(1, 7)},
}


@pytest.mark.parametrize("name", MESSAGES)
def test_back_is_what_the_mapping_makes(name: str) -> None:
    """Every field with the same text, but for the listed ones."""
    go, back = compiled(name)
    bundle = go(message(name))
    one, other = fields(back_by_hand(name, bundle)), fields(back(bundle))
    found = {place for place in one.keys() | other.keys() if one.get(place) != other.get(place)}
    assert found == DIFFERENCES.get(name, set())


@pytest.mark.parametrize("name", ["a01", "a08"])
def test_the_messages_are_valid(name: str) -> None:
    assert judge_hl7v2(message(name)) == []


def test_actors_are_made_once() -> None:
    entries = json.loads(to_fhir(message("a08")))["entry"]
    names = Counter(
        e["resource"]["identifier"][0]["value"]
        for e in entries
        if e["resource"]["resourceType"] == "Practitioner" and "identifier" in e["resource"]
    )
    assert names["D1180"] == 1
    assert message("a08").count(b"D1180^") > 10


def test_escapes_and_explicit_nulls() -> None:
    text = to_fhir(message("a08")).decode()
    assert "Hives & wheezing" in text
    assert '\\"\\"' not in text
    assert unescape(escape("a|b^c&d~e\\f\ng")) == "a|b^c&d~e\\f\ng"


def test_ids_are_uuid5() -> None:
    space = uuid5(NAMESPACE_URL, "x")
    assert UUID(uuid(space.bytes, "Patient|1")) == uuid5(space, "Patient|1")


def test_the_split_reaches_subcomponents() -> None:
    assert full_split(b"PID|a~b^c&d\r")[0][1] == [[["a"]], [["b"], ["c", "d"]]]

"""What an ADT message says once comes back once, at the place where it stood."""

from __future__ import annotations

from typing import Any

import pytest

from mapper.assets import standard_mappings
from mapper.driver import cached_release
from runtime.release import Release
from runtime.translate import Translator

MSH = "MSH|^~\\&|A|B|C|D|20240102030405||ADT^A08^ADT_A01|1|P|2.5.1"
PID = "PID|1||7^^^X^MR||Doe^Ann"


@pytest.fixture(scope="module")
def translator() -> Translator:
    root = standard_mappings()
    folder, _ = cached_release([root / "hl7v2_fhir" / "adt.map"], [root])
    assert folder is not None
    return Translator(Release(folder))


def segment(name: str, **fields: str) -> str:
    """A segment with some fields: `segment("PV1", f2="I")`."""
    values = [name, *[""] * 52]
    for key, value in fields.items():
        values[int(key[1:])] = value
    return "|".join(values).rstrip("|")


def both(translator: Translator, *segments: str) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """The resources by type, and the segments that come back."""
    made = translator.forward("\r".join([MSH, "EVN|A08|20240102", PID, *segments]).encode())
    resources: dict[str, list[dict[str, Any]]] = {}
    for entry in made.output["entry"]:
        resources.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    back = translator.back(made.data).data.decode()
    return resources, back.rstrip("\r").split("\r")


@pytest.mark.parametrize("place", ["", "W1^R2^B3"])
@pytest.mark.parametrize("patient_class", ["I", "P"])
def test_a_temporary_place_comes_back_as_such(translator: Translator, place: str, patient_class: str) -> None:
    visit = segment("PV1", f1="1", f2=patient_class, f3=place, f11="TMP^R9", f44="20240101")
    assert visit in both(translator, visit)[1]


@pytest.mark.parametrize("person", ["9^At^Tend", "8^Ot^Her"])
@pytest.mark.parametrize(("field", "role"), [("f7", "AT"), ("f8", "RP"), ("f9", "CP"), ("f17", "AD")])
def test_a_role_beside_a_field_of_the_visit_comes_back_once(
    translator: Translator, person: str, field: str, role: str
) -> None:
    visit = segment("PV1", f1="1", f2="I", **{field: "9^At^Tend"})
    told = f"ROL|1|UC|{role}|{person}|20240101"
    _, back = both(translator, visit, told)
    assert visit in back
    assert told in back


def test_a_contact_of_whom_only_the_relationship_is_known_is_valid(translator: Translator) -> None:
    resources, back = both(translator, "NK1|1||SPO")
    (contact,) = resources["Patient"][0]["contact"]
    assert (
        contact["name"]["extension"][0]["valueCode"] == "unknown"
    )  # pat-1: a name, a place or an organization
    assert "NK1|1||SPO" in back


def test_a_contact_with_a_name_or_a_phone_has_no_other(translator: Translator) -> None:
    phone = segment("NK1", f1="1", f3="SPO", f5="^PRN^PH^^^^^^^^^5551234")
    resources, back = both(translator, phone)
    assert "name" not in resources["Patient"][0]["contact"][0]
    (told,) = [line for line in back if line.startswith("NK1")]
    assert told.endswith("^PRN^PH^^^^^^^^^5551234")

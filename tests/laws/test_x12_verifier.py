"""The verifier on X12: its inputs are valid by an independent judge, and what breaks a law is caught by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mapper.check.model import Side
from mapper.driver.compile import compile_project
from mapper.resolve import Library
from mapper.schema.x12 import schema
from mapper.verify import judges_x12, laws
from mapper.verify.facts_model import SideFacts
from mapper.verify.verifier import Options, Verified, Verifier, mappings_of
from mapper.verify.x12_inputs import X12Inputs
from mapper.verify.x12_subject import AT, PARTNER
from runtime.codecs.x12 import MemoryControlNumbers, Outgoing, read, write_interchange
from tests.x12.claims import claims
from tests.x12.remittances import remittances
from tests.x12.tables import tables

VERSIONS = {"837P": "005010X222A1", "837I": "005010X223A2", "835": "005010X221A1", "277CA": "005010X214"}
HEAD = """use x12 "005010X222A1"
use fhir "R4"

function f between x12 AN and fhir string, date "tests.laws.functions:{function}"
"""
NAME = """
mapping m between x12 NM1 and fhir HumanName {
  NM104 <-> given[1] using f
}
"""
LOOP = """
mapping m between x12 2010BA and fhir Patient {
  NM103 <-> name[1].family
  NM104 <-> name[1].given[1] using f
  N401 <-> address[1].city
  REF("SY")/REF02 <-> identifier[system = "urn:ssn"].value
}
"""
ONE_WAYS = """
mapping m between x12 NM1 and fhir HumanName {
  NM103 <-> family
  NM104  -> given[1]
  NM105 <-  given[1]
  NM105  -> prefix[1]
}
"""
BIRTH = """
mapping m between x12 2010BA and fhir Patient {
  N401 <-> birthDate using f
}
"""
RUN = """
mapping m between x12 2430 and fhir ClaimResponse.item {
  each CAS02..19 step 3 under CAS <-> adjudication {
    CAS01 <-> category.text
    CAS02 <-> reason.text
    CAS03 <-> amount.value
  }
}
"""
CLAIMS = """
mapping m between x12 837P and fhir Bundle* {
  each loop 2300 under 2000A, 2000B, 2000C <-> Bundle {
    "collection" -> type
    this <-> Patient {
      key identifier[1].value
      CLM01 <-> identifier[1].value using f
      2010AA/NM103 <-> managingOrganization.display
      2010BA/NM103 <-> name[1].family
    }
  }
}
"""


def verified(folder: Path, text: str, function: str = "good", **options: Any) -> Verified:
    path = folder / "m.map"
    path.write_text(HEAD.format(function=function) + text, encoding="utf-8")
    compiled = compile_project([path], Library((folder,)), allowed=("tests.laws",))
    told = [each for each in compiled.diagnostics if each.severity == "error" and each.code != "E404"]
    assert [each.message for each in told] == []
    verifier = Verifier(compiled, folder / "release")
    (mapping,) = mappings_of(compiled, ["m"])
    return verifier.verify(mapping, Options(**{"examples": 30, "most": 1, **options}))


@pytest.mark.parametrize("name", VERSIONS)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=(Phase.generate,),
)
@given(data=st.data())
def test_made_transactions_are_valid(name: str, data: st.DataObject) -> None:
    tree = X12Inputs(schema((VERSIONS[name],), ()), SideFacts()).loop(data.draw, name)
    made = write_interchange([Outgoing(tables()[name], tree)], PARTNER, MemoryControlNumbers(), AT)
    assert [str(fault.finding) for event in read(made, tables()) for fault in event.faults] == []
    # PWK02 of a line has a code more in the guide than pyx12 knows.
    found = {str(each) for each in judges_x12.transaction(made)} - {"pyx12: 2400/PWK02: element 7"}
    assert found == set()


@pytest.mark.parametrize("name", ["837P", "837I"])
def test_the_judge_accepts_what_is_valid(name: str) -> None:
    for seed in range(2):
        assert list(judges_x12.transaction(claims(name, seed, plain=True).bytes())) == []
    assert list(judges_x12.transaction(remittances(1).bytes())) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b"*XX*", b"*QQ*", "pyx12: 2010AA/NM108: element 7"),
        (b"~REF*EI*", b"~REF*ZZ*", "pyx12: REF behind 2010AA/N4: segment 1"),
        (b"~CLM*", b"~CLM**", "pyx12: 2300/CLM01: element 1"),
    ],
)
def test_the_judge_says_where_and_never_what(old: bytes, new: bytes, told: str) -> None:
    data = claims("837P", 1, plain=True).bytes()
    assert old in data
    found = list(judges_x12.transaction(data.replace(old, new, 1)))
    assert told in map(str, found)


@pytest.mark.parametrize(
    ("law", "text", "function"),
    [
        (laws.SAME, NAME, "counting"),
        (laws.SURVIVES, NAME, "lossy"),
        (laws.SURVIVES, LOOP, "lossy"),
        (laws.STABLE, ONE_WAYS, "good"),
        (laws.VALID, BIRTH, "invalid"),
    ],
)
def test_a_broken_law_is_found(tmp_path: Path, law: str, text: str, function: str) -> None:
    assert law in {each.law for each in verified(tmp_path, text, function, sides=("left",)).found}


@pytest.mark.parametrize("text", [NAME, LOOP, RUN])
def test_a_good_mapping_of_a_part_passes(tmp_path: Path, text: str) -> None:
    # A run of elements has no place for a group code without any reason or amount: only X12 has no such value.
    sides: tuple[Side, ...] = ("left",) if text == RUN else ("left", "right")
    done = verified(tmp_path, text, sides=sides)
    assert done.skipped == ""
    assert [f"{each.side} {each.law} {each.paths}" for each in done.found] == []


def test_the_counterexample_is_small_and_names_the_place(tmp_path: Path) -> None:
    found = verified(tmp_path, LOOP, "lossy", sides=("left",)).found[0]
    assert found.law == laws.SURVIVES
    assert found.paths == ("2010BA/NM104",)
    assert found.format == "X12"
    assert found.given.startswith(b"ISA*")


def test_units_are_translated_as_in_the_whole_transaction(tmp_path: Path) -> None:
    """The law of its own of mappings to many Bundles; what is not mapped is known not to come back."""
    known = frozenset({"valid *", "survives *", "stable *"})
    done = verified(tmp_path, CLAIMS, examples=6, sides=("left",), known=known)
    assert [f"{each.side} {each.law} {each.paths}" for each in done.found] == []

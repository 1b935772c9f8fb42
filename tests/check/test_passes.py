"""What the passes let through and what they stop, in one mapping each."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate

import pytest

from mapper.assets import standard_mappings
from mapper.diagnostics import Severity
from mapper.resolve import Library
from tests.check.checking import check_files

HEAD = """use hl7v2 "2.5.1"
use fhir "R4"
import hl7v2_fhir.datatypes (identifier, address, telecom, person_name, concept)
import codes (v2_0203, loinc, us_ssn)
import tables (sex, patient_class)
import lib (flag, day, namespace)
"""

PID = "mapping m between hl7v2 PID and fhir Patient {\n%s\n}\n"
PV1 = "mapping m between hl7v2 PV1 and fhir Encounter {\n%s\n}\n"
ADT = 'mapping m between hl7v2 ADT_A01 and fhir Bundle {\n"collection" -> type\n%s\n}\n'


PARTITION = [
    (
        "a line without selector takes the rest",
        PID % 'each PID-14 <-> telecom[use = "work"]\neach PID-13 <-> telecom',
        [],
    ),
    (
        "a longer selector refines",
        PID
        % 'each PID-3 <-> identifier[use = "old"]\nPID-19 <-> identifier[use = "old" and system = us_ssn].value',
        [],
    ),
    (
        "other codes of one element",
        PID
        % "PID-19 <-> identifier[type = v2_0203|SS].value\nPID-20.1 <-> identifier[type = v2_0203|DL].value",
        [],
    ),
    ("positions that do not meet", PID % "PID-11[1] <-> address[1]\neach PID-11[2..] <-> address[2..]", []),
    ("positions that meet", PID % "PID-11[1] <-> address[1]\neach PID-11[2..] <-> address[1..]", ["E502"]),
    (
        "not and the code itself",
        PID
        % 'each PID-3 <-> identifier[use = "old"]\nPID-19 <-> identifier[use != "old" and system = us_ssn].value',
        [],
    ),
    (
        "exclusive cases",
        PID
        % """choose {
      case PID-8 = "F" <-> gender = "female" { each PID-13 <-> telecom }
      case PID-8 = "M" <-> gender = "male" { each PID-14 <-> telecom }
    }""",
        [],
    ),
    (
        "one-way lines never claim",
        PID % 'each PID-13 <-> telecom[use = "home"]\neach PID-14 -> telecom[system = "phone"]',
        [],
    ),
    (
        "parts of one item",
        PID % "PID-3[1].1 <-> identifier[1].value\nPID-3[1].7 <-> identifier[1].period.start",
        [],
    ),
]

WRITERS = [
    (
        "with and without a value",
        PID % '"female" -> gender when PID-8 valued\n"unknown" -> gender when PID-8 not valued',
        [],
    ),
    ("a value and its absence", PID % "PID-7 -> birthDate\nPID-29 -> birthDate when PID-7 not valued", []),
    (
        "different constants",
        PID % '"female" -> gender when PID-8 = "F"\n"male" -> gender when PID-8 = "M"',
        [],
    ),
    (
        "conditions that may both hold",
        PID % '"female" -> gender when PID-8 = "F"\n"male" -> gender when PID-16 valued',
        ["E408"],
    ),
    (
        "two cases",
        PID
        % """choose {
      case PID-25 valued <-> multipleBirthInteger valued { PID-7 <-> birthDate }
      case PID-24 valued <-> multipleBirthBoolean valued { PID-29 <-> birthDate }
    }""",
        [],
    ),
    (
        "another element of one node",
        PID % "PID-5[1].1.1 <-> name[1].family\nPID-5[1].2 <-> name[1].given[1]",
        [],
    ),
    ("the way back", PID % "PID-7 <-> birthDate\nPID-7 <- deceasedDateTime", ["E408"]),
]

REQUIRED = [
    (
        "written by the outer body",
        ADT
        % 'PID <-> Patient as p {\n PID-7 <-> birthDate\n}\nPID <-> Account {\n"active" -> status\np <-> subject[1]\n}',
        [],
    ),
    (
        "a selector writes",
        ADT % 'PV1 <-> Encounter[status = "finished" and class = "AMB"] {\nPV1-44 <-> period.start\n}',
        [],
    ),
    (
        "a guard writes",
        PV1 % 'PV1-2 -> class using table patient_class default "AMB"\nchoose {\n'
        'case PV1-45[1] valued <-> status = "finished" { PV1-45[1] <-> period.end }\n}',
        [],
    ),
    (
        "an alternative of a choice",
        ADT % "MSH <-> MessageHeader {\nMSH-3.1 -> source.endpoint\nMSH-9.2 -> eventUri\n}",
        [],
    ),
    ("no alternative of a choice", ADT % "MSH <-> MessageHeader {\nMSH-3.1 -> source.endpoint\n}", ["E404"]),
    (
        "only referred to",
        ADT % 'PV1 <-> Encounter {\n"finished" -> status\n"AMB" -> class\n'
        "PV1-3.1 <-> location[1].location(Location).name\n}",
        [],
    ),
    ("a part of a node that others make", PV1 % "PV1-44 <-> period.start", []),
]

CASES = [
    (
        "never written",
        PID
        % """choose {
      case PID-25 valued <-> multipleBirthInteger valued { PID-25 <-> multipleBirthInteger }
      case PID-24 valued <-> multipleBirthBoolean valued { PID-24 <-> multipleBirthBoolean using flag }
    }""",
        [],
    ),
    (
        "constants",
        PID
        % """choose {
      case PID-8 = "F" <-> gender = "female" { }
      case PID-8 = "M" <-> gender = "male" { }
      case PID-8 = "O" <-> gender = "other" { }
    }""",
        [],
    ),
    (
        "numbers",
        PID
        % """choose {
      case length(PID-7.1) > 8 <-> deceasedDateTime valued { PID-7 <-> deceasedDateTime }
      case length(PID-7.1) <= 8 <-> birthDate valued { PID-7 <-> birthDate }
    }""",
        [],
    ),
    (
        "a function decides",
        "mapping m between hl7v2 HD and fhir Identifier {\n"
        + """choose {
      case HD.2 not valued <-> namespace(system) valued { HD.1 <-> system using namespace }
      case HD.2 valued <-> system valued { HD.2 <-> system }
    }"""
        + "\n}\n",
        ["W904"],
    ),
    (
        "read back as an earlier one",
        PID
        % """choose {
      case PID-8 = "F" <-> gender valued { "female" -> gender }
      case PID-8 = "M" <-> gender in ["male", "other"] { PID-7 <-> birthDate }
    }""",
        ["E504"],
    ),
    (
        "never chosen",
        PID
        % """choose {
      case PID-8 in ["F", "M"] <-> gender = "female" { }
      case PID-8 = "M" <-> gender = "male" { }
    }""",
        ["E505"],
    ),
]


ALL = [*PARTITION, *WRITERS, *REQUIRED, *CASES]


def source(number: int, text: str) -> str:
    """A mapping with a name of its own, and bodies of cases on lines of their own."""
    return re.sub(r"^(.*\{) (.*)\}$", r"\1\n\2\n}", text, flags=re.MULTILINE).replace(
        "mapping m ", f"mapping m{number} "
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[str]]:
    """The codes of errors and of unproven cases in each mapping, all checked as one file."""
    path = tmp_path_factory.mktemp("passes") / "small.map"
    parts = [HEAD, *(source(number, text) for number, (_, text, _) in enumerate(ALL))]
    path.write_text("".join(parts), encoding="utf-8")
    ends = list(accumulate(map(len, parts)))
    found, _ = check_files([path], Library((path.parent, standard_mappings())))
    result: dict[int, list[str]] = {}
    for each in found:
        if (
            each.span is not None
            and each.span.file.endswith("small.map")
            and each.severity is not Severity.WARNING
        ):
            result.setdefault(bisect_right(ends, each.span.start) - 1, []).append(each.code)
    return result


@pytest.mark.parametrize("number", range(len(ALL)), ids=[name for name, _, _ in ALL])
def test_a_mapping_is_told_what_is_wrong_and_no_more(number: int, told: dict[int, list[str]]) -> None:
    assert told.get(number, []) == ALL[number][2]

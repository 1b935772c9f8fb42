"""X12 files through mappings: a Bundle for each claim as the stream is read, and Bundles to an interchange."""

from __future__ import annotations

import json
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest

from runtime.codecs import x12
from runtime.errors import DecodeError, MapperError
from runtime.lib.context import Site
from runtime.translate import Translator
from runtime.x12.feed import Unit, X12Feed
from tests.language.harness import Maker, Program, only

CLAIMS = """use x12 "005010X222A1"
use fhir "R4"

mapping claims between x12 837P and fhir Bundle* {
  BHT02 <- $batch.purpose
  BHT04 <- $batch.date
  loop 1000A <- $partner.submitter {
    NM103 <- name
  }
  each loop 2300 under 2000A, 2000B, 2000C <-> Bundle {
    "collection" -> type
    this <-> Patient {
      key identifier[1].value
      CLM01 <-> identifier[1].value
      2010AA/NM103 <-> managingOrganization.display
      2010BA/NM103 <-> name[1].family
      2010CA/NM103 <-> contact[1].name.family
      DTP("431")/DTP03 <-> birthDate
      each loop 2400 <-> telecom {
        SV101-2 <-> value
      }
    }
  }
}
"""

BODY = """BHT*0019*00*1*20240101*1200*CH
NM1*41*2*BILLER*****46*1
NM1*40*2*PAYER*****46*2
HL*1**20*1
NM1*85*2*CLINIC*****XX*1
HL*2*1*22*0
SBR*P*18*******CI
NM1*IL*1*DOE*JANE****MI*7
CLM*A1*10***11:B:1*Y*A*Y*Y
DTP*431*D8*20240131
LX*1
SV1*HC:99213*10*UN*1***1
CLM*A2*20***11:B:1*Y*A*Y*Y
DTP*431*D8*20249931
HL*3*1*22*1
SBR*S********CI
NM1*IL*1*ROE*MAX****MI*8
HL*4*3*23*0
PAT*19
NM1*QC*1*ROE*KID
CLM*A3*30***11:B:1*Y*A*Y*Y"""

ISA = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *240101*1200*^*00501*000000001*0*P*:~"


def interchange(body: str = BODY, version: str = "005010X222A1") -> bytes:
    segments = [f"ST*837*0001*{version}", *body.split("\n")]
    segments.append(f"SE*{len(segments) + 1}*0001")
    text = "~".join([f"GS*HC*A*B*20240101*1200*1*X*{version}", *segments, "GE*1*1", "IEA*1*000000001"])
    return (ISA + text + "~").encode()


REFUSED = interchange().replace(b"~SE*", b"~SE*9")
WHOLE = (
    CLAIMS.replace("Bundle* {", "Bundle {")
    .replace(
        'each loop 2300 under 2000A, 2000B, 2000C <-> Bundle {\n    "collection" -> type\n    this <-> Patient {',
        '"collection" -> type\n  each loop 2300 under 2000A, 2000B, 2000C <-> Patient {',
    )
    .replace("    }\n  }\n}\n", "  }\n}\n")
)


@pytest.fixture
def program(maker: Maker) -> Program:
    return maker.program(CLAIMS, partial=True)


def feed(program: Program, tracing: bool = False) -> X12Feed:
    site = Site(partner={"sender_id": "ME", "receiver_id": "YOU", "submitter.name": "BILLER"})
    return X12Feed(Translator(program.release, site, tracing=tracing))


def patients(units: list[Unit]) -> list[dict[str, Any]]:
    return [only(result.output, "Patient") for unit in units for result in unit.results]


def test_a_bundle_for_each_claim(program: Program) -> None:
    units = list(feed(program).forward(interchange()))
    made = patients(units)
    assert [each["identifier"][0]["value"] for each in made] == ["A1", "A2", "A3"]
    assert {each["managingOrganization"]["display"] for each in made} == {"CLINIC"}
    assert [each["name"][0]["family"] for each in made] == ["DOE", "DOE", "ROE"]
    assert made[0]["telecom"] == [{"value": "99213"}]
    assert made[2]["contact"] == [{"name": {"family": "ROE"}}]


def test_findings_of_a_trace_say_where_in_the_transaction(program: Program) -> None:
    plain = [r.data for unit in feed(program).forward(interchange()) for r in unit.results]
    units = list(feed(program, tracing=True).forward(interchange()))
    assert [r.data for unit in units for r in unit.results] == plain
    (told,) = [finding for unit in units for finding in unit.findings if finding.code == "R201"]
    assert told.where == "2300/DTP03 (segment 15 of ST 0001)"


def test_bundles_become_one_interchange_that_reads_the_same(program: Program) -> None:
    bundles = [r.output for unit in feed(program).forward(interchange()) for r in unit.results]
    data = [json.loads(json.dumps(bundle, default=str)) for bundle in bundles]
    result = feed(program).back(data, at=datetime(2024, 1, 2, 3, 4))  # noqa: DTZ001
    text = result.data.decode()
    assert text.startswith("ISA*00*")
    assert "BHT*0019*00**20240102~" in text
    assert "NM1*41*" in text
    assert text.count("CLM*") == 3
    again = list(feed(program).forward(result.data))
    assert patients(again) == patients(list(feed(program).forward(interchange())))


def test_the_same_bundles_and_time_give_the_same_bytes(program: Program) -> None:
    bundles = [r.output for unit in feed(program).forward(interchange()) for r in unit.results]
    at = datetime(2024, 1, 2, 3, 4)  # noqa: DTZ001
    assert feed(program).back(bundles, at=at).data == feed(program).back(bundles, at=at).data


def test_a_set_without_a_mapping_is_told_and_the_rest_goes_on(program: Program) -> None:
    other = interchange(version="005010X223A2")
    units = list(feed(program).forward(other + interchange()))
    assert units[0].error
    assert len(patients(units)) == 3


class Pipe(BytesIO):
    """A stream that cannot go back, as standard input."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise OSError("no")


def test_a_refused_transaction_is_recalled_with_its_count(program: Program) -> None:
    units = list(feed(program).forward(REFUSED + interchange()))
    assert len(patients(units)) == 6
    first, second = (unit for unit in units if unit.end)
    assert (first.error, second.error) == (True, False)
    (told,) = [each for each in first.findings if each.code == "R217"]
    assert told.message == "transaction 0001 is refused: 3 results given before are to be taken back"
    assert told.where == "SE of ST 0001"
    assert second.findings == []


@pytest.mark.parametrize("kind", [BytesIO, Pipe])
def test_with_hold_nothing_of_a_refused_transaction_is_given(program: Program, kind: type[BytesIO]) -> None:
    whole = [r.data for unit in feed(program).forward(interchange()) for r in unit.results]
    units = list(feed(program).forward(kind(interchange() + REFUSED + interchange()), hold=True))
    assert [r.data for unit in units for r in unit.results] == [*whole, *whole]
    (told,) = [each for unit in units for each in unit.findings if each.code == "R217"]
    assert "nothing of it is given" in told.message
    for cut in (500, 590):
        assert not patients(list(feed(program).forward(kind(interchange()[:cut]), hold=True)))


def test_a_refused_transaction_that_is_mapped_as_a_whole(maker: Maker) -> None:
    program = maker.program(WHOLE, partial=True)
    (unit,) = [each for each in feed(program).forward(REFUSED) if each.end]
    assert (len(unit.results), unit.error, unit.findings[-1].code) == (1, True, "R217")
    (unit,) = [each for each in feed(program).forward(REFUSED, hold=True) if each.end]
    assert (unit.results, unit.findings[-1].code) == ([], "R217")


def test_the_header_that_bundles_share_is_written_once(maker: Maker) -> None:
    header = """    this <-> Organization {
      key name
      1000A/NM103 <-> name
      each 1000A/PER <-> contact {
        PER02 <-> name.text
      }
    }
"""
    text = CLAIMS.replace("    this <-> Patient {", header + "    this <-> Patient {", 1)
    text = text.replace("  loop 1000A <- $partner.submitter {\n    NM103 <- name\n  }\n", "")
    program = maker.program(text, partial=True)
    data = interchange(BODY.replace("46*1\n", "46*1\nPER*IC*ANN*TE*1\nPER*IC*BEN*TE*2\n"))
    bundles = [r.output for unit in feed(program).forward(data) for r in unit.results]
    back = feed(program).back(bundles)
    assert len(bundles) == back.data.count(b"CLM*") == 3
    assert back.data.count(b"PER*") == 2
    other = json.loads(json.dumps(bundles[2], default=str))
    other["entry"][0]["resource"]["name"] = "ANOTHER"
    assert feed(program).back([*bundles[:2], other]).data.count(b"~ST*837*") == 2


def test_each_bundle_of_a_mapping_to_one_bundle_is_a_transaction_of_its_own(maker: Maker) -> None:
    program = maker.program(WHOLE, partial=True)
    (bundle,) = [r.output for unit in feed(program).forward(interchange()) for r in unit.results]
    assert feed(program).back([bundle, bundle]).data.count(b"~ST*837*") == 2


def test_an_envelope_without_parties_is_told(program: Program) -> None:
    bundles = [r.output for unit in feed(program).forward(interchange()) for r in unit.results]
    result = X12Feed(Translator(program.release)).back(bundles)
    assert [(each.code, each.where) for each in result.findings] == [("R210", "ISA06"), ("R210", "ISA08")]


def test_what_is_no_x12_and_no_bundle(program: Program) -> None:
    with pytest.raises(DecodeError):
        list(feed(program).forward(b"MSH|^~\\&|"))
    with pytest.raises(DecodeError):
        feed(program).back([{"resourceType": "Patient"}])
    with pytest.raises((MapperError, KeyError)):
        feed(program).back([{"resourceType": "Bundle"}], mapping="main.unknown")


def test_a_mapping_to_one_bundle_gets_the_whole_transaction(maker: Maker) -> None:
    program = maker.program(WHOLE, partial=True)
    units = [unit for unit in feed(program).forward(interchange()) if unit.results]
    assert len(units) == 1
    assert len(units[0].results[0].output["entry"]) == 3


def test_the_tables_of_a_release_are_those_of_its_mappings(program: Program) -> None:
    assert set(program.release.x12) == {"837P"}
    assert isinstance(next(iter(x12.read(interchange(), program.release.x12))), x12.InterchangeStart)

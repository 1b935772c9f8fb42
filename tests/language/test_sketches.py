"""Whole messages: the programs in `sketches/` check, and translate one small message each way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mapper.assets import standard_mappings
from mapper.driver import Compiled, build_release, compile_project
from mapper.resolve import Library
from runtime.release import Release
from runtime.translate import Translator
from tests.language.harness import SITE, only, resources

SKETCHES = Path(__file__).parent / "sketches"
MSH = "MSH|^~\\&|APP||||20240102030405-0500||{}|7|P|2.5.1"
PID = "PID|||7^^^||Doe^Ann||19800203"


def compiled(name: str) -> Compiled:
    return compile_project([SKETCHES / name], Library((SKETCHES, standard_mappings())))


@pytest.fixture(scope="module", params=["oru.map", "four.map"])
def sketch(request: pytest.FixtureRequest) -> Compiled:
    return compiled(request.param)


def test_each_sketch_checks(sketch: Compiled) -> None:
    assert [d.message for d in sketch.diagnostics if d.code[0] != "W"] == []


class Runner:
    """Both directions of one program's messages."""

    def __init__(self, name: str, folder: Path) -> None:
        build_release(compiled(name), folder)
        self.translator = Translator(Release(folder), SITE)
        self.module = name.removesuffix(".map")

    def go(self, mapping: str, kind: str, *segments: str) -> dict[str, Any]:
        data = "\r".join([MSH.format(kind), *segments]).encode()
        return self.translator.forward(data, f"{self.module}.{mapping}").output

    def back(self, mapping: str, bundle: dict[str, Any]) -> list[str]:
        result = self.translator.back_value(bundle, None, f"{self.module}.{mapping}")
        return result.data.decode().rstrip("\r").split("\r")


@pytest.fixture(scope="module")
def oru(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    return Runner("oru.map", tmp_path_factory.mktemp("oru") / "release")


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    return Runner("four.map", tmp_path_factory.mktemp("four") / "release")


LAB = (
    PID, "PV1||O|||||||||||||||||V", "OBR|1|P1|F1|CBC^Count|||20240101|||||||||||||||20240102030405-0500|||F",
    "OBX|1|NM|HB^Hemo||12.5|g/dL^^UCUM|10-20|N|||F", "OBX|2|NM|8480-6^sys|a|120|mm[Hg]|||||F",
    "OBX|3|NM|8462-4^dia|a|80|mm[Hg]|||||F", "OBX|4|ED|PDF||^application^pdf^Base64^QUJD||||||F",
)  # fmt: skip


def test_results_and_their_report(oru: Runner) -> None:
    bundle = oru.go("oru_r01", "ORU^R01^ORU_R01", *LAB)
    report = only(bundle, "DiagnosticReport")
    assert len(report["result"]) == 2
    assert report["presentedForm"][0]["data"] == "QUJD"
    pressure, hemoglobin = resources(bundle, "Observation")
    assert [str(c["valueQuantity"]["value"]) for c in pressure["component"]] == ["120", "80"]
    assert str(hemoglobin["referenceRange"][0]["high"]["value"]) == "20"
    assert [r["subject"] for r in (report, pressure, hemoglobin, only(bundle, "ServiceRequest"))] == [
        report["subject"]
    ] * 4
    names = [segment[:3] for segment in oru.back("oru_r01", bundle)]
    assert names == ["MSH", "PID", "PV1", "ORC", "OBR", "OBX", "OBX", "OBX", "OBX"]


def test_results_come_back_under_their_own_patient(oru: Runner) -> None:
    second = ("PID|||8||Roe", "OBR|1|P2|F2|X|||20240101||||||||||||||||||F", "OBX|1|ST|A^a||text||||||F")
    bundle = oru.go("oru_r01", "ORU^R01^ORU_R01", *LAB, *second)
    back = [s for s in oru.back("oru_r01", bundle) if s[:3] in ("PID", "OBX")]
    assert [s.split("|")[3].split("^")[0] for s in back] == ["7", "PDF", "8480-6", "8462-4", "HB", "8", "A"]


def test_a_booking(four: Runner) -> None:
    segments = (
        "SCH|P1|F1|||||^Why|^Check|30|min|^^^20240105100000-0500^20240105103000-0500||||||||||||||Booked",
        PID, "RGS|1", "AIS|1||^Service", "AIL|1||Room 1|^x|||||||||Booked",
        "AIP|1||D7^Roe|^doc||20240105100000-0500||||||Booked",
    )  # fmt: skip
    bundle = four.go("siu", "SIU^S12^SIU_S12", *segments)
    assert len(only(bundle, "Appointment")["participant"]) == 3
    back = four.back("siu", bundle)
    assert [s[:3] for s in back] == ["MSH", "SCH", "PID", "AIS", "AIL", "AIP"]
    assert back[1].endswith("|^Why|^Check|30||^^^20240105100000^20240105103000||||||||||||||Booked")


def test_a_vaccination(four: Runner) -> None:
    segments = (
        PID, "ORC|RE|P1|F1|||||||||D1^Roe", "RXA|0|1|20240102||08^Hep B|1|mL||00|A1^Adams|||||L1|20250101|^Merck|||CP",
        "RXR|IM^im|LA^arm", "OBX|1|CE|64994-7||V01^elig", "OBX|2|CE|69764-9|1|doc1", "OBX|3|TS|29768-9|1|20200101",
    )  # fmt: skip
    bundle = four.go("vxu", "VXU^V04^VXU_V04", *segments)
    shot = only(bundle, "Immunization")
    assert shot["primarySource"] is True
    assert shot["status"] == "completed"
    assert len(shot["performer"]) == 2
    assert shot["education"] == [{"documentType": "doc1", "publicationDate": "2020-01-01"}]
    back = four.back("vxu", bundle)
    assert "RXA|||20240102||08^Hep B|1|mL||00|A1^Adams|||||L1|20250101|^Merck|||CP" in back
    assert {"OBX||CE|69764-9|1|doc1", "OBX||TS|29768-9|1|20200101", "OBX||CE|64994-7||V01^elig"} <= set(back)


def test_a_document(four: Runner) -> None:
    segments = (
        PID, "TXA|1|DS^x||||20240102030405-0500|||A1^Adams|||DOC1||REP|||AU", "OBX|1|TX|a||some text",
        "OBX|2|ED|b^Title||^application^pdf^Base64^QUJD||||||F",
    )  # fmt: skip
    bundle = four.go("mdm", "MDM^T02^MDM_T02", *segments)
    assert sorted(c["attachment"]["contentType"] for c in only(bundle, "DocumentReference")["content"]) == [
        "application/pdf", "text/plain",
    ]  # fmt: skip
    assert sorted(four.back("mdm", bundle))[1:3] == [
        "OBX||ED|^Title||^AP^pdf^Base64^QUJD||||||F",
        "OBX||TX|||some text",
    ]


def test_charges(four: Runner) -> None:
    charge = "FT1|1|T1||20240102||CG|C1^Visit|||2||10&USD|||||||dx2^Two||||||99213^Office"
    bundle = four.go(
        "dft", "DFT^P03^DFT_P03", PID, "PV1|||||||||||||||||||V", charge, "DG1|1||dx1^One", "DG1|2||dx2^Two"
    )
    claim = only(bundle, "Claim")
    assert claim["item"][0]["diagnosisSequence"] == [2]
    assert claim["insurance"][0]["sequence"] == 1
    assert "extension" in claim["insurance"][0]["coverage"]
    assert only(bundle, "ChargeItem")["status"] == "billable"
    back = four.back("dft", bundle)
    assert back[-2:] == ["DG1|1||dx1^One", "DG1|2||dx2^Two"]
    assert back[-3].split("|")[19] == "dx2"

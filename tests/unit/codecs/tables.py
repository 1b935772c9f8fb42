"""Small structure sets and shapes for the codec tests, written by hand, and the two ways between tree and values."""

from __future__ import annotations

from typing import Any

from runtime.codecs.hl7v2 import Message, segment_values
from runtime.errors import MapperError


def _leaf(text: str) -> list[Any]:
    """`PID`, `[PD1]` optional, `NK1*` any number, `[RXA+]` one or more; `ROL=ROL.2` names the slot."""
    optional, bare = text.startswith("["), text.strip("[]")
    repeats, bare = bare.endswith(("*", "+")), bare.rstrip("*+")
    name, _, slot = bare.partition("=")
    minimum = 0 if optional or text.strip("[]").endswith("*") else 1
    return [slot or name, name, minimum, None if repeats else 1, None]


def _group(text: str, *members: Any) -> list[Any]:
    return [*_leaf(text)[:4], list(members)]


def _leaves(text: str) -> list[Any]:
    return [_leaf(word) for word in text.split()]


ADT_A01 = [
    *_leaves("MSH SFT* EVN PID [PD1] ROL* NK1* PV1 [PV2] ROL=ROL.2* DB1* OBX* AL1* DG1* [DRG]"),
    _group("PROCEDURE*", *_leaves("PR1 ROL*")),
    _leaf("GT1*"),
    _group("INSURANCE*", *_leaves("IN1 [IN2] IN3* ROL*")),
    *_leaves("[ACC] [UB1] [UB2] [PDA]"),
]
ORU_R01 = [
    *_leaves("MSH SFT*"),
    _group(
        "PATIENT_RESULT+",
        _group("[PATIENT]", *_leaves("PID [PD1] NTE* NK1*"), _group("[VISIT]", *_leaves("PV1 [PV2]"))),
        _group(
            "ORDER_OBSERVATION+",
            *_leaves("[ORC] OBR NTE*"),
            _group("OBSERVATION*", *_leaves("OBX NTE*")),
            *_leaves("FT1* CTI*"),
            _group("SPECIMEN*", *_leaves("SPM OBX*")),
        ),
    ),
    _leaf("[DSC]"),
]
VXU_V04 = [
    *_leaves("MSH SFT* PID [PD1] NK1*"),
    _group("[PATIENT]", *_leaves("PV1 [PV2]")),
    _group("ORDER*", *_leaves("ORC RXA [RXR]"), _group("OBSERVATION*", *_leaves("OBX NTE*"))),
]
STRUCTURES: Any = {
    "messages": {
        "ADT_A01": ADT_A01,
        "ORU_R01": ORU_R01,
        "VXU_V04": VXU_V04,
        "ACK": _leaves("MSH SFT* MSA ERR*"),
    },
    "events": {"ADT^A01": "ADT_A01", "ADT^A04": "ADT_A01", "ORU^R01": "ORU_R01", "VXU^V04": "VXU_V04"},
    "version": "2.5.1",
}
A04 = (
    b"MSH|^~\\&|ECW|CLINIC|LAB|HOSP|20240115083000||ADT^A04^ADT_A01|MSG1|P|2.5.1\r"
    b"EVN|A04|20240115083000\r"
    b"PID|1||1234^^^CLINIC&1.2.3&ISO^MR~999^^^SSA^SS||DOE^JANE^Q||19800101|F|||1 MAIN ST^^TOWN^IL^62704"
    b"||(217)555-0100\r"
    b"PV1|1|O|ROOM^1||||1^JONES^AMY\r"
    b"IN1|1|PLAN|PAYER1|PAYER\r"
)
SHAPES: Any = {
    "Patient": {
        "id": ["id", False],
        "contained": ["Resource", True],
        "extension": ["Extension", True],
        "active": ["boolean", False],
        "name": ["HumanName", True],
        "birthDate": ["date", False],
        "multipleBirthInteger": ["integer", False],
        "contact": ["Patient.contact", True],
    },
    "Patient.contact": {"name": ["HumanName", False]},
    "HumanName": {"family": ["string", False], "given": ["string", True], "period": ["Period", False]},
    "Period": {"start": ["dateTime", False]},
    "Extension": {
        "url": ["http://hl7.org/fhirpath/System.String", False],
        "extension": ["Extension", True],
        "valueString": ["string", False],
        "valueDecimal": ["decimal", False],
    },
    "Bundle": {"type": ["code", False], "entry": ["Bundle.entry", True]},
    "Bundle.entry": {"fullUrl": ["uri", False], "resource": ["Resource", False]},
    "Resource": {"id": ["id", False]},
}


def values(group: dict[str, Any]) -> dict[str, Any]:
    """A parsed tree as `serialize` takes it: every segment as unescaped values by number."""
    return {
        slot: [values(one) if isinstance(one, dict) else segment_values(one) for one in occurrences]
        for slot, occurrences in group.items()
    }


def names(group: dict[str, Any]) -> dict[str, Any]:
    """A parsed tree with segment names in place of segments."""
    return {
        slot: [names(one) if isinstance(one, dict) else one[0] for one in occurrences]
        for slot, occurrences in group.items()
    }


def check_position(error: MapperError) -> None:
    assert error.finding.where


def codes(message: Message) -> list[tuple[str, str]]:
    return [(finding.code, finding.where) for finding in message.findings]


def message(*segments: str, kind: str = "ADT^A04^ADT_A01", version: str = "2.5.1") -> bytes:
    header = f"MSH|^~\\&|A|B|C|D|20240101||{kind}|1|P|{version}"
    return "".join(f"{segment}\r" for segment in (header, *segments)).encode()

"""What validation tells: where which rule is broken, and how acknowledgements say it; no value unless asked for."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.errors import Finding, Level


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding: its code in `docs/errors/`, its SNIP type, and the codes of a 999 for it.

    `ik304` is the segment syntax error (IK304), `ik403` the element syntax error (IK403; empty for findings about a
    whole segment or loop). Source: positions and code values of 005010X231A1.
    """

    code: str
    snip: int
    ik304: str
    ik403: str = ""
    level: Level = "error"


MISSING_ELEMENT = Kind("R401", 1, "8", "1")
CONDITION = Kind("R402", 1, "8", "2")
EXCLUSION = Kind("R402", 1, "8", "10")
TOO_MANY = Kind("R403", 1, "8", "3")
TOO_SHORT = Kind("R404", 1, "8", "4")
TOO_LONG = Kind("R404", 1, "8", "5")
CHARACTER = Kind("R405", 1, "8", "6")
BAD_DATE = Kind("R406", 1, "8", "8")
BAD_TIME = Kind("R406", 1, "8", "9")
REPETITIONS = Kind("R407", 1, "8", "12")
TRAILING = Kind("R408", 1, "8", "3")
SEGMENT_COUNT = Kind("R411", 1, "5")
LOOP_COUNT = Kind("R412", 1, "4")
NUMBERING = Kind("R413", 1, "8", "7")

BAD_CODE = Kind("R421", 2, "8", "7")
UNUSED_ELEMENT = Kind("R422", 2, "8", "I10")
MISSING_SEGMENT = Kind("R423", 2, "3")
MISSING_LOOP = Kind("R424", 2, "3")
UNUSED_SEGMENT = Kind("R425", 2, "I4")
UNEXPECTED_SEGMENT = Kind("R426", 2, "2")
UNKNOWN_SEGMENT = Kind("R426", 2, "1")
OUT_OF_ORDER = Kind("R427", 2, "7")
PATTERN = Kind("R428", 2, "8", "I12")

UNBALANCED = Kind("R431", 3, "8", "I12")
UNBALANCED_COB = Kind("R432", 3, "8", "I12")
UNBALANCED_REMITTANCE = Kind("R433", 3, "8", "I12")

SITUATION_MISSING_SEGMENT = Kind("R441", 4, "I6")
SITUATION_MISSING_ELEMENT = Kind("R441", 4, "8", "I9")
SITUATION_UNUSED_SEGMENT = Kind("R442", 4, "I9")
SITUATION_UNUSED_ELEMENT = Kind("R442", 4, "8", "I13")
DISAGREEMENT = Kind("R443", 4, "8", "I12")

NOT_IN_LIST = Kind("R451", 5, "8", "7")
NOT_IN_FORCE = Kind("R452", 5, "8", "7")
BAD_FORM = Kind("R453", 5, "8", "7")
LIST_NOT_LOADED = Kind("R454", 5, "", "", "info")


@dataclass(frozen=True, slots=True)
class Trigger:
    """What makes a situational rule ask for something: an element (CTX05), or a whole segment or loop (`element` 0).

    `ordinal` counts segments within the transaction (ST is 1); `data_element` is empty without an element.
    """

    segment: str
    ordinal: int
    loop: str = ""
    element: int = 0
    component: int = 0
    data_element: str = ""

    @property
    def reference(self) -> str:
        """`CLM05-3`, or the segment alone."""
        return reference(self.segment, self.element, self.component)


def reference(segment: str, element: int, component: int) -> str:
    """The element as the guides write it: `NM109`, `CLM05-3`; the segment's id alone where no element is meant."""
    if not element:
        return segment
    return f"{segment}{element:02d}" + (f"-{component}" if component else "")


@dataclass(frozen=True, slots=True)
class X12Finding:
    """One broken rule at one place of one transaction.

    `ordinal` counts segments within the transaction (ST is 1) and is 0 where no segment is concerned; `element`,
    `component` and `repetition` count from 1, 0 for none. `data_element` is the X12 data element number. `claim`
    counts the claims of the transaction (837: CLM, 835: CLP) from 1 and is 0 outside claims. `rule` names the rule
    of `docs/x12-validation.md`. `status` is the 277CA status (`A7:562:85`) where one fits. `value` stays empty
    unless values were asked for. `envelope` is the code of an acknowledgement for a fault of the envelope
    (`IK502:4`, `AK905:5`, `TA105:023`); such a fault has its `offset` in bytes, others have -1. `trigger` is what makes
    a situational rule hold; where the finding itself stands at the trigger, `missing` is the segment that is asked for.
    """

    kind: Kind
    message: str
    loop: str = ""
    segment: str = ""
    ordinal: int = 0
    element: int = 0
    component: int = 0
    repetition: int = 0
    data_element: str = ""
    claim: int = 0
    rule: str = ""
    status: str = ""
    value: str = ""
    warning: bool = False
    envelope: str = ""
    offset: int = -1
    missing: str = ""
    trigger: Trigger | None = None

    @property
    def code(self) -> str:
        """The code with a page in `docs/errors/`."""
        return self.kind.code

    @property
    def snip(self) -> int:
        """The SNIP type, 1 to 5."""
        return self.kind.snip

    @property
    def level(self) -> Level:
        """An error rejects its claim or its transaction; a warning does not."""
        return "warning" if self.warning else self.kind.level

    @property
    def reference(self) -> str:
        """The element as the guides write it: `NM109`, `CLM05-3`; the segment's id alone where no element is meant."""
        return reference(self.segment, self.element, self.component)

    @property
    def where(self) -> str:
        """`2010AA/NM109 (segment 12)`."""
        path = "/".join(part for part in (self.loop, self.reference) if part)
        if not self.ordinal:
            at = f"byte {self.offset}" if self.offset >= 0 else ""
            return f"{path} ({at})" if path and at else path or at
        return f"{path} (segment {self.ordinal})" if path else f"segment {self.ordinal}"

    @property
    def general(self) -> Finding:
        """The same as a finding of any format."""
        return Finding(self.code, self.level, self.message, where=self.where)

    def as_json(self) -> dict[str, object]:
        """Plain data for machines; what does not apply is left out. Documented in `docs/x12-validation.md`."""
        told: dict[str, object] = {
            "code": self.code,
            "level": self.level,
            "snip": self.snip,
            "loop": self.loop,
            "segment": self.segment,
            "ordinal": self.ordinal,
            "element": self.element,
            "component": self.component,
            "repetition": self.repetition,
            "reference": self.reference,
            "data_element": self.data_element,
            "claim": self.claim,
            "rule": self.rule,
            "IK304": self.kind.ik304,
            "IK403": self.kind.ik403,
            "envelope": self.envelope,
            "status": self.status,
            "message": self.message,
            "value": self.value,
            "missing": self.missing,
            "trigger": self.trigger.reference if self.trigger is not None else "",
            "trigger_ordinal": self.trigger.ordinal if self.trigger is not None else 0,
        } | ({"offset": self.offset} if self.offset >= 0 else {})
        return {key: value for key, value in told.items() if value not in ("", 0) or key == "offset"}

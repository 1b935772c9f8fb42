"""The X12 transaction sets that mapper knows: versions, accepted versions, the loop by which each streams."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SetInfo:
    """A transaction set of one implementation guide.

    `transaction` is ST01, `functional` GS01, `version` ST03 and GS08; `accepts` are all versions that are read by this
    guide. `unit` is the loop by which a long transaction is handed on in parts, empty for as a whole.
    """

    set: str
    transaction: str
    functional: str
    version: str
    accepts: tuple[str, ...]
    unit: str
    name: str


def _set(name: str, transaction: str, functional: str, versions: str, unit: str, text: str) -> SetInfo:
    accepted = tuple(f"005010{version}" for version in versions.split())
    return SetInfo(name, transaction, functional, accepted[0], accepted, unit, text)


SETS = (
    _set("837P", "837", "HC", "X222A1 X222 X222A2", "2300", "Health Care Claim: Professional"),
    _set("837I", "837", "HC", "X223A2 X223 X223A1 X223A3", "2300", "Health Care Claim: Institutional"),
    _set("835", "835", "HP", "X221A1 X221", "2100", "Health Care Claim Payment/Advice"),
    _set("277CA", "277", "HN", "X214", "2200D", "Health Care Claim Acknowledgment"),
    _set("999", "999", "FA", "X231A1 X231", "", "Implementation Acknowledgment"),
    _set("270", "270", "HS", "X279A1 X279", "2000C", "Health Care Eligibility Inquiry"),
    _set("271", "271", "HB", "X279A1 X279", "2000C", "Health Care Eligibility Response"),
    # An interchange acknowledgement is no transaction: it stands between ISA and IEA and has no version of its own.
    SetInfo("TA1", "TA1", "", "00501", ("00501",), "", "Interchange Acknowledgment"),
)
BY_NAME = {info.set: info for info in SETS}


def versions() -> tuple[str, ...]:
    """Every version that some set accepts; the guides' own first."""
    own = [info.version for info in SETS]
    return tuple(dict.fromkeys([*own, *(version for info in SETS for version in info.accepts)]))

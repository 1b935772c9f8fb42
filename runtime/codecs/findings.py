"""The codes that codecs tell, and two ways of telling them: a finding beside the result, or an error."""

from __future__ import annotations

from runtime.codecs.limits import Limits
from runtime.errors import DecodeError, EncodeError, Finding, Level

NO_MSH = "R101"
BAD_DELIMITERS = "R102"
TOO_LARGE = "R103"
BAD_CHARACTER_SET = "R104"
UNKNOWN_SEGMENT = "R105"
SEGMENT_OUT_OF_ORDER = "R106"
UNEXPECTED_REPETITION = "R107"
NEWER_VERSION = "R108"
TRUNCATED = "R109"
UNKNOWN_STRUCTURE = "R110"
TRUNCATED_VALUE = "R111"
MISSING_SEGMENT = "R112"
NOT_A_SEGMENT = "R113"
SECOND_MESSAGE = "R114"
COUNT_MISMATCH = "R115"
NO_PLACE = "R116"
JSON_SYNTAX = "R120"
WRONG_SHAPE = "R121"
UNKNOWN_ELEMENT = "R122"
UNKNOWN_RESOURCE = "R123"
EMPTY_VALUE = "R124"
UNKNOWN_SLOT = "R130"
UNWRITABLE_VALUE = "R131"
NO_INTERCHANGE = "R132"
BAD_ISA = "R133"
NUMBER_MISMATCH = "R134"
ENVELOPE_ORDER = "R135"
UNKNOWN_SET = "R136"
BAD_HIERARCHY = "R137"
STRAY_TEXT = "R138"
DELIMITER_IN_DATA = "R139"


def decode_error(code: str, where: str, message: str) -> DecodeError:
    """The error that ends the reading of one input at `where`."""
    return DecodeError(Finding(code, "error", message, where))


def encode_error(code: str, where: str, message: str) -> EncodeError:
    """The error that ends the writing of one output at `where`."""
    return EncodeError(Finding(code, "error", message, where))


class Findings(list[Finding]):
    """Findings of one input. A flood is cut at `limits.findings`, and the last one says so."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._most = limits.findings

    def tell(self, code: str, level: Level, where: str, message: str) -> None:
        """Add one finding, unless the limit is reached."""
        if len(self) < self._most:
            self.append(Finding(code, level, message, where))
        elif len(self) == self._most:
            self.append(
                Finding(TOO_LARGE, "warning", f"further findings after {self._most} are not listed", where)
            )

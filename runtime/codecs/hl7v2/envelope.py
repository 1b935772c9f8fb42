"""The envelope of a batch file (chapter 2.10.3): what FHS, BHS, BTS and FTS say of the messages between them."""

from __future__ import annotations

from runtime.codecs.findings import COUNT_MISMATCH, decode_error
from runtime.errors import DecodeError


class Envelope:
    """Follows the segments of an envelope, and compares what the trailers say with what there was."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._messages = 0
        self._batches = 0

    def message(self) -> None:
        """One message of the batch was seen."""
        self._messages += 1

    def segment(self, text: str) -> DecodeError | None:
        """One segment of the envelope was seen; an error R115 if it is a trailer that disagrees."""
        name = text[:3]
        if name in ("FHS", "BHS"):
            self._begin(name)
            return None
        problem = self._compare(text)
        if name == "BTS":
            self._batches += 1
        header = "FHS" if name == "FTS" else "BHS"
        if header in self._open:
            del self._open[self._open.index(header) :]
        return problem

    def end(self) -> DecodeError | None:
        """The stream has ended; an error R115 if a header has no trailer, as in a file that was cut."""
        if not self._open:
            return None
        trailer = "FTS" if self._open[0] == "FHS" else "BTS"
        return decode_error(COUNT_MISMATCH, trailer, "the trailer is missing: the file may have been cut")

    def _begin(self, name: str) -> None:
        self._open.append(name)
        if name == "FHS":
            self._batches = 0
        else:
            self._messages = 0

    def _compare(self, text: str) -> DecodeError | None:
        fields = text.split(text[3:4])
        declared = fields[1].strip() if len(fields) > 1 else ""
        found, what = (self._messages, "messages") if text[:3] == "BTS" else (self._batches, "batches")
        if not (declared.isascii() and declared.isdigit()) or int(declared[:18]) == found:
            return None
        return decode_error(
            COUNT_MISMATCH, f"{text[:3]}-1", f"{found} {what} found, but another number is announced"
        )

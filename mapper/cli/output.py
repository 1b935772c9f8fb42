"""Results on standard output: one document as it is, several as NDJSON or as a feed of v2 messages."""

from __future__ import annotations

from typing import BinaryIO

from mapper.cli.outcome import Outcome
from runtime.codecs.fhir import encode


class Output:
    """Writes results as they come.

    A single FHIR result is laid out for reading; one of several, or of a batch, takes one line. The first result
    waits until it is known which of the two it is.
    """

    def __init__(self, stream: BinaryIO, lines: bool, terminal: bool) -> None:
        """`lines` asks for NDJSON from the first result on; `terminal` shows v2 segments on lines of their own."""
        self._stream = stream
        self._lines = lines
        self._terminal = terminal
        self._waiting: Outcome | None = None

    def add(self, outcome: Outcome) -> None:
        """Write the result of one message, if it has one."""
        if not self._lines and not outcome.alone:
            self._lines = True
            self._write_waiting()
        if outcome.result is None:
            return
        if outcome.result.data[:1] != b"{":
            self._message(outcome.result.data)
        elif self._lines:
            self._stream.write(outcome.result.data + b"\n")
        else:
            self._waiting = outcome

    def close(self) -> None:
        """Write what waits, laid out."""
        if self._waiting is not None and self._waiting.result is not None:
            self._stream.write(encode(self._waiting.result.output, pretty=True) + b"\n")
            self._waiting = None
        self._stream.flush()

    def _write_waiting(self) -> None:
        if self._waiting is not None and self._waiting.result is not None:
            self._stream.write(self._waiting.result.data + b"\n")
        self._waiting = None

    def _message(self, data: bytes) -> None:
        self._stream.write(data.replace(b"\r", b"\n") if self._terminal else data)

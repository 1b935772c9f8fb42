"""What a feed is asked for, and what became of each of its messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from runtime.codecs.hl7v2 import Message
from runtime.errors import Finding
from runtime.translate import Result

if TYPE_CHECKING:
    from runtime.codecs.x12 import ControlNumbers
    from runtime.x12.feed import Unit


@dataclass(frozen=True, slots=True)
class Options:
    """What a run says beside mapping and inputs.

    `only` is the number of the one document of a feed of Bundles that is wanted; 0 are all. Of X12: `hold` results
    until their transaction's end, the envelopes' time and numbers. `numbers` is asked where an interchange is written,
    and not before. `sources` takes the lines of its source map.
    """

    only: int = 0
    hold: bool = False
    at: datetime | None = None
    numbers: Callable[[], ControlNumbers] | None = None
    sources: Callable[[bytes], object] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message: the `number`th of its input (from 1), which begins at `line` and byte `offset`.

    `result` is absent where the message failed; `findings` then begins with the error. A finding about a batch as a
    whole has the number 0. `recalled` counts results given before that do not stand, because the end of their X12
    transaction refuses them; `count` is how many documents went into the result; `envelope` tells that the outcome is
    about an envelope that a single message has too. `unit` is the part of an X12 file that it is about; only the first
    of several outcomes about one has it.
    """

    name: str
    number: int
    line: int
    offset: int
    result: Result | None
    findings: list[Finding]
    message: Message | None = None
    recalled: int = 0
    count: int = 1
    envelope: bool = False
    unit: Unit | None = None

    @property
    def part(self) -> Result | Unit | None:
        """What can be accounted for: a part of an X12 file, else the translation of a message."""
        if self.unit is not None:
            return self.unit
        return None if self.result is None or self.result.formats[0] == "x12" else self.result

    @property
    def silent(self) -> bool:
        """Whether there is nothing to tell but what can be accounted for."""
        return self.result is None and not self.number and not self.findings

    @property
    def failed(self) -> bool:
        """Whether the message failed; an envelope fails by its errors alone."""
        if self.result is None and self.number:
            return True
        return any(finding.level == "error" for finding in self.findings)

    @property
    def alone(self) -> bool:
        """Whether the message begins its input, as one that is no part of a batch does."""
        return self.envelope or (self.number == 1 and self.line == 1 and self.count == 1)

"""What is told about a feed: failures as they happen, the rest counted; or all of it as JSON lines."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from typing import Protocol, TextIO

from mapper.cli.loss import Loss, lost
from mapper.cli.outcome import Outcome
from mapper.cli.values import Values
from mapper.render.findings import finding_json, render
from runtime.errors import Finding

_INDEX = re.compile(r"\[\d+\]")
_FEW = 20  # outcomes about the envelope of a single message
_MOST = 1_000  # kinds of findings that are counted apart; a feed of garbage must not fill the memory


def messages_of(outcome: Outcome) -> int:
    """How many messages an outcome is about; one about an envelope is about none."""
    return outcome.count if outcome.number else 0


def failures_of(outcome: Outcome) -> int:
    """How many messages fail with an outcome: itself, or what was given before and is recalled."""
    if not outcome.failed:
        return 0
    return outcome.count if outcome.number else outcome.recalled


class Report(Protocol):
    """Takes the outcome of each message, and ends with a summary.

    `failures` counts messages without a result that stands, `faults` outcomes with errors, those of envelopes too.
    """

    messages: int
    failures: int
    faults: int

    def add(self, outcome: Outcome) -> None: ...

    def close(self) -> None: ...


class TextReport:
    """For people: the findings of a single message; the failures of a feed, and counts of what else was found."""

    def __init__(
        self,
        stream: TextIO,
        values: bool,
        several: bool,
        loss: Loss,
        losses: bool = False,
        quiet: bool = False,
    ) -> None:
        """`several` tells that there are several inputs; `losses` asks for the loss of a feed, too."""
        self.messages = 0
        self.failures = 0
        self.faults = 0
        self._stream = stream
        self._values = values
        self._several = several
        self._quiet = quiet
        self._loss = loss
        self._losses = losses
        self._held: list[tuple[Outcome, list[Finding]]] = []
        self._counts: Counter[Finding] = Counter()
        self._uncounted = 0

    def add(self, outcome: Outcome) -> None:
        """Take one outcome."""
        self.messages += messages_of(outcome)
        self.failures += failures_of(outcome)
        self.faults += outcome.failed
        findings = Values(outcome).shown(outcome.findings) if self._values else outcome.findings
        if self._several or not outcome.alone or len(self._held) >= _FEW:
            self._become_several()
            self._tell(outcome, findings)
        else:
            self._held.append((outcome, findings))

    def close(self) -> None:
        """Write what waits, the counts and, of a feed, the summary."""
        for outcome, findings in self._held:
            self._write(render(findings, outcome.name if outcome.failed else ""))
        if any(outcome.result is not None for outcome, _ in self._held) and not self._quiet:
            accounts = self._loss.of_all(outcome for outcome, _ in self._held)
            if accounts is not None:
                self._write(render(accounts.findings()) + lost(accounts))
        self._held = []
        if not self._several:
            return
        for finding, count in sorted(self._counts.items(), key=lambda item: (item[0].code, -item[1])):
            self._write(f"{count:>7} x {render([finding])}")
        if self._uncounted:
            self._write(f"{self._uncounted} further findings\n")
        if self._losses:
            self._write(self._loss.text())
        done = self.messages - self.failures
        self._write(
            f"{done} of {self.messages} messages translated"
            + (f", {self.failures} failed\n" if self.failures else "\n")
        )

    def _become_several(self) -> None:
        self._several = True
        for outcome, findings in self._held:
            self._tell(outcome, findings)
        self._held = []

    def _tell(self, outcome: Outcome, findings: list[Finding]) -> None:
        """Errors with the message that they belong to; of warnings and notes only how often each occurs."""
        place = f"{outcome.name}:{outcome.number}" if outcome.number else outcome.name
        accounts = self._loss.of(outcome) if self._losses else None
        if accounts is not None:
            self._loss.add(accounts)
            findings = [*findings, *accounts.findings()]
        begins = f" (line {outcome.line}, byte {outcome.offset})" if outcome.number else ""
        for finding in findings:
            if finding.level == "error":
                self._write(render([finding], place + begins))
            else:
                self._count(replace(finding, where=_INDEX.sub("", finding.where)))

    def _count(self, finding: Finding) -> None:
        if finding in self._counts or len(self._counts) < _MOST:
            self._counts[finding] += 1
        else:
            self._uncounted += 1

    def _write(self, text: str) -> None:
        if not self._quiet:
            self._stream.write(text)


class JsonReport:
    """For machines: one JSON object a line for each message with findings, and a last one with the counts."""

    def __init__(self, stream: TextIO, values: bool, loss: Loss, losses: bool = False) -> None:
        """`losses` asks for the account of each message."""
        self.messages = 0
        self.failures = 0
        self.faults = 0
        self._stream = stream
        self._values = values
        self._loss = loss if losses else None
        self._levels: Counter[str] = Counter()

    def add(self, outcome: Outcome) -> None:
        """Write the line of one message."""
        self.messages += messages_of(outcome)
        self.failures += failures_of(outcome)
        self.faults += outcome.failed
        findings = Values(outcome).shown(outcome.findings) if self._values else outcome.findings
        self._levels.update(finding.level for finding in findings)
        place = {
            "file": outcome.name,
            "message": outcome.number,
            "line": outcome.line,
            "offset": outcome.offset,
        }
        mapping = outcome.result.mapping if outcome.result else None
        told = {
            "failed": outcome.failed,
            "mapping": mapping,
            "findings": [finding_json(each) for each in findings],
        }
        account: dict[str, object] = {"recalled": outcome.recalled} if outcome.recalled else {}
        accounts = self._loss.of(outcome) if self._loss is not None else None
        if self._loss is not None and accounts is not None:
            self._loss.add(accounts)
            account["loss"] = accounts.as_json()
        if outcome.silent and (accounts is None or not any(accounts.counts.values())):
            return
        self._line(place | told | account)

    def close(self) -> None:
        """Write the counts."""
        summary: dict[str, object] = {"messages": self.messages, "failed": self.failures}
        summary["findings"] = dict(self._levels)
        if self._loss is not None:
            summary["loss"] = self._loss.as_json()
        self._line({"summary": summary})

    def _line(self, value: object) -> None:
        self._stream.write(json.dumps(value, ensure_ascii=False) + "\n")

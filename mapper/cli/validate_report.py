"""What `mapper validate` tells: a table for each transaction, or JSON lines."""

from __future__ import annotations

import json
from typing import Protocol, TextIO

from mapper.cli.table import paragraph, table
from mapper.registry import REGISTRY
from mapper.render.findings import finding_json, render
from mapper.render.layout import one_line
from runtime.codecs.x12 import GroupStart, InterchangeStart, TransactionStart
from runtime.errors import Finding
from runtime.x12.validate import Checked, TransactionResult, X12Finding

_WITH_CLAIMS = frozenset({"837P", "837I", "835", "277CA"})
_HEAD = ("where", "at", "SNIP", "999", "277CA", "what")


class Report(Protocol):
    """Takes what was checked, and ends with a summary. `errors` counts findings that are errors."""

    errors: int

    def add(self, name: str, checked: Checked) -> None: ...

    def failed(self, name: str, finding: Finding) -> None: ...

    def close(self, not_loaded: list[str]) -> None: ...


class _Counts:
    """What both reports count."""

    def __init__(self) -> None:
        self.errors = 0
        self.warnings = 0
        self.transactions = 0
        self.rejected = 0
        self.claims = 0
        self.rejected_claims = 0

    def count(self, checked: Checked) -> None:
        """Count findings and verdicts."""
        for each in checked.findings:
            self.errors += each.level == "error"
            self.warnings += each.level == "warning"
        if checked.result is not None:
            self.transactions += 1
            self.rejected += checked.result.verdict == "rejected"
            claims, rejected = _claims(checked.result)
            self.claims += claims
            self.rejected_claims += rejected


class TextReport(_Counts):
    """For people: the findings of a transaction in a table, its verdict, and a summary."""

    def __init__(self, stream: TextIO, most: int, quiet: bool) -> None:
        """`most` bounds the findings that are shown of one transaction; `quiet` shows verdicts only."""
        super().__init__()
        self._stream = stream
        self._most = most
        self._quiet = quiet
        self._rows: list[X12Finding] = []
        self._more = 0
        self._name = ""

    def add(self, name: str, checked: Checked) -> None:
        """Take what was checked of one event."""
        self.count(checked)
        if isinstance(checked.event, TransactionStart | InterchangeStart | GroupStart):
            self._write_rows(name)
        for each in checked.findings:
            if len(self._rows) < self._most:
                self._rows.append(each)
            else:
                self._more += 1
        if checked.result is not None:
            self._write_name(name)
            self._write(paragraph(one_line(_verdict(checked.result))))
            self._write_rows("")

    def failed(self, name: str, finding: Finding) -> None:
        """An input that could not be read to its end."""
        self.errors += finding.level == "error"
        self._write_rows(name)
        self._write(render([finding], name))

    def close(self, not_loaded: list[str]) -> None:
        """Write what waits, the lists that are missing, and the sums."""
        self._write_rows("")
        if not_loaded and not self._quiet:
            names = ", ".join(not_loaded)
            told = f"not loaded, so only the form of their codes was checked (R454): {names}"
            self._write(paragraph(f"Code lists {told}"))
        self._write(
            f"{_many(self.transactions, 'transaction')}, {self.rejected} rejected; "
            f"{_many(self.claims, 'claim')}, {self.rejected_claims} rejected; "
            f"{_many(self.errors, 'error')}, {_many(self.warnings, 'warning')}\n"
        )

    def _write_rows(self, name: str) -> None:
        rows, self._rows = self._rows, []
        more, self._more = self._more, 0
        if self._quiet or not rows:
            return
        if name:
            self._write_name(name)
            self._write("envelope\n")
        self._write(table(_HEAD, [_row(each) for each in rows], right=(1, 2)))
        if more:
            self._write(f"... and {_many(more, 'finding')} more; --json lists them all\n")
        self._write("\n")

    def _write_name(self, name: str) -> None:
        """The input's name, where another one begins."""
        if name != self._name:
            self._name = name
            self._write(one_line(name) + "\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)


class JsonReport(_Counts):
    """For machines: a line for each finding and each transaction, then one with the sums."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._control = ""

    def add(self, name: str, checked: Checked) -> None:
        """Take what was checked of one event."""
        self.count(checked)
        if isinstance(checked.event, TransactionStart):
            st = checked.event.st
            self._control = st[2] if len(st) > 2 else ""
        place = {"input": name} | ({"transaction": self._control} if self._control else {})
        for each in checked.findings:
            entry = REGISTRY.get(each.code)
            slug = {"slug": entry.slug} if entry is not None else {}
            self._line(place | each.as_json() | slug)
        if checked.result is not None:
            result = checked.result
            self._line(
                place
                | {
                    "set": result.set,
                    "version": result.version,
                    "verdict": result.verdict,
                    "segments": result.segments,
                    "claims": _claims(result)[0],
                    "rejected_claims": _claims(result)[1],
                    "errors": result.errors,
                    "warnings": result.warnings,
                }
            )
            self._control = ""

    def failed(self, name: str, finding: Finding) -> None:
        """An input that could not be read to its end."""
        self.errors += finding.level == "error"
        self._control = ""
        self._line({"input": name} | finding_json(finding))

    def close(self, not_loaded: list[str]) -> None:
        """The sums."""
        self._line(
            {
                "transactions": self.transactions,
                "rejected": self.rejected,
                "claims": self.claims,
                "rejected_claims": self.rejected_claims,
                "errors": self.errors,
                "warnings": self.warnings,
                "lists_not_loaded": not_loaded,
            }
        )

    def _line(self, values: dict[str, object]) -> None:
        self._stream.write(json.dumps(values) + "\n")


def _row(each: X12Finding) -> tuple[str, ...]:
    where = "/".join(part for part in (each.loop, each.reference) if part)
    codes = "/".join(part for part in (each.kind.ik304, each.kind.ik403) if part) or each.envelope
    warning = "" if each.level == "error" else f"{each.level}: "
    rule = f", {each.rule}" if each.rule else ""
    claim = f", claim {each.claim}" if each.claim else ""
    value = f" «{each.value}»" if each.value else ""
    what = one_line(f"{warning}{each.message}{value} ({each.code}{rule}{claim})")
    at = str(each.ordinal) if each.ordinal else ""
    where = where or each.where
    return (one_line(where), at, str(each.snip), codes, each.status, what)


def _claims(result: TransactionResult) -> tuple[int, int]:
    """The claims of a transaction and how many are rejected; units of other sets are no claims."""
    return (result.claims, result.rejected) if result.set in _WITH_CLAIMS else (0, 0)


def _verdict(result: TransactionResult) -> str:
    name = result.set or "unknown set"
    count, rejected = _claims(result)
    refused = f", {rejected} rejected" if rejected else ""
    claims = f"; {_many(count, 'claim')}{refused}" if count else ""
    found = f"{_many(result.errors, 'error')}, {_many(result.warnings, 'warning')}"
    return f"transaction {result.control} ({name}) is {result.verdict}{claims}; {found}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"

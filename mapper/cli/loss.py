"""What a run did not carry over: of one message in full, of a feed counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from mapper.cli.table import paragraph
from mapper.coverage.accounting import CLASSES, Accounting, Accounts
from mapper.coverage.loss import loss
from runtime.codecs.hl7v2 import Message
from runtime.translate import Result, Translator

_MOST = 40  # unmapped elements that are listed
_KNOWN = 10_000  # elements that are counted apart


class Loss:
    """Accounts of results, by what really happened; those of a feed are added up in bounded memory."""

    def __init__(self, traced: Translator, message: Mapping[str, str]) -> None:
        """`traced` runs again what was not traced; `message` is what `$message` gives."""
        self._traced = traced
        self._message = message
        self._accounting = Accounting(traced.release)
        self._counts: Counter[str] = Counter()
        self._unmapped: Counter[str] = Counter()

    def of(self, result: Result) -> Accounts:
        """The account of one input."""
        return loss(self._again(result), self._accounting)

    def _again(self, result: Result) -> Result:
        if result.context is not None and result.context.tracing:
            return result
        if isinstance(result.source, Message):
            return self._traced.forward_message(result.source, result.mapping, self._message)
        return self._traced.back_value(result.source, None, result.mapping, self._message)

    def add(self, accounts: Accounts) -> None:
        """Count one message of a feed."""
        self._counts.update(accounts.counts)
        for leaf in accounts.of("unmapped"):
            if leaf.element in self._unmapped or len(self._unmapped) < _KNOWN:
                self._unmapped[leaf.element] += 1

    def text(self) -> str:
        """The sums, and the elements that no line reads, the most frequent first."""
        lines = [_sums(self._counts)]
        lines += [f"{count:>7} x unmapped: {element}" for element, count in self._unmapped.most_common(_MOST)]
        if len(self._unmapped) > _MOST:
            lines.append(f"    ... and {len(self._unmapped) - _MOST} more elements")
        return "\n".join(lines) + "\n"

    def as_json(self) -> dict[str, object]:
        """The same for machines."""
        return {"counts": dict(self._counts), "unmapped": dict(self._unmapped.most_common())}


def lost(accounts: Accounts) -> str:
    """The sums of one message, and where it has data that no line reads."""
    places = [leaf.position for leaf in accounts.of("unmapped")]
    shown = ", ".join(places[:_MOST]) + (f" and {len(places) - _MOST} more" if len(places) > _MOST else "")
    return _sums(Counter(accounts.counts)) + "\n" + (paragraph(f"unmapped: {shown}", "  ") if places else "")


def _sums(counts: Counter[str]) -> str:
    told = ", ".join(f"{counts[kind]} {kind}" for kind in CLASSES if counts[kind])
    return f"{counts.total()} populated elements: {told}"

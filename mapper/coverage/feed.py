"""What populated data many messages lost, by field; no values unless they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mapper.coverage.accounting import CLASSES, Accounting
from mapper.coverage.loss import loss
from runtime.codecs.hl7v2 import Message, numbered_leaves
from runtime.translate import Result

MOST_VALUES = 5


@dataclass(slots=True)
class Lost:
    """How often an element was lost, why, and some values where they are wanted."""

    count: int = 0
    reason: str = ""
    line: str = ""
    values: list[str] = field(default_factory=list)


@dataclass(slots=True)
class FeedCoverage:
    """Counts over all messages, and what was lost by (class, element)."""

    accounting: Accounting
    with_values: bool = False
    messages: int = 0
    failed: int = 0
    counts: dict[str, int] = field(default_factory=lambda: {str(kind): 0 for kind in CLASSES})
    lost: dict[tuple[str, str], Lost] = field(default_factory=dict)

    def add(self, result: Result) -> None:
        """Add one traced translation."""
        self.messages += 1
        texts = _texts(result.source) if self.with_values else None
        for leaf in loss(result, self.accounting).leaves:
            text = next(texts, "") if texts is not None else ""
            verdict = leaf.verdict
            self.counts[verdict.kind] += 1
            if verdict.kind == "mapped":
                continue
            held = self.lost.setdefault((verdict.kind, leaf.element), Lost(0, verdict.reason, verdict.line))
            held.count += 1
            if text and text not in held.values and len(held.values) < MOST_VALUES:
                held.values.append(text)

    def of(self, kind: str) -> list[tuple[str, Lost]]:
        """The lost elements of a class, most frequent first."""
        found = [(element, held) for (held_kind, element), held in self.lost.items() if held_kind == kind]
        return sorted(found, key=lambda pair: (-pair[1].count, pair[0]))

    def as_json(self) -> dict[str, Any]:
        rows = [
            {"class": kind, "element": element, "count": held.count, "reason": held.reason, "line": held.line,
             **({"values": held.values} if self.with_values else {})}
            for kind in CLASSES for element, held in self.of(kind)
        ]  # fmt: skip
        return {"messages": self.messages, "failed": self.failed, "counts": self.counts, "lost": rows}


def _texts(source: Any) -> Iterator[str]:
    """The values of an input's leaves, in the order of its account."""
    if isinstance(source, Message):
        yield from (leaf.text for leaf in numbered_leaves(source))
    else:
        yield from _values(source, False)


def _values(value: Any, extension: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if not (extension and key == "url"):
                yield from _values(item, key in ("extension", "_extension"))
    elif isinstance(value, list):
        for item in value:
            yield from _values(item, extension)
    elif value is not None:
        yield str(value)

"""What populated data many messages lost, by field; no values unless they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mapper.coverage.accounting import Accounts
from mapper.coverage.claimed import CLASSES

MOST_VALUES = 5


@dataclass(slots=True)
class Lost:
    """How often an element was lost, why, and some values where they are wanted."""

    count: int = 0
    reason: str = ""
    line: str = ""
    how: str = ""
    values: list[str] = field(default_factory=list)


@dataclass(slots=True)
class FeedCoverage:
    """Counts over all messages, and what was lost by (class, element)."""

    with_values: bool = False
    messages: int = 0
    failed: int = 0
    counts: dict[str, int] = field(default_factory=lambda: {str(kind): 0 for kind in CLASSES})
    lost: dict[tuple[str, str], Lost] = field(default_factory=dict)

    def add(self, accounts: Accounts) -> None:
        """Add one account."""
        texts = accounts.texts() if self.with_values and accounts.texts is not None else None
        for kind, count in accounts.counts.items():
            self.counts[kind] += count
        for leaf in accounts.leaves:
            text = next(texts, "") if texts is not None else ""
            verdict = leaf.verdict
            if verdict.kind == "mapped":
                continue
            held = self.lost.setdefault(
                (verdict.kind, leaf.element), Lost(0, verdict.reason, verdict.line, verdict.how)
            )
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

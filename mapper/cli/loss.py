"""What a run did not carry over: of one message in full, of a feed counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from mapper.cli.outcome import Outcome
from mapper.cli.table import paragraph
from mapper.coverage.accountant import Accountant
from mapper.coverage.accounting import Accounts
from mapper.coverage.claimed import CLASSES
from runtime.translate import Translator

_MOST = 40  # unmapped elements that are listed
_KNOWN = 10_000  # elements that are counted apart


class Loss:
    """Accounts of what a feed gives, by what really happened; they are added up in bounded memory."""

    def __init__(self, traced: Translator, message: Mapping[str, str]) -> None:
        """`traced` runs again what was not traced; `message` is what `$message` gives."""
        self._accountant = Accountant(traced, message)
        self._counts: Counter[str] = Counter()
        self._unmapped: Counter[str] = Counter()

    def of(self, outcome: Outcome) -> Accounts | None:
        """The account of what an outcome was made from; none where nothing can be accounted for."""
        part = outcome.part
        return self._accountant.of(part) if part is not None else None

    def of_all(self, outcomes: Iterable[Outcome]) -> Accounts | None:
        """The account of all outcomes of one message together."""
        found = [account for outcome in outcomes if (account := self.of(outcome)) is not None]
        if len(found) < 2:
            return found[0] if found else None
        return Accounts([leaf for account in found for leaf in account.leaves])

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

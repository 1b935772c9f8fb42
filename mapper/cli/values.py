"""Values behind the positions of findings, for `--show-values` only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mapper.cli.outcome import Outcome
from runtime.codecs.hl7v2 import leaves
from runtime.errors import Finding

_LONGEST = 60


class Values:
    """The values of one v2 message by position; of other inputs nothing is known."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._leaves: list[tuple[str, str]] | None = None

    def shown(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings with the value that stands at their position, where there is one."""
        return [self._with_value(finding) for finding in findings]

    def _with_value(self, finding: Finding) -> Finding:
        found = self._at(finding.where)
        return replace(finding, message=f'{finding.message}: "{found}"') if found else finding

    def _at(self, where: str) -> str:
        if not where or self._outcome.message is None:
            return ""
        if self._leaves is None:
            self._leaves = [(position, text) for position, _, text in leaves(self._outcome.message)]
        found = [text for position, text in self._leaves if _lies_in(position, where)]
        return "^".join(found)[:_LONGEST]


def _lies_in(position: str, where: str) -> bool:
    return position == where or (position.startswith(where) and position[len(where)] in ".[")

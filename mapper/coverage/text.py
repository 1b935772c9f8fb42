"""Loss as text of at most 80 columns; no values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from textwrap import shorten

from mapper.coverage.accounting import Account, Accounts
from mapper.coverage.claimed import CLASSES
from runtime.errors import Finding

WIDTH = 80
MOST = 40


def loss_text(accounts: Accounts, findings: Iterable[Finding] = (), most: int = MOST) -> str:
    """The counts of one input, then what was not mapped, then findings."""
    counts = accounts.counts
    total = sum(counts.values())
    lines = [
        f"{total} populated leaves: "
        + ", ".join(f"{counts[kind]} {kind}" for kind in CLASSES if counts[kind])
    ]
    lines += _section("unmapped", accounts.of("unmapped"), most)
    lines += _section("ignored on purpose", accounts.of("ignored"), most)
    lines += _section("to be removed", accounts.of("removed"), most)
    told = Counter((f.code, f.level, f.message, f.where, f.line) for f in findings)
    for (code, level, message, where, line), number in told.items():
        times = f" ({number} times)" if number > 1 else ""
        lines.append(shorten(f"{level} {code} {where} {message}{times} {line}", WIDTH, placeholder=" ..."))
    return "\n".join(lines) + "\n"


def _section(title: str, leaves: Sequence[Account], most: int) -> list[str]:
    if not leaves:
        return []
    lines = [f"{title}:"]
    for leaf in leaves[:most]:
        verdict = leaf.verdict
        note = verdict.reason or ", ".join(verdict.targets)
        room = WIDTH - 2 - 18 - 1 - len(verdict.line) - 1
        lines.append(
            f"  {leaf.position:<18} {shorten(note, max(room, 10), placeholder='...')} {verdict.line}".rstrip()
        )
    if len(leaves) > most:
        lines.append(f"  ... and {len(leaves) - most} more")
    return lines

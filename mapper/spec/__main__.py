"""Counts of the guide's rows that a message reaches: `python -m mapper.spec GUIDE [MESSAGE]`."""

from __future__ import annotations

import sys
from pathlib import Path

from mapper.spec import Reach, reach, read_guide, read_skips, skip_for

KINDS = ("message", "segment", "datatype", "code")


def report(reached: Reach) -> str:
    """One line for each kind: rows, rows that say different things, and how many of those may be skipped."""
    skips, counts = read_skips(), reached.counts()
    lines = [f"{reached.message}: rows, distinct, of which all may be skipped"]
    for kind in KINDS:
        groups = reached.distinct(kind).values()
        skipped = sum(all(skip_for(row, skips) for row in group) for group in groups)
        lines.append(f"  {kind:<9}{counts[kind]:>5}{len(groups):>5}{skipped:>5}")
    lines += [f"  no rows in {name}, which {source} names" for name, source in reached.unknown]
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Print the counts of one message, by default ADT_A01, or of all that the guide holds (`all`)."""
    guide = read_guide(Path(arguments[0]))
    wanted = arguments[1] if len(arguments) > 1 else "ADT_A01"
    for message in guide.messages if wanted == "all" else [wanted]:
        sys.stdout.write(report(reach(guide, message)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])

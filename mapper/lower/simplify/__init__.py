"""Simplifies lowered functions: what the lines of a mapping repeat is done once, and what is known is not asked again.

Each pass takes the statements of one function and gives statements that do the same, in both flavours:

* `branches`: neighbouring `if`s with the same test become one; a value's use joins the branch that sets it.
* `facts`: tests whose outcome is known where they stand go.
* `sharing`: a value that was read already is not read again.
* `unused`: assignments that nothing reads go.
"""

from __future__ import annotations

from mapper import ir
from mapper.lower.simplify.branches import join_branches
from mapper.lower.simplify.facts import drop_known_tests
from mapper.lower.simplify.sharing import share_reads
from mapper.lower.simplify.unused import drop_unused

__all__ = ["simplify"]

PASSES = (
    share_reads,
    join_branches,
    drop_known_tests,
    share_reads,
    join_branches,
    drop_known_tests,
    drop_unused,
)
"""What is shared lets branches join, and joined branches let more be shared."""


def simplify(function: ir.Function) -> ir.Function:
    """The same function with a simpler body."""
    for simpler in PASSES:
        function.body = simpler(function.body)
    return function

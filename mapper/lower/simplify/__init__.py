"""Simplifies lowered functions: what the lines of a mapping repeat is done once, and what is known is not asked again.

Each pass takes the statements of one function and gives statements that do the same, in both flavours:

* `branches`: neighbouring `if`s with the same test become one; a value's use joins the branch that sets it.
* `facts`: tests whose outcome is known where they stand go.
* `sharing`: a value that was read already is not read again.
* `hoisting`: what several statements read is read once, before them; extensions of one node are indexed once.
* `unused`: assignments that nothing reads go.
* `shortcuts`: two calls become one.
* `guards`: a list that is not there is not filtered.
* `tails`: far components of a composite are skipped at once where fewer were sent.
"""

from __future__ import annotations

from mapper import ir
from mapper.lower.simplify.branches import join_branches
from mapper.lower.simplify.facts import drop_known_tests
from mapper.lower.simplify.guards import guard_filters
from mapper.lower.simplify.hoisting import hoist_reads
from mapper.lower.simplify.purity import CHANGING
from mapper.lower.simplify.sharing import share_reads
from mapper.lower.simplify.shortcuts import shorten
from mapper.lower.simplify.statements import Body, bound_within, reads, same
from mapper.lower.simplify.tails import skip_tails
from mapper.lower.simplify.unused import drop_unused

__all__ = ["simplify"]


def simplify(function: ir.Function, resources_stay: bool = False) -> ir.Function:
    """The same function with a simpler body.

    `resources_stay` tells that the resources that the context knows are those of the input, and no others join them.
    """
    given = {*function.parameters, *function.traced} - ({"out"} if resources_stay else CHANGING)
    body = function.body
    for _ in range(2):  # what is shared lets branches join, and joined branches let more be shared
        before, body = body, _joined(body, given)
        if same(before, body):
            break
    body = _joined(hoist_reads(body, given), given)
    body = shorten(drop_unused(body))
    taken = {*function.parameters, *reads(body), *bound_within(body)}
    function.body = skip_tails(guard_filters(body, taken), taken)
    return function


def _joined(body: Body, given: set[str]) -> Body:
    return drop_known_tests(join_branches(share_reads(body, given)))

"""The loss report of one traced message: what `accounting` says of each leaf, corrected by what really happened.

A leaf that a line claims but that reached no element of the output is unmapped: its case was not taken, a `when` did
not hold, a code had no row, or another source of the same resource came first (R204). A leaf that a condition or a key
reads counts as mapped, whether or not the line behind it wrote something: it had its part in what came out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mapper.coverage.accounting import Account, Accounting, Accounts
from mapper.coverage.claimed import Verdict
from mapper.trace import Trace
from mapper.trace.sides import input_of
from runtime.errors import Finding
from runtime.lib.trail import Where
from runtime.translate import Result

NOT_TAKEN = "a line reads it, but wrote nothing: see findings and guards"
ARRIVED = Verdict("mapped", "copy", "", "", ())
_VALUES = frozenset({"copy", "table", "function"})


def loss(result: Result, accounting: Accounting) -> Accounts:
    """The account of a traced translation. Raises `ValueError` where it was not traced."""
    trace = Trace(result)
    leaves = accounting.of(result).leaves
    return Accounts(
        [_corrected(account, where, trace) for account, where in zip(leaves, places_of(result), strict=True)]
    )


def _corrected(account: Account, where: Where, trace: Trace) -> Account:
    verdict = corrected(account.verdict, trace.reached(where), trace.result.findings)
    return account if verdict is account.verdict else account._replace(verdict=verdict)


def corrected(verdict: Verdict, reached: bool, findings: Iterable[Finding]) -> Verdict:
    """A verdict by the claims, by what really happened: whether the leaf reached anything, and what was found."""
    if verdict.kind == "removed":
        return verdict
    if reached:
        return verdict if verdict.kind == "mapped" else ARRIVED
    if verdict.how in _VALUES and verdict.read:
        return verdict._replace(how="condition", targets=())
    if verdict.how in _VALUES:
        told = [f"{f.code} {f.message}" for f in findings if f.line == verdict.line and f.line]
        return verdict._replace(kind="unmapped", reason=told[0] if told else NOT_TAKEN)
    return verdict


def places_of(result: Result) -> Iterator[Where]:
    """The places of all leaves, in the order of the account."""
    if result.formats[0] == "fhir":
        source = result.source
        yield from _fhir_wheres(source[0] if isinstance(source, list) else source, ("Bundle",))
    else:
        yield from input_of(result).leaves()


def _fhir_wheres(value: Any, path: Where) -> Iterator[Where]:
    if isinstance(value, dict):
        extension = len(path) > 1 and path[-2] in ("extension", "_extension") and "url" in value
        for key, item in value.items():
            if not (extension and key == "url"):
                yield from _fhir_wheres(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _fhir_wheres(item, (*path, number))
    elif value is not None:
        yield path

"""When a transaction is rejected as a whole: one rule for validation and for acknowledgements."""

from __future__ import annotations


def rejects(envelope: bool, outside: bool, syntax: bool, strict: bool) -> bool:
    """Whether a transaction is rejected, or only those of its claims that have errors.

    `envelope`: its ends, counts or version are wrong. `outside`: an error stands outside of claims and of the
    providers, subscribers and patients above them. `syntax`: an error of SNIP 1 or 2 stands anywhere; with `strict`,
    which partners may agree on, that rejects too.
    """
    return envelope or outside or (strict and syntax)

"""What becomes of what came in: each transaction, group and interchange, and each claim.

A fault inside a claim, or in the subscriber, patient or provider that claims belong to, rejects those claims in the
277CA and no others: their transaction is accepted with errors (E). A fault in the header or the envelope rejects the
transaction (R). With `strict`, every error of SNIP 1 or 2 rejects its transaction, as many receivers have it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from runtime.x12.acknowledge.received import CLAIM_SETS, SYNTAX, Claim, Group, Interchange, Note, Transaction
from runtime.x12.policy import rejects

Code = Literal["A", "E", "P", "R"]

_IN_ERROR = "5"
_MOST_CODES = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict with the codes that explain it (IK502 to IK506, AK905 to AK909, TA105)."""

    code: Code
    codes: tuple[str, ...] = ()
    received: int = 0
    accepted: int = 0


def told(transaction: Transaction) -> list[Note]:
    """The errors that a 999 tells: of claims those of SNIP 1 and 2 and situations with a trigger; else all.

    Situational rules belong to the guide, and the 999 has CTX for what triggers them. What else is wrong with a claim
    is told by the 277CA.

    Warnings are advice to us: a 999 that told them would accept with errors what has none.
    """
    syntax_only = transaction.set in CLAIM_SETS
    return [
        note
        for note in transaction.notes
        if not note.warning and (note.snip in SYNTAX or note.trigger is not None or not syntax_only)
    ]


def of_transaction(transaction: Transaction, strict: bool = False) -> Verdict:
    """IK501 with IK502 to IK506."""
    notes = told(transaction)
    codes = _distinct([*transaction.codes, *((_IN_ERROR,) if notes else ())])
    envelope = not (transaction.accepted and transaction.known)
    if rejects(envelope, transaction.outside, transaction.syntax, strict):
        return Verdict("R", codes)
    return Verdict("E" if notes or codes else "A", codes)


def of_group(group: Group, strict: bool = False) -> Verdict:
    """AK901 to AK909. A group whose own count or number is wrong is accepted with errors, if its transactions are."""
    verdicts = [of_transaction(each, strict) for each in group.transactions]
    accepted = sum(each.code != "R" for each in verdicts)
    codes = _distinct(group.codes)
    if not accepted:
        code: Code = "R"
    elif accepted < len(verdicts):
        code = "P"
    elif codes or any(each.code == "E" for each in verdicts):
        code = "E"
    else:
        code = "A"
    return Verdict(code, codes, len(verdicts), accepted)


def of_interchange(interchange: Interchange) -> Verdict:
    """TA104 and TA105: rejected if nothing in it could be read, accepted with errors if its envelope has any."""
    if not interchange.codes:
        return Verdict("A", ("000",))
    read = any(group.transactions for group in interchange.groups)
    return Verdict("E" if read else "R", tuple(interchange.codes[:1]))


def of_claim(claim: Claim) -> Code:
    """A claim is rejected for any error of any SNIP type."""
    return "R" if claim.rejected else "A"


def _distinct(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in codes if code))[:_MOST_CODES]

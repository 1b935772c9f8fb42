"""Bank accounts of BPR06 to BPR09 and BPR12 to BPR15, made unreadable.

An account number has few digits, so that a plain hash of it can be undone by trying them all. A digest is therefore
only made with a key (HMAC-SHA-256 over the routing and the account number); without one the last characters alone stay.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from runtime.x12.posting.model import Account

_SHOWN = 4


def account(segment: Sequence[str], first: int, key: bytes) -> Account | None:
    """The account whose routing qualifier stands at element `first`: 6 for the payer's, 12 for the payee's."""
    values = [segment[n] if n < len(segment) else "" for n in range(first, first + 4)]
    _, routing, kind, number = values
    if not routing and not number:
        return None
    digest = hmac.new(key, f"{routing}/{number}".encode(), hashlib.sha256).hexdigest()[:32] if key else ""
    return Account(masked(routing), masked(number), kind, digest)


def masked(value: str) -> str:
    """The last four characters, or fewer of a short value: never more than half of it."""
    shown = min(_SHOWN, len(value) // 2)
    return "•" * (len(value) > 0) + (value[-shown:] if shown else "")

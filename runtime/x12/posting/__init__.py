"""Auto-posting of 835 remittances: what to post, what to refuse, and by how much it is out of balance."""

from runtime.x12.posting.model import (
    Account,
    Adjustment,
    ClaimPayment,
    Closing,
    Kind,
    LinePayment,
    Payment,
    Posting,
    Problem,
    ProviderAdjustment,
    Reversed,
    Totals,
)
from runtime.x12.posting.view import postings

__all__ = [
    "Account",
    "Adjustment",
    "ClaimPayment",
    "Closing",
    "Kind",
    "LinePayment",
    "Payment",
    "Posting",
    "Problem",
    "ProviderAdjustment",
    "Reversed",
    "Totals",
    "postings",
]

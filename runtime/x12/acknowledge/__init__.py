"""Acknowledgements: TA1, 999 and 277CA for what came in, and reading those that come back."""

from runtime.x12.acknowledge.collect import collect
from runtime.x12.acknowledge.read import read_acknowledgement, verdicts
from runtime.x12.acknowledge.received import Claim, Group, Interchange, Line, Note, Provider, Transaction
from runtime.x12.acknowledge.report import (
    BatchVerdict,
    ClaimVerdict,
    Fault,
    GroupVerdict,
    InterchangeVerdict,
    LineVerdict,
    Report,
    TransactionVerdict,
)
from runtime.x12.acknowledge.status import Answerer
from runtime.x12.acknowledge.write import KINDS, Answer, Kind, Policy, answers

__all__ = [
    "KINDS",
    "Answer",
    "Answerer",
    "BatchVerdict",
    "Claim",
    "ClaimVerdict",
    "Fault",
    "Group",
    "GroupVerdict",
    "Interchange",
    "InterchangeVerdict",
    "Kind",
    "Line",
    "LineVerdict",
    "Note",
    "Policy",
    "Provider",
    "Report",
    "Transaction",
    "TransactionVerdict",
    "answers",
    "collect",
    "read_acknowledgement",
    "verdicts",
]

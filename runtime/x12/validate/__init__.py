"""Validation of X12, SNIP types 1 to 5: compiled from structure tables, streaming over the codec's events."""

from runtime.x12.validate.codelists import CodeList, CodeLists, load_lists
from runtime.x12.validate.engine import Unit
from runtime.x12.validate.finding import Kind, Trigger, X12Finding
from runtime.x12.validate.rule import Rule
from runtime.x12.validate.rules import RULES
from runtime.x12.validate.validation import Checked, TransactionResult, Validation

__all__ = [
    "RULES",
    "Checked",
    "CodeList",
    "CodeLists",
    "Kind",
    "Rule",
    "TransactionResult",
    "Trigger",
    "Unit",
    "Validation",
    "X12Finding",
    "load_lists",
]

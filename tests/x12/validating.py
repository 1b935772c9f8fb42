"""Validation as the tests use it: all tables of the project, the lists that ship and small ones of the tests."""

from __future__ import annotations

from functools import cache

from mapper.schema import x12_data
from runtime.x12.validate import Checked, TransactionResult, Validation, X12Finding, load_lists


@cache
def validation(snip: int = 5, values: bool = False) -> Validation:
    return Validation(x12_data.set_tables(), load_lists(), x12_data.envelope(), snip, values)


def checked(data: bytes, snip: int = 5) -> list[Checked]:
    return list(validation(snip).stream(data))


def findings(data: bytes, snip: int = 5) -> list[X12Finding]:
    return [each for step in checked(data, snip) for each in step.findings]


def errors(data: bytes, snip: int = 5) -> list[X12Finding]:
    return [each for each in findings(data, snip) if each.level == "error"]


def results(data: bytes, snip: int = 5) -> list[TransactionResult]:
    return [step.result for step in checked(data, snip) if step.result is not None]

"""The rules between segments: balancing (SNIP 3) and situations (SNIP 4)."""

from __future__ import annotations

from runtime.x12.validate.plan import LoopPlan
from runtime.x12.validate.rule import ANY, DECLARED, Rule
from runtime.x12.validate.rules import (
    claim_balance,
    claims,
    diagnoses,
    eligibility,
    other_payers,
    remittance,
    status_answers,
    subscribers,
)

MODULES = (
    claim_balance,
    remittance,
    subscribers,
    claims,
    diagnoses,
    other_payers,
    status_answers,
    eligibility,
)
"""Importing a module declares its rules."""

RULES: tuple[Rule, ...] = tuple(DECLARED)
"""All rules, in the order in which they run."""


def rules_for(loop: LoopPlan, snip: int) -> tuple[Rule, ...]:
    """The rules that run when a loop is complete, up to a SNIP type."""
    inside = {child.id for child in loop.children}
    return tuple(
        each
        for each in RULES
        if loop.set in each.sets
        and each.snip <= snip
        and (each.loop == loop.id or (each.loop == ANY and each.when in inside))
    )

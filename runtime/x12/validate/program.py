"""Everything that checking a set needs, compiled once: its plan, the rules of its loops, its coded elements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runtime.codecs.x12.automaton import automaton_of
from runtime.codecs.x12.table import SetTable
from runtime.x12.validate.codelists import CodeLists
from runtime.x12.validate.coding import codings
from runtime.x12.validate.plan import SetPlan, compile_set
from runtime.x12.validate.rules import rules_for


@dataclass(frozen=True, slots=True)
class Program:
    """A set compiled for checking up to a SNIP type. `ids` are the segment ids that the set has."""

    plan: SetPlan
    lists: Mapping[str, frozenset[str]]
    ids: frozenset[str]
    snip: int


def compile_program(table: SetTable, lists: CodeLists, snip: int = 5) -> Program:
    """Compile a set. The codec's tree of the same table is used, so that its moves name the positions compiled here."""
    undated = lists.undated() if snip >= 5 else {}
    plan = compile_set(table, undated, automaton_of(table).root)
    for loop in plan.loops.values():
        loop.rules = rules_for(loop, snip)
    if snip >= 5:
        for segment, coded in codings(plan).items():
            segment.coded = coded
    ids = frozenset(segment.id for segment in plan.segments.values())
    return Program(plan, undated, ids, snip)

"""X12 transactions, loops, segments and elements from structure tables, with most weight on what a mapping reads.

What is made is valid by the guide: required loops, segments and elements are there, codes are those of their place, the
syntax rules of segments and composites hold. The codec numbers levels and lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from mapper.schema.model import Element
from mapper.schema.x12 import X12Schema
from mapper.verify.facts_model import SideFacts
from mapper.verify.x12_values import fits, kind_of, values

Draw = Any
Node = Mapping[str, Any]
Tree = dict[str, list[Any]]
Values = dict[int, Any]

MOST_CHILDREN = 5
MOST_ELEMENTS = 6
MOST_CODES = 60
SITUATIONS = {"NM1": ("R0309",)}
"""What the guides ask for in words, as rules of syntax: an entity has a name or an identifier."""
WRITTEN = frozenset({"ST", "SE", "HL", "LX"})
"""Segments that the codec writes by itself."""


class X12Inputs:
    """Draws values as `serialize` takes them: loops by slot, segments and composites by number."""

    def __init__(self, schema: X12Schema, facts: SideFacts) -> None:
        self.schema = schema
        self.facts = facts
        self._leading: dict[str, bool] = {}

    # -- loops -------------------------------------------------------------------------------

    def loop(self, draw: Draw, type_name: str) -> Tree:
        """A loop, or a whole transaction: what the guide requires, and some of what the mapping reads."""
        elements = self.schema.elements(type_name)
        read = self.facts.used.get(type_name, {})
        wanted = [child.slot for child in elements if child.slot in read]
        chosen = set(self._some(draw, wanted, [child.slot for child in elements], MOST_CHILDREN))
        ways = [child.slot for child in elements if self._leads(child.types[0])]
        if ways and not chosen.intersection(ways):
            chosen.add(draw(_one(tuple(ways))))
        tree: Tree = {}
        for number, child in enumerate(elements):
            if number == 0 or child.minimum > 0 or child.slot in chosen:
                self._put(draw, tree, type_name, child)
        return tree

    def _put(self, draw: Draw, tree: Tree, owner: str, child: Element) -> None:
        kind = self._kind(child.types[0])
        if kind == "segment" and child.name in WRITTEN:
            return
        single = child.maximum == 1 or (owner, child.slot) in self.facts.firsts
        count = 1 if single else draw(_one((1, 1, 2)))
        make = self.segment if kind == "segment" else self.loop
        tree[child.slot] = [make(draw, child.types[0]) for _ in range(count)]

    def _leads(self, type_name: str) -> bool:
        """Whether a loop is the unit of its set, or holds it: a transaction without units says nothing."""
        if type_name not in self._leading:
            self._leading[type_name] = False
            set_name = self.schema.set_of(type_name)
            table = self.schema.table(set_name) if set_name else None
            unit = (table or {}).get("unit") or ()
            node = self.schema.structure(type_name) or {}
            self._leading[type_name] = node.get("kind") == "loop" and (
                node["id"] in ((unit,) if isinstance(unit, str) else unit)
                or any(self._leads(child.types[0]) for child in self.schema.elements(type_name))
            )
        return self._leading[type_name]

    def _kind(self, type_name: str) -> str:
        info = self.schema.type(type_name)
        return info.kind if info is not None else "primitive"

    def _some(self, draw: Draw, wanted: Sequence[Any], others: Sequence[Any], most: int) -> list[Any]:
        """Some of what the mapping reads, and seldom one of the others."""
        if not (wanted or others):
            return []
        return list(draw(_chosen(tuple(wanted or others), tuple(others or wanted), most)))

    # -- segments and composites -------------------------------------------------------------

    def segment(self, draw: Draw, type_name: str) -> Values:
        """A segment with its required elements and some of those that the mapping reads."""
        node = self.schema.structure(type_name) or {"elements": [], "syntax": [], "match": []}
        codes = {(element, component): tuple(known) for element, component, known in node["match"]}
        syntax = [*node["syntax"], *SITUATIONS.get(self._wide(type_name), ())]
        return self._numbered(draw, type_name, node["elements"], syntax, codes, node["slot"])

    def composite(self, draw: Draw, type_name: str) -> Values:
        """The components of an element."""
        node = self.schema.structure(type_name) or {"components": [], "syntax": []}
        return self._numbered(draw, type_name, node["components"], node.get("syntax") or (), {}, "")

    def _numbered(
        self,
        draw: Draw,
        type_name: str,
        members: Sequence[Node],
        syntax: Sequence[str],
        codes: Mapping[tuple[int, int], Sequence[str]],
        slot: str,
    ) -> Values:
        used = {member["n"]: member for member in members if member["usage"] != "N"}
        wide = self._wide(type_name)
        read = [number for number in used if str(number) in self.facts.used.get(wide, {})]
        chosen = set(self._some(draw, read, list(used), MOST_ELEMENTS))
        chosen |= self._further(draw, chosen, type_name, slot)
        chosen |= {number for number, member in used.items() if member["usage"] == "R"}
        chosen |= {element for element, _ in codes}
        chosen = _by_syntax((chosen or {min(used, default=1)}) & set(used), syntax, set(used))
        made: Values = {}
        for number in sorted(chosen):
            known = codes.get((number, 0)) or codes.get((number, 1)) or ()
            made[number] = self._element(draw, (type_name, wide), used[number], members, made, known)
        return made

    def _further(self, draw: Draw, chosen: set[int], type_name: str, slot: str) -> set[int]:
        """The elements of further turns of a run of which some are chosen."""
        more: set[int] = set()
        for first, last, step in self.facts.runs_in(
            (type_name.rpartition(".")[0], slot), self._wide(type_name)
        ):
            turns = draw(_one((0, 0, 1, 2)))
            inside = [number for number in chosen if first <= number < first + step]
            more |= {
                number + step * turn
                for turn in range(1, turns + 1)
                for number in inside
                if number + step * turn <= last
            }
        return more

    def _element(
        self,
        draw: Draw,
        owner: tuple[str, str],
        member: Node,
        members: Sequence[Node],
        before: Values,
        known: Sequence[str],
    ) -> Any:
        name, wide = owner
        several = member["repeat"] != 1 and (wide, str(member["n"])) not in self.facts.firsts
        count = draw(_one((1, 1, 1, 2))) if several else 1
        if member["components"]:
            inner = (
                f"{name}.{member['n']}"
                if self._kind(f"{name}.{member['n']}") == "composite"
                else str(member["de"])
            )
            made: list[Any] = [self.composite(draw, inner) for _ in range(count)]
            for each in made:
                if known and 1 in each:
                    each[1] = draw(_one(tuple(sorted(known))))
        else:
            made = [self._leaf(draw, owner, member, members, before, known) for _ in range(count)]
        return made if count > 1 else made[0]

    def _leaf(
        self,
        draw: Draw,
        owner: tuple[str, str],
        member: Node,
        members: Sequence[Node],
        before: Values,
        known: Sequence[str],
    ) -> str:
        name, wide = owner
        element = self.schema.element(name, str(member["n"]))
        legal = sorted(known or member["codes"] or ())
        if not legal and element is not None and element.binding is not None and element.binding.codes:
            legal = sorted(code for held in element.binding.codes.values() for code in held)[:MOST_CODES]
        pool = [str(value) for value in self.facts.pool.get((wide, str(member["n"])), ())]
        if legal:
            liked = tuple(code for code in pool if code in legal)
            return str(draw(_one(liked) if liked and draw(st.booleans()) else _one(tuple(legal))))
        kind = kind_of(member, members, before)
        bounds = (member["min"], member["max"])
        fitting = [text for text in pool if fits(kind, text, *bounds)]
        return str(draw(_one((*fitting, *values(kind, *bounds)))))

    def value(self, draw: Draw, type_name: str) -> Any:
        """A value of a composite or primitive type."""
        if self._kind(type_name) == "composite":
            return self.composite(draw, type_name)
        pool = [str(value) for value in self.facts.pool.get(("", ""), ())]
        return draw(_one((*pool, *values(type_name, 1, 30))))

    def _wide(self, type_name: str) -> str:
        info = self.schema.type(type_name)
        return (info.general if info is not None else None) or type_name


@cache
def _one(values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """One of some values; kept, since making a strategy takes longer than drawing from it."""
    return st.sampled_from(values)


@cache
def _chosen(likely: tuple[Any, ...], others: tuple[Any, ...], most: int) -> st.SearchStrategy[list[Any]]:
    """Some of the likely ones, each other one seldom."""
    return st.lists(
        st.one_of(*[st.sampled_from(likely)] * 9, st.sampled_from(others)), unique=True, max_size=most
    )


def _by_syntax(chosen: set[int], rules: Sequence[str], used: set[int]) -> set[int]:
    """The chosen elements, with those that the syntax rules of X12 want beside them and without those they exclude.

    P: all or none; R: at least one; E: at most one; C: with the first, all; L: with the first, at least one.
    """
    made = set(chosen)
    for _ in range(2):  # a rule may want what another one speaks of
        for rule in rules:
            letter, numbers = rule[0], [int(rule[at : at + 2]) for at in range(1, len(rule), 2)]
            first, rest = numbers[0], numbers[1:]
            present = [number for number in numbers if number in made]
            if (letter == "P" and present) or (letter == "C" and first in made):
                made |= set(numbers) & used
            elif letter == "R" and not present:
                made.add(first if first in used else next((n for n in numbers if n in used), first))
            elif letter == "E" and len(present) > 1:
                made -= set(present[1:])
            elif letter == "L" and first in made and not made.intersection(rest):
                made |= {next((number for number in rest if number in used), first)}
    return made & used

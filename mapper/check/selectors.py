"""Selectors as text, as sets of terms, and how lines that share a list divide it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mapper.check.model import (
    Node,
    TAnd,
    TArithmetic,
    TCall,
    TCase,
    TChoose,
    TCodeIs,
    TCompare,
    TCond,
    TConst,
    TCopy,
    TExpr,
    TInList,
    TInTable,
    TLookup,
    TNot,
    TOr,
    TPath,
    TPointsTo,
    TQuantified,
    TRead,
    TReference,
    TScope,
    TStatement,
    TStep,
    TTranslated,
    TValued,
)


def terms_of(step: TStep) -> frozenset[str]:
    """The conjuncts of a step's selectors as canonical text, with the types of a followed reference."""
    found: set[str] = set()
    for selector in step.selectors:
        condition = selector.condition
        for term in condition.terms if isinstance(condition, TAnd) else (condition,):
            found.add(text_of(term))
    if step.deref and step.repeats:
        found.add("is " + ",".join(step.deref))
    return frozenset(found)


def text_of(condition: TCond) -> str:
    """A condition as canonical text: equal text means equal condition on the item of a list."""
    match condition:
        case TAnd(terms=terms):
            return "(" + " and ".join(sorted(map(text_of, terms))) + ")"
        case TOr(terms=terms):
            return "(" + " or ".join(sorted(map(text_of, terms))) + ")"
        case TNot(term=term):
            return f"not {text_of(term)}"
        case TQuantified(quantifier=quantifier, path=path, term=term):
            return f"{quantifier} {path_text(path)} {text_of(term)}"
        case TValued(expr=expr, negated=negated):
            return f"{expr_text(expr)} {'not ' if negated else ''}valued"
        case TCompare(operator=operator, left=left, right=right):
            return f"{expr_text(left)} {operator} {expr_text(right)}"
        case TCodeIs(path=path, system=system, code=code):
            return f"{path_text(path)} is {system}|{code}"
        case TPointsTo(path=path, node=node):
            return f"{path_text(path)} -> {id(node)}"
        case TInTable(expr=expr, table=table, direction=direction):
            return f"{expr_text(expr)} in {table.qualified} {direction}"
        case TInList(expr=expr, items=items):
            return f"{expr_text(expr)} in {[item.value for item in items]!r}"


def expr_text(expr: TExpr) -> str:
    """An expression as canonical text."""
    match expr:
        case TRead(path=path):
            return path_text(path)
        case TConst(value=value):
            return repr(value)
        case TCall(name=name, args=args):
            return f"{name}({', '.join(map(expr_text, args))})"
        case TTranslated(path=path, table=table):
            return f"{path_text(path)} using {table.qualified}"
        case TLookup(table=table, keys=keys, column=column, day=day):
            given = [expr_text(key) for key, _ in keys]
            as_of = f" as of {expr_text(day)}" if day is not None else ""
            return f"{table.qualified}[{', '.join(given)}].{column}{as_of}"
        case TArithmetic(operator=operator, left=left, right=right):
            return f"({expr_text(left)} {operator} {expr_text(right)})"
        case _:
            return repr(expr)


def path_text(path: TPath) -> str:
    """The steps of a path, behind the node that it starts from where that is not an item of a list."""
    steps = [] if path.base.is_item else [f"@{id(home(path.base))}"]
    for step in path.steps:
        text = step.element.slot
        if step.position is not None:
            text += f"[{step.position.first}..{step.position.end}]"
        if terms := terms_of(step):
            text += "{" + ";".join(sorted(terms)) + "}"
        steps.append(text)
    return "/".join(steps)


@dataclass(frozen=True)
class Claim:
    """A line's hold on a list: the terms that an item must meet."""

    terms: frozenset[str]
    step: TStep


ListKey = tuple[int, tuple[str, ...]]


class Partition:
    """Which lines of one mapping share a list, on one side; two-way lines claim, one-way lines never do."""

    def __init__(self, statements: Iterable[TStatement], side: str) -> None:
        self.claims: dict[ListKey, list[Claim]] = {}
        for path in claiming_paths(statements, side):
            for number, step in enumerate(path.steps):
                if step.repeats and (terms := terms_of(step)):
                    claim = Claim(terms, step)
                    held = self.claims.setdefault(list_key(path, number), [])
                    if all(claim.terms != other.terms for other in held):
                        held.append(claim)

    def exclusions(self, path: TPath, number: int) -> list[TStep]:
        """Steps of other lines that claim before this one: their conditions are this one's and more."""
        own = terms_of(path.steps[number])
        return [c.step for c in self.claims.get(list_key(path, number), ()) if own < c.terms]


def list_key(path: TPath, number: int) -> ListKey:
    """The list that a step of a path runs over: its base node and the way to it, selectors and all."""
    way = [f"{s.element.slot}{sorted(terms_of(s))}{s.position}" for s in path.steps[:number]]
    return id(home(path.base)), (*way, path.steps[number].element.slot)


def home(node: Node) -> Node:
    """The node that another name stands for: `this`, an alias."""
    while node.path is not None and not node.path.steps and not node.rows:
        node = node.path.base
    return node


def claiming_paths(statements: Iterable[TStatement], side: str) -> Iterator[TPath]:
    """The paths of two-way lines on one side, in all bodies and cases."""
    for statement in statements:
        match statement:
            case TCopy(go=go, back=back) if go is not None and back is not None:
                yield from statement.left if side == "left" else statement.right
            case TScope(arrow="<->"):
                yield statement.path("left" if side == "left" else "right")
                yield from claiming_paths(statement.body, side)
            case TScope():
                yield from claiming_paths(statement.body, side)
            case TReference(path=path, arrow="<->"):
                if path.side == side:
                    yield path
            case TChoose(cases=cases, otherwise=otherwise):
                for case in cases:
                    yield from _case(case, side)
                yield from claiming_paths(otherwise, side)
            case _:
                pass


def _case(case: TCase, side: str) -> Iterator[TPath]:
    yield from claiming_paths(case.body, side)

"""Statements against schemas: from the syntax tree to the checked tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mapper.check import notation
from mapper.check.conditions import discriminated, resolve_condition
from mapper.check.env import Alias, Env
from mapper.check.links import Line
from mapper.check.model import (
    Node,
    Side,
    TCase,
    TChoose,
    TFill,
    TIgnore,
    TKey,
    TPath,
    TRequire,
    TStatement,
)
from mapper.check.paths import resolve_path, written_path
from mapper.diagnostics import diagnostic
from mapper.syntax import tree


def resolve_body(env: Env, statements: Sequence[tree.Statement]) -> tuple[TStatement, ...]:
    """All statements of a body; aliases are visible to the lines after the one that gives them."""
    return resolve_lines(env, statements)[0]


def resolve_lines(env: Env, statements: Sequence[tree.Statement]) -> tuple[tuple[TStatement, ...], Env]:
    """The same with what the lines after the last one would see."""
    result: list[TStatement] = []
    for statement in statements:
        resolved, env = _statement(env, statement)
        if resolved is not None:
            result.append(resolved)
    return tuple(result), env


def _statement(env: Env, statement: tree.Statement) -> tuple[TStatement | None, Env]:
    if _for_another_type(env, statement):
        return None, env
    match statement:
        case tree.Link():
            return Line(env, statement).resolve()
        case tree.Choose():
            return _choose(env, statement)
        case tree.Key(paths=paths):
            resolved = [p for path in paths if (p := _either_side(env, path, ("right", "left"))) is not None]
            return (
                TKey(tuple(resolved), statement.span, env.right) if len(resolved) == len(paths) else None
            ), env
        case tree.Ignore(paths=paths, reason=reason):
            known = tuple(
                p for path in paths if (p := _either_side(env, path, ("left", "right"))) is not None
            )
            return TIgnore(known, reason, statement.span), env
        case tree.Require():
            return _require(env, statement), env
        case tree.Drop():
            env.tell(diagnostic("E210", "`drop` stands only in an `override mapping`", statement.span))
            return None, env
        case tree.Set():
            env.tell(diagnostic("E302", "`set` belongs to rules, not to mappings", statement.span))
            return None, env
        case tree.Fill():
            return _fill(env, statement), env
        case tree.Narrative():
            env.tell(
                diagnostic(
                    "E302",
                    "`narrative` is for C-CDA mappings, which this version does not compile",
                    statement.span,
                )
            )
            return None, env


def _fill(env: Env, statement: tree.Fill) -> TFill | None:
    """`fill X from Y`: one value each, of one type on one side."""
    path = _either_side(env, statement.path, ("right", "left"))
    if path is None:
        return None
    source = resolve_path(env, statement.source, path.side)
    if source is None:
        return None
    for each in (path, source):
        step = next((step for step in each.steps if step.open), None)
        if step is not None:
            name = notation.shown(each.base.format, step.owner, step.element.name)
            env.tell(diagnostic("E403", f"`{name}` repeats", step.span, "one value or each?"))
            return None
    special = next(
        (s for s in path.steps if s.selectors or s.deref or s.resource or s.element.extension), None
    )
    if not path.steps or special is not None:
        env.tell(
            diagnostic(
                "E302",
                "what is filled is named by its plain path",
                special.span if special is not None else path.span,
                help="open a body for the node that holds it, and fill it there",
            )
        )
        return None
    if path.type != source.type:
        env.tell(
            diagnostic(
                "E401",
                f"{path.type} cannot take a {source.type}",
                statement.span,
                "two types",
                help="fill a value from one of the same type",
            )
        )
        return None
    return TFill(path, source, statement.span)


def _for_another_type(env: Env, statement: tree.Statement) -> bool:
    """Whether a line begins with a type of the head that this variant of the mapping is not for: `2010BA/NM109`."""
    match statement:
        case tree.Link(left=left, right=right):
            sides: tuple[tuple[Side, tuple[tree.Expr, ...]], ...] = (("left", left), ("right", right))
            firsts = {
                (side, expr.path.steps[0].name)
                for side, exprs in sides
                for expr in exprs
                if isinstance(expr, tree.Read)
            }
        case tree.Ignore(paths=paths) | tree.Key(paths=paths):
            firsts = {(side, path.steps[0].name) for path in paths for side in SIDES}
        case tree.Fill(path=path):
            firsts = {(side, path.steps[0].name) for side in SIDES}
        case _:
            return False
    return any(name in env.others.get(side, ()) for side, name in firsts)


SIDES: tuple[Side, Side] = ("left", "right")


def _either_side(env: Env, path: tree.Path, sides: tuple[Side, Side]) -> TPath | None:
    """A path that may stand on either side: the first side that has it; the first side's findings where none has."""
    first = replace(env, diagnostics=[])
    found = resolve_path(first, path, sides[0])
    if found is None:
        found = resolve_path(replace(env, diagnostics=[]), path, sides[1])
    if found is None:
        env.diagnostics.extend(first.diagnostics)
    return found


def _require(env: Env, statement: tree.Require) -> TRequire | None:
    level = statement.outcome.level if statement.outcome else "error"
    text = statement.outcome.text if statement.outcome else "a requirement of the mapping does not hold"
    first = replace(env, diagnostics=[])
    for side in ("left", "right"):
        trial = first if side == "left" else replace(env, diagnostics=[])
        condition = resolve_condition(trial, statement.condition, side)
        if condition is not None and not trial.diagnostics:
            return TRequire(condition, side, level, text, _told_at(env, statement), statement.span)
    env.diagnostics.extend(first.diagnostics)
    return None


def _told_at(env: Env, statement: tree.Require) -> str:
    """The path that a requirement is told at."""
    at = statement.outcome.at if statement.outcome else None
    found = _either_side(env, at, ("left", "right")) if at is not None else None
    return written_path(found) if found is not None else ""


# -- choose --------------------------------------------------------------------------------------


def _choose(env: Env, statement: tree.Choose) -> tuple[TChoose, Env]:
    named: dict[str, list[Alias]] = {}
    cases = [_case(env, case, named) for case in statement.cases]
    otherwise: tuple[TStatement, ...] = ()
    if statement.otherwise:
        otherwise, after = resolve_lines(env, statement.otherwise.statements)
        _collect(named, env.escaped(after))
    choose = TChoose(
        tuple(c for c in cases if c is not None), otherwise, statement.otherwise is not None, statement.span
    )
    return choose, env.with_aliases({name: _any_of(name, found) for name, found in named.items()})


def _collect(named: dict[str, list[Alias]], escaped: Mapping[str, Alias]) -> None:
    for name, alias in escaped.items():
        named.setdefault(name, []).append(alias)


def _any_of(name: str, found: list[Alias]) -> Alias:
    """One name for the nodes that several cases give it to."""
    if len(found) == 1:
        return found[0]
    first = found[0].right
    types = tuple(dict.fromkeys(each for alias in found for each in alias.right.types))
    right = Node(
        first.side,
        first.format,
        types,
        (name,),
        first.parent,
        alias=name,
        resource=True,
        choices=tuple(alias.right for alias in found),
    )
    return Alias(found[0].left, right)


def _case(env: Env, case: tree.Case, named: dict[str, list[Alias]]) -> TCase | None:
    left = resolve_condition(env, case.left, "left") if case.left is not None else None
    right = resolve_condition(env, case.right, "right") if case.right is not None else None
    if (case.left is not None and left is None) or (case.right is not None and right is None):
        return None
    inner = env
    for side, guard in (("left", left), ("right", right)):
        if guard is not None and (types := discriminated(guard)):
            inner = inner.narrowed(side, types)  # type: ignore[arg-type]
    body, after = resolve_lines(inner, case.body.statements)
    _collect(named, inner.escaped(after))
    return TCase(left, case.arrow, right, body, case.span)

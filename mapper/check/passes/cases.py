"""Cases lead back to themselves: proven, refuted (E504, E505) or unproven (W904).

What is proven, and nothing smarter: constants, table ranges, elements that are never written, and complements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mapper.check.env import Env
from mapper.check.model import (
    Direction,
    TAnd,
    TCall,
    TCase,
    TChoose,
    TCond,
    TMapping,
    TOr,
    TScope,
    TStatement,
    TValued,
    source_side,
    target_side,
)
from mapper.check.passes.logic import implies
from mapper.check.passes.proof import Known
from mapper.check.passes.writes import Write, writes
from mapper.diagnostics import Diagnostic, Label, Severity, diagnostic
from mapper.source import Span
from mapper.syntax import tree

DIRECTIONS: tuple[Direction, Direction] = ("go", "back")
WORD = "otherwise"


def cases(mapping: TMapping, env: Env) -> list[Diagnostic]:
    """Every `choose` of a mapping, in both directions."""
    spans = dict(guard_spans(mapping.info.statements))
    found: list[Diagnostic] = []
    for choose in _chooses(mapping.body):
        dead = [told for direction in DIRECTIONS for told in _unreachable(choose, direction, spans)]
        found += dead
        if not dead and mapping.two_way:
            found += _unproven(mapping, env, choose, spans)
    return found


def _chooses(statements: tuple[TStatement, ...]) -> Iterator[TChoose]:
    for statement in statements:
        match statement:
            case TChoose(cases=inner, otherwise=otherwise):
                yield statement
                for case in inner:
                    yield from _chooses(case.body)
                yield from _chooses(otherwise)
            case TScope(body=body):
                yield from _chooses(body)
            case _:
                pass


def guard_spans(statements: tuple[tree.Statement, ...]) -> Iterator[tuple[Span, tuple[Span, Span]]]:
    """Where the two guards of each case stand (its whole head where it has none on a side)."""
    for statement in statements:
        match statement:
            case tree.Link(body=tree.Body(statements=inner)):
                yield from guard_spans(inner)
            case tree.Choose(cases=found, otherwise=otherwise):
                for case in found:
                    left = case.left.span if case.left is not None else case.span
                    yield case.span, (left, case.right.span if case.right is not None else left)
                    yield from guard_spans(case.body.statements)
                yield from guard_spans(otherwise.statements if otherwise is not None else ())
            case _:
                pass


Spans = dict[Span, tuple[Span, Span]]


def _span(spans: Spans, case: TCase, direction: Direction) -> Span:
    """The guard that is read in a direction."""
    found = spans.get(case.span, (case.span, case.span))
    return found[0] if source_side(direction) == "left" else found[1]


def _read(choose: TChoose, direction: Direction) -> list[TCase]:
    """The cases that are tried in a direction."""
    other = "<-" if direction == "go" else "->"
    return [c for c in choose.cases if c.arrow != other and c.guard(source_side(direction)) is not None]


# -- unreachable ---------------------------------------------------------------------------------


def _unreachable(choose: TChoose, direction: Direction, spans: Spans) -> Iterator[Diagnostic]:
    """Cases whose guard makes an earlier guard of that side true."""
    tried = _read(choose, direction)
    for number, case in enumerate(tried):
        guard = case.guard(source_side(direction))
        for earlier in tried[:number]:
            before = earlier.guard(source_side(direction))
            if guard is not None and before is not None and implies(guard, before):
                yield _dead(case, earlier, direction, spans)
                break


def _dead(case: TCase, earlier: TCase, direction: Direction, spans: Spans) -> Diagnostic:
    at, before = _span(spans, case, direction), _span(spans, earlier, direction)
    if direction == "back" and case.arrow == "<->":
        return diagnostic(
            "E504",
            "this case is read back as an earlier one",
            at,
            "makes the earlier condition true",
            others=[Label(before, "this is true then")],
            help="narrow the earlier condition, or move this case before it",
        )
    return diagnostic(
        "E505",
        "this case is never chosen",
        at,
        "already taken",
        others=[Label(before, "by this condition")],
        help="move this case before the earlier one, or narrow the earlier condition",
    )


# -- proof that a case comes back ----------------------------------------------------------------


def _unproven(mapping: TMapping, env: Env, choose: TChoose, spans: Spans) -> Iterator[Diagnostic]:
    """Cases, and the `otherwise`, for which an earlier guard of the target side cannot be shown to stay false."""
    told: set[Span] = set()
    for direction in DIRECTIONS:
        reading: Direction = "back" if direction == "go" else "go"
        written = list(writes(mapping.body, direction))
        for _, case, earlier in open_cases(choose, env, direction, written):
            at = _span(spans, case, reading) if case is not None else otherwise_span(choose, mapping, env)
            if at not in told:
                told.add(at)
                yield _open(at, earlier[0], reading, spans)


def open_cases(
    choose: TChoose, env: Env, direction: Direction, written: list[Write]
) -> Iterator[tuple[int, TCase | None, list[TCase]]]:
    """The cases that a direction writes and that may come back as an earlier one, with those earlier ones.

    A case is given with its number among the choice's cases; the `otherwise` is `None`. `written` is what the whole
    mapping writes in that direction.
    """
    reading: Direction = "back" if direction == "go" else "go"
    tried = _read(choose, reading)
    for number, case in _cases(choose):
        if case is not None and (case.arrow != "<->" or case not in tried):
            continue
        here = [write for write in written if dict(write.branch).get(id(choose)) in (None, number)]
        known = Known(here, case.guard(target_side(direction)) if case else None, direction, env)
        earlier = tried[: tried.index(case)] if case is not None else tried
        still_open = [before for before in earlier if not known.never(_guard(before, reading))]
        if still_open:
            yield number, case, still_open


def _cases(choose: TChoose) -> Iterator[tuple[int, TCase | None]]:
    """The cases with their numbers; `None` for the `otherwise`."""
    yield from enumerate(choose.cases)
    if choose.has_otherwise:
        yield len(choose.cases), None


def _guard(case: TCase, reading: Direction) -> TCond:
    guard = case.guard(source_side(reading))
    assert guard is not None  # only cases with a guard are read
    return guard


def _open(at: Span, earlier: TCase, reading: Direction, spans: Spans) -> Diagnostic:
    why = "depends on a function" if _calls(_guard(earlier, reading)) else "is tried before"
    found = diagnostic(
        "W904",
        "it is not proven that this case comes back as itself",
        at,
        "may make the earlier condition true",
        others=[Label(_span(spans, earlier, reading), why)],
    )
    return replace(found, severity=Severity.INFO)


def _calls(guard: TCond) -> bool:
    match guard:
        case TValued(expr=TCall(function=function)):
            return function is not None
        case TAnd(terms=terms) | TOr(terms=terms):
            return any(_calls(term) for term in terms)
        case _:
            return False


def otherwise_span(choose: TChoose, mapping: TMapping, env: Env) -> Span:
    """The word `otherwise` of a `choose`."""
    for statement in tree_chooses(mapping.info.statements):
        if statement.span == choose.span and statement.otherwise is not None:
            body = statement.otherwise.span
            start = env.program.sources[body.file].text.rfind(WORD, 0, body.start)
            return Span(body.file, start, start + len(WORD)) if start >= choose.span.start else body
    return choose.span


def tree_chooses(statements: tuple[tree.Statement, ...]) -> Iterator[tree.Choose]:
    """Every `choose` as written."""
    for statement in statements:
        match statement:
            case tree.Link(body=tree.Body(statements=inner)):
                yield from tree_chooses(inner)
            case tree.Choose(cases=found, otherwise=otherwise):
                yield statement
                for case in found:
                    yield from tree_chooses(case.body.statements)
                yield from tree_chooses(otherwise.statements if otherwise is not None else ())
            case _:
                pass

"""One-way lines in a two-way mapping whose data does not come back (W901), and values that change form (W905)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mapper.check.converters import conversion
from mapper.check.env import Env
from mapper.check.model import (
    ByFunction,
    ByMapping,
    Converter,
    Direction,
    TChoose,
    TCopy,
    TMapping,
    TPath,
    TRead,
    TScope,
    TStatement,
    Way,
)
from mapper.check.passes.writes import Place, place, slot_of, step_name
from mapper.diagnostics import Diagnostic, Severity, diagnostic
from mapper.source import Span
from mapper.syntax import tree


def one_way_lines(mapping: TMapping, env: Env) -> list[Diagnostic]:
    """Lines that could go both ways, do not, and have no line that brings their data back.

    A whole message gives one value to several resources: its lines are not told. A condition, a constant, a one-way
    function or mapping says that one way is meant. Where every line of a mapping goes one way, its head is told once.
    """
    info = env.schema("left", mapping.info.declaration.span).type(mapping.left.types[0])
    if not mapping.two_way or (info is not None and info.kind == "message"):
        return []
    copies = list(_copies(mapping.body))
    known = {link.span: link for link in links(mapping.info.statements)}
    found = [copy for copy in copies if _could_return(copy) and not _returns(copy, copies)]
    if (
        len(found) > 1
        and not any(copy.go and copy.back for copy in copies)
        and not _two_way_scope(mapping.body)
    ):
        return [_head(mapping)]
    return [_line(copy, known.get(copy.span), mapping) for copy in found]


def normalised_lines(mapping: TMapping, _env: Env) -> list[Diagnostic]:
    """Two-way lines through a function that changes the form of a value: for information."""
    known = {link.span: link for link in links(mapping.info.statements)}
    found: list[Diagnostic] = []
    for copy in _copies(mapping.body):
        link = known.get(copy.span)
        if (
            copy.go is None
            or copy.back is None
            or link is None
            or link.using is None
            or not _normalises(copy.go)
        ):
            continue
        told = diagnostic(
            "W905",
            f"`{step_name(copy.go.targets[0])}` comes back in another form",
            link.using.span,
            "normalises",
        )
        found.append(replace(told, severity=Severity.INFO))
    return found


def _normalises(way: Way) -> bool:
    return bool(way.targets[0].steps) and any(
        isinstance(converter, ByFunction) and converter.normalises is not None
        for _, converter in way.converters
    )


def _copies(statements: tuple[TStatement, ...]) -> Iterator[TCopy]:
    for statement in statements:
        match statement:
            case TCopy():
                yield statement
            case TScope(body=body):
                yield from _copies(body)
            case TChoose(cases=cases, otherwise=otherwise):
                for case in cases:
                    yield from _copies(case.body)
                yield from _copies(otherwise)
            case _:
                pass


def _two_way_scope(statements: tuple[TStatement, ...]) -> bool:
    return any(isinstance(s, TScope) and (s.arrow == "<->" or _two_way_scope(s.body)) for s in statements)


def links(statements: tuple[tree.Statement, ...]) -> Iterator[tree.Link]:
    """Every line as written, in all bodies and cases."""
    for statement in statements:
        match statement:
            case tree.Link(body=body):
                yield statement
                if body is not None:
                    yield from links(body.statements)
            case tree.Choose(cases=cases, otherwise=otherwise):
                for case in cases:
                    yield from links(case.body.statements)
                yield from links(otherwise.statements if otherwise is not None else ())
            case _:
                pass


def _one_way(copy: TCopy) -> tuple[Direction, Way] | None:
    if copy.go is not None and copy.back is None:
        return "go", copy.go
    if copy.back is not None and copy.go is None:
        return "back", copy.back
    return None


def _could_return(copy: TCopy) -> bool:
    """Whether a one-way line copies a plain value that could be copied back."""
    found = _one_way(copy)
    if found is None:
        return False
    way = found[1]
    match way.sources, way.targets:
        case (TRead(path=source),), (target,) if target.steps and way.makes and way.when is None:
            return all(_reversible(converter, source, target) for _, converter in way.converters)
        case _:
            return False


def _reversible(converter: Converter, source: TPath, target: TPath) -> bool:
    match converter:
        case ByMapping(mapping=info):
            return info.declaration.two_way
        case ByFunction(attribute=attribute):
            return attribute is not None or conversion(target.type, source.type) is not None
        case _:
            return True


def _returns(copy: TCopy, copies: list[TCopy]) -> bool:
    """Whether another line reads the target or writes the source on the way back."""
    found = _one_way(copy)
    if found is None:
        return True
    direction, way = found
    source = way.sources[0]
    reads, writes = [], []
    for other in copies:
        back = other.way("back" if direction == "go" else "go")
        if back is not None:
            reads += [place(s.path) for s in back.sources if isinstance(s, TRead)]
            writes += [place(t) for t in back.targets]
    mine = place(source.path) if isinstance(source, TRead) else ()
    return any(_near(way_read, place(way.targets[0])) for way_read in reads) or any(
        _near(w, mine) for w in writes
    )


def _near(first: Place, second: Place) -> bool:
    """Whether one place lies within the other, selectors and positions left aside."""
    short = min(len(first), len(second))
    return [slot_of(key) for key in first[:short]] == [slot_of(key) for key in second[:short]]


def _line(copy: TCopy, link: tree.Link | None, mapping: TMapping) -> Diagnostic:
    direction = "go" if copy.go is not None else "back"
    target = mapping.node("right" if direction == "go" else "left").format
    at: Span = link.arrow_span if link is not None else copy.span
    return diagnostic(
        "W901",
        f"this line goes to {target} only, and nothing brings its value back",
        at,
        "one way",
        help="write `<->`, or add a line for the other way",
    )


def _head(mapping: TMapping) -> Diagnostic:
    declaration = mapping.info.declaration
    left, right = (
        f"{t.format} {', '.join(n.text for n in t.names)}" for t in (declaration.left, declaration.right)
    )
    return diagnostic(
        "W901",
        f"every line of `{mapping.info.name}` goes one way",
        declaration.name.span,
        "declared two-way",
        help=f"declare it `from {left} to {right}`, or write `<->` where a value comes back",
    )

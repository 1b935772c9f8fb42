"""Two-way lines that share a list divide it, on both sides (E502)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from mapper.check import notation
from mapper.check.env import Env
from mapper.check.model import (
    Side,
    TChoose,
    TCond,
    TCopy,
    TMapping,
    TPath,
    TPosition,
    TReference,
    TScope,
    TStatement,
)
from mapper.check.passes.logic import exclusive
from mapper.check.selectors import ListKey, list_key, terms_of
from mapper.diagnostics import Diagnostic, Label, diagnostic

SIDES: tuple[Side, Side] = ("left", "right")


@dataclass(frozen=True)
class Share:
    """What one two-way line takes of a list: the step of its path that runs over it."""

    path: TPath
    number: int
    branch: tuple[tuple[int, int], ...]

    @property
    def terms(self) -> frozenset[str]:
        return terms_of(self.path.steps[self.number])

    @property
    def conditions(self) -> tuple[TCond, ...]:
        return tuple(selector.condition for selector in self.path.steps[self.number].selectors)

    @property
    def position(self) -> TPosition | None:
        return self.path.steps[self.number].position

    @property
    def rest(self) -> tuple[str, ...]:
        """What the path takes of each item."""
        return tuple(step.element.slot for step in self.path.steps[self.number + 1 :])


def partition(mapping: TMapping, env: Env) -> list[Diagnostic]:  # all passes are called alike
    """Pairs of lines that claim the same items of a list without one refining the other."""
    diagnostics: list[Diagnostic] = []
    for side in SIDES:
        lists: dict[ListKey, list[Share]] = {}
        for share in _shares(mapping.body, side, ()):
            lists.setdefault(list_key(share.path, share.number), []).append(share)
        for shares in lists.values():
            told: set[int] = set()
            for first, second in combinations(shares, 2):
                if id(second) not in told and not _divided(first, second):
                    told.add(id(second))
                    diagnostics.append(_told(first, second, env))
    return diagnostics


def _divided(first: Share, second: Share) -> bool:
    """Whether two lines share a list without quarrel."""
    mine = dict(first.branch)
    if any(choose in mine and mine[choose] != case for choose, case in second.branch):
        return True
    if first.terms != second.terms:
        return first.terms < second.terms or second.terms < first.terms or _exclusive(first, second)
    if _same(first.position, second.position):
        return (
            first.rest != second.rest or first.position is not None or not _open(first) or not _open(second)
        )
    return first.rest != second.rest or not _overlap(first.position, second.position)


def _exclusive(first: Share, second: Share) -> bool:
    if exclusive(first.conditions, second.conditions):
        return True
    kinds = [term for share in (first, second) for term in share.terms if term.startswith("is ")]
    return len(kinds) == 2 and not set(kinds[0][3:].split(",")) & set(kinds[1][3:].split(","))


def _open(share: Share) -> bool:
    return share.path.steps[share.number].open


def _same(first: TPosition | None, second: TPosition | None) -> bool:
    return first == second


def _overlap(first: TPosition | None, second: TPosition | None) -> bool:
    """Whether two positions can mean one item; `[last]` may be any."""
    if first is None or second is None or -1 in (first.first, second.first):
        return True
    low, high = sorted((first, second), key=lambda position: position.first)
    return low.end is None or low.end >= high.first


def _shares(
    statements: tuple[TStatement, ...], side: Side, branch: tuple[tuple[int, int], ...]
) -> Iterator[Share]:
    for statement in statements:
        for path in _claims(statement, side):
            for number, step in enumerate(path.steps):
                if step.repeats and not step.resource:
                    yield Share(path, number, branch)
        match statement:
            case TScope(body=body):
                yield from _shares(body, side, branch)
            case TChoose(cases=cases, otherwise=otherwise):
                for number, case in enumerate(cases):
                    yield from _shares(case.body, side, (*branch, (id(statement), number)))
                yield from _shares(otherwise, side, (*branch, (id(statement), len(cases))))
            case _:
                pass


def _claims(statement: TStatement, side: Side) -> tuple[TPath, ...]:
    match statement:
        case TCopy(go=go, back=back) if go is not None and back is not None:
            return statement.left if side == "left" else statement.right
        case TScope(arrow="<->"):
            return (statement.path(side),)
        case TReference(path=path, arrow="<->") if path.side == side:
            return (path,)
        case _:
            return ()


def _told(first: Share, second: Share, env: Env) -> Diagnostic:
    return diagnostic(
        "E502",
        f"two lines claim the same elements of `{_name(second)}`",
        second.path.span,
        "overlaps",
        others=[Label(first.path.span, "claims first here")],
        help=_proposal(first, second, env),
    )


def _name(share: Share) -> str:
    step = share.path.steps[share.number]
    return notation.shown(share.path.base.format, step.owner, step.element.name)


def _proposal(first: Share, second: Share, env: Env) -> str:
    name = _name(second)
    if first.terms != second.terms:
        both = " and ".join(text for share in (first, second) for text in _written(share, env))
        return f"set them apart, for example `{name}[{both}]` in one of the lines"
    if first.position is None and second.position is None:
        return f"give one of the lines a selector such as `{name}[use = ...]`; the other takes the rest"
    last = max((p.end or p.first for p in (first.position, second.position) if p is not None), default=1)
    return f"give them positions that do not meet, for example `{name}[{last + 1}..]`"


def _written(share: Share, env: Env) -> list[str]:
    """The selectors as they stand in the file."""
    texts = []
    for selector in share.path.steps[share.number].selectors:
        source = env.program.sources.get(selector.span.file)
        if source is not None:
            texts.append(source.text[selector.span.start : selector.span.end].strip("[] "))
    return texts

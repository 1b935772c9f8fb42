"""Paths, values and conditions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from lark import Token, v_args
from lark.tree import Meta

from mapper.syntax import tree as t
from mapper.syntax.build.base import Base, first, of_kind

LONGEST_SUM = 100
LONGEST_NEGATION = 8

Children = list[Any]


class Arguments(tuple[t.Expr, ...]):
    """What stands in the parentheses behind a step."""

    __slots__ = ()


@v_args(meta=True)
class Expressions(Base):
    # -- paths

    def path(self, meta: Meta, children: Children) -> t.Path:
        *parts, window = children
        steps = tuple(self._index(part) if isinstance(part, Token) else part for part in parts)
        return t.Path(steps, self._span(meta), window)

    def _index(self, token: Token) -> t.Step:
        start = (token.start_pos or 0) + 1
        return t.Step(token[1:], self._reach(start, start + len(token) - 1))

    def first_name(self, meta: Meta, children: Children) -> t.Step:
        name, after, args, *selects = children
        return self._step(meta, name, args, selects, after=after)

    step = first_name

    def first_loop(self, meta: Meta, children: Children) -> t.Step:
        name, args, *selects = children
        return self._step(meta, name, args, selects)

    def loop_step(self, meta: Meta, children: Children) -> t.Step:
        name, args, *selects = children
        return self._step(meta, name, args, selects, loop=True)

    def _step(
        self,
        meta: Meta,
        name: Token,
        args: Arguments | None,
        selects: Children,
        after: Token | None = None,
        loop: bool = False,
    ) -> t.Step:
        after_name = None if after is None else self._name(after)
        selected = tuple(self._position(s) if isinstance(s, Token) else s for s in selects)
        arguments = None if args is None else tuple(args)
        return t.Step(str(name), self._span(meta), after_name, arguments, selected, loop)

    def args(self, meta: Meta, children: Children) -> Arguments:
        return Arguments(children)

    def selector(self, meta: Meta, children: Children) -> t.Selector:
        return t.Selector(children[0], self._span(meta))

    def _position(self, token: Token) -> t.Position:
        inner = token[1:-1]
        if inner == "last":
            return t.Position(-1, -1, self._at(token))
        first_text, dots, last_text = inner.partition("..")
        start = self._count(token, first_text)
        end = self._count(token, last_text) if last_text else None if dots else start
        if start == 0 or (end is not None and end < start):
            self._report(
                "E108",
                f"`{token}` is not a position",
                self._at(token),
                help="positions count from 1: `[1]`, `[2..]`, `[2..4]`, `[last]`",
            )
        return t.Position(start, end, self._at(token))

    def window(self, meta: Meta, children: Children) -> t.Window:
        last, step = children
        stride = 1 if step is None else self._count(step, step)
        if stride < 1:
            self._report(
                "E108", f"`step {step}` is not a step", self._at(step), help="a step counts fields: `step 3`"
            )
        return t.Window(self._count(last, last[2:]), stride, self._span(meta))

    def _count(self, token: Token, digits: str) -> int:
        """A small whole number; anything else is told and read as 1."""
        if digits.isdecimal() and len(digits) <= 6:
            return int(digits)
        self._report(
            "E108",
            f"`{digits[:20]}` is not a small whole number",
            self._at(token),
            help="positions, steps and field numbers are whole numbers under a million",
        )
        return 1

    # -- values

    def read(self, meta: Meta, children: Children) -> t.Read:
        path = children[0]
        return t.Read(path, self._span(meta), children[-1] if len(children) == 3 else None)

    def string(self, meta: Meta, children: Children) -> t.String:
        return self._string(children[0])

    def code(self, meta: Meta, children: Children) -> t.Code:
        return self._code_of(children[0])

    def number(self, meta: Meta, children: Children) -> t.Number:
        return t.Number(Decimal(children[0]), self._span(meta))

    def boolean(self, meta: Meta, children: Children) -> t.Boolean:
        return t.Boolean(children[0] == "true", self._span(meta))

    def date(self, meta: Meta, children: Children) -> t.Date:
        return self._date_of(children[0])

    def _date_of(self, token: Token) -> t.Date:
        try:
            date.fromisoformat(token)
        except ValueError:
            self._report(
                "E109",
                f"`{token}` is not a day of the calendar",
                self._at(token),
                help="dates are written year-month-day: `2026-01-31`",
            )
        return super()._date_of(token)

    def duration(self, meta: Meta, children: Children) -> t.Duration:
        return t.Duration(Decimal(children[0]), str(children[1]), self._span(meta))

    def absent(self, meta: Meta, children: Children) -> t.Absent:
        return t.Absent(self._optional_text(children[0]), self._span(meta))

    def sum(self, meta: Meta, children: Children) -> t.Expr:
        left, *rest = children
        if len(rest) > 2 * LONGEST_SUM:
            self._report(
                "E112",
                f"this calculation has more than {LONGEST_SUM} operators",
                self._span(meta),
                help="split it, or sum over a repeating path with `sum(...)`",
            )
            return t.Number(Decimal(0), self._span(meta))
        for operator, right in zip(rest[::2], rest[1::2], strict=True):
            left = t.Arithmetic(str(operator), left, right, left.span.to(right.span))  # type: ignore[arg-type]
        return left  # type: ignore[no-any-return]

    product = sum

    # -- conditions

    def or_(self, meta: Meta, children: Children) -> t.Or:
        return t.Or(tuple(children), self._span(meta))

    def and_(self, meta: Meta, children: Children) -> t.And:
        return t.And(tuple(children), self._span(meta))

    def not_(self, meta: Meta, children: Children) -> t.Condition:
        *words, term = children
        if len(words) > LONGEST_NEGATION:
            self._report(
                "E112",
                f"`not` stands {len(words)} times in a row",
                self._span(meta),
                help="two of them cancel out",
            )
            return term  # type: ignore[no-any-return]
        for word in reversed(words):
            term = t.Not(term, self._at(word).to(term.span))
        return term  # type: ignore[no-any-return]

    def grouped(self, meta: Meta, children: Children) -> t.Condition:
        return replace(children[0], span=self._span(meta))  # type: ignore[no-any-return]

    def quantified(self, meta: Meta, children: Children) -> t.Quantified:
        word, term = children
        return t.Quantified(str(word), term, self._span(meta))  # type: ignore[arg-type]

    def holds(self, meta: Meta, children: Children) -> t.Holds:
        return t.Holds(children[0], self._span(meta))

    def valued(self, meta: Meta, children: Children) -> t.Valued:
        expr, word = children
        return t.Valued(expr, word.startswith("not"), self._span(meta))

    def compare(self, meta: Meta, children: Children) -> t.Compare:
        left, operator, right = children
        return t.Compare(str(operator), left, right, self._span(meta))  # type: ignore[arg-type]

    def in_table(self, meta: Meta, children: Children) -> t.InTable:
        return t.InTable(children[0], self._name(children[1]), self._span(meta), first(children[2:], t.Path))

    def in_list(self, meta: Meta, children: Children) -> t.InList:
        expr, *items = children
        return t.InList(expr, tuple(items), self._span(meta))

    def matches(self, meta: Meta, children: Children) -> t.Matches:
        expr, pattern = children
        return t.Matches(expr, self._string(pattern), self._span(meta))

    def translated(self, meta: Meta, children: Children) -> t.Translated:
        path, table = children
        return t.Translated(path, self._name(table), self._span(meta))


def paths_in(children: Children) -> tuple[t.Path, ...]:
    """The paths among the children."""
    return of_kind(children, t.Path)

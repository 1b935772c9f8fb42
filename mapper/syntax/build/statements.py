"""Statements of a mapping body, and the steps of rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast

from lark import v_args
from lark.tree import Meta

from mapper.source import Span
from mapper.syntax import tree as t
from mapper.syntax.build.base import first, is_token, of_kind
from mapper.syntax.build.expressions import Children, Expressions


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause behind a side of a link: `as x`, `under A, B`, `default "U"` ..."""

    word: str
    value: Any
    span: Span


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a link with its clauses."""

    values: tuple[t.Expr, ...]
    clauses: tuple[Clause, ...]

    def all(self, word: str) -> tuple[Any, ...]:
        return tuple(clause.value for clause in self.clauses if clause.word == word)

    def one(self, word: str) -> Any:
        return next(iter(self.all(word)), None)

    def joined(self, word: str) -> tuple[Any, ...]:
        return tuple(item for values in self.all(word) for item in values)


@v_args(meta=True)
class Statements(Expressions):
    # -- links

    def link(self, meta: Meta, children: Children) -> t.Link:
        each, left, arrow, right, when, body = children
        return t.Link(
            each=each is not None,
            left=left.values,
            arrow=str(arrow),  # type: ignore[arg-type]
            right=right.values,
            span=self._span(meta),
            arrow_span=self._at(arrow),
            alias_left=left.one("as"),
            alias_right=right.one("as"),
            under_left=left.joined("under"),
            under_right=right.joined("under"),
            by=left.joined("by"),
            left_defaults=left.all("default"),
            right_defaults=right.all("default"),
            using=right.one("using"),
            using_table=right.one("using table"),
            key=right.one("key"),
            when=None if when is None else when.condition,
            body=body,
        )

    def left(self, meta: Meta, children: Children) -> Side:
        clauses = of_kind(children, Clause)
        self._once(clauses)
        return Side(tuple(c for c in children if not isinstance(c, Clause)), clauses)

    def right(self, meta: Meta, children: Children) -> Side:
        keys = tuple(Clause("key", key, key.span) for key in of_kind(children, t.Key))
        clauses = of_kind(children, Clause) + keys
        self._once(clauses)
        return Side(tuple(c for c in children if not isinstance(c, Clause | t.Key)), clauses)

    def _once(self, clauses: Iterable[Clause]) -> None:
        seen: set[str] = set()
        for clause in clauses:
            if clause.word in seen and clause.word != "default":
                self._report(
                    "E113",
                    f"`{clause.word}` stands twice on one side",
                    clause.span,
                    help="keep one of them; several paths or names go behind one word, with commas",
                )
            seen.add(clause.word)

    def as_(self, meta: Meta, children: Children) -> Clause:
        return Clause("as", self._name(children[0]), self._span(meta))

    def under(self, meta: Meta, children: Children) -> Clause:
        return Clause("under", self._names(children), self._span(meta))

    def by(self, meta: Meta, children: Children) -> Clause:
        return Clause("by", tuple(children), self._span(meta))

    def default(self, meta: Meta, children: Children) -> Clause:
        return Clause("default", children[0], self._span(meta))

    def using(self, meta: Meta, children: Children) -> Clause:
        return Clause("using", self._name(children[0]), self._span(meta))

    def using_table(self, meta: Meta, children: Children) -> Clause:
        return Clause("using table", self._name(children[0]), self._span(meta))

    def key(self, meta: Meta, children: Children) -> t.Key:
        return t.Key(tuple(children), self._span(meta))

    def when(self, meta: Meta, children: Children) -> t.WhenHead:
        return t.WhenHead(children[0], self._span(meta))

    # -- blocks and cases

    def body(self, meta: Meta, children: Children) -> t.Body:
        return t.Body(tuple(children), self._span(meta))

    def choose(self, meta: Meta, children: Children) -> t.Choose:
        return t.Choose(of_kind(children, t.Case), first(children, t.Body), self._span(meta))

    def otherwise(self, meta: Meta, children: Children) -> t.Body:
        return children[0]  # type: ignore[no-any-return]

    def case(self, meta: Meta, children: Children) -> t.Case:
        left, *middle, body = children
        arrow = next((str(child) for child in middle if is_token(child, "ARROW")), None)
        right = middle[1] if len(middle) == 2 else None
        return t.Case(left, arrow, right, body, self._span(meta))  # type: ignore[arg-type]

    def case_back(self, meta: Meta, children: Children) -> t.Case:
        arrow, right, body = children
        if arrow != "<-":
            self._report(
                "E111",
                f"a case without a left condition is written with `<-`, not `{arrow}`",
                self._at(arrow),
                help="write `case <- condition`, or put the left condition before the arrow",
            )
        return t.Case(None, "<-", right, body, self._span(meta))

    # -- other statements

    def ignore(self, meta: Meta, children: Children) -> t.Ignore:
        *paths, reason = children
        return t.Ignore(tuple(paths), self._text(reason), self._span(meta))

    def drop(self, meta: Meta, children: Children) -> t.Drop:
        *paths, when = children
        return t.Drop(tuple(paths), when and when.condition, self._span(meta))

    def fill(self, meta: Meta, children: Children) -> t.Fill:
        return t.Fill(children[0], children[1], self._span(meta))

    def narrative(self, meta: Meta, children: Children) -> t.Narrative:
        return t.Narrative(tuple(children), self._span(meta))

    def heading(self, meta: Meta, children: Children) -> tuple[str, t.Path]:
        return self._text(children[0]), children[1]

    def require(self, meta: Meta, children: Children) -> t.Require:
        return t.Require(children[0], children[1], self._span(meta))

    def outcome(self, meta: Meta, children: Children) -> t.Outcome:
        level, text, at, status, carc, rarc = children
        return t.Outcome(
            cast("Literal['reject', 'error', 'warn', 'info']", str(level)),
            self._text(text),
            self._span(meta),
            at,
            status and str(status),
            carc and str(carc),
            rarc or (),
        )

    def rarc(self, meta: Meta, children: Children) -> tuple[str, ...]:
        return tuple(str(reason) for reason in children)

    def set(self, meta: Meta, children: Children) -> t.Set:
        path, _, value, when = children
        return t.Set(path, value, when and when.condition, self._span(meta))

    # -- steps of rules

    def scope(self, meta: Meta, children: Children) -> t.Scope:
        _, path, anywhere, by, alias, when, steps = children
        return t.Scope(
            path,
            anywhere is not None,
            by.value if by else (),
            alias and alias.value,
            when and when.condition,
            steps or (),
            self._span(meta),
        )

    def rule_body(self, meta: Meta, children: Children) -> tuple[t.RuleStep, ...]:
        return tuple(children)

    def let(self, meta: Meta, children: Children) -> t.Let:
        path, loop, _, value, *defaults = children
        return t.Let(
            path,
            None if loop is None else self._name(loop),
            value,
            tuple(default.value for default in defaults),
            self._span(meta),
        )

    def suggest(self, meta: Meta, children: Children) -> t.Suggest:
        path, _, value, when = children
        return t.Suggest(path, value, None, when and when.condition, self._span(meta))

    def suggest_drop(self, meta: Meta, children: Children) -> t.Suggest:
        return t.Suggest(None, None, children[0], None, self._span(meta))

    def proof(self, meta: Meta, children: Children) -> t.Proof:
        word, file, assigns, history, on, at = children
        return t.Proof(
            word == "passes",
            self._text(file),
            assigns or (),
            self._optional_text(history),
            None if on is None else self._date_of(on),
            at,
            self._span(meta),
        )

    def assigns(self, meta: Meta, children: Children) -> tuple[tuple[t.Path, t.Expr], ...]:
        return tuple(children)

    def assign(self, meta: Meta, children: Children) -> tuple[t.Path, t.Expr]:
        path, _, value = children
        return path, value

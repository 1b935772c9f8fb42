"""Declarations: the lines that stand at the top of a `.map` file."""

from __future__ import annotations

from typing import Any, cast

from lark import Token, v_args
from lark.tree import Meta

from mapper.syntax import tree as t
from mapper.syntax.build.base import is_token, of_kind
from mapper.syntax.build.expressions import Children
from mapper.syntax.build.statements import Statements


class Rows(tuple[Any, ...]):
    """The rows of a table."""

    __slots__ = ()


@v_args(meta=True)
class Builder(Statements):
    def start(self, meta: Meta, children: Children) -> tuple[t.Declaration, ...]:
        return tuple(children)

    def use(self, meta: Meta, children: Children) -> t.Use:
        format_, *versions, profile = children
        return t.Use(
            str(format_),
            self._strings(versions),
            None if profile is None else self._string(profile),
            self._span(meta),
        )

    def import_(self, meta: Meta, children: Children) -> t.Import:
        module, *names = children
        return t.Import(module, self._names(names), self._span(meta))

    def dotted(self, meta: Meta, children: Children) -> t.Name:
        return t.Name(".".join(children), self._span(meta))

    def system(self, meta: Meta, children: Children) -> t.System:
        return t.System(self._name(children[0]), self._string(children[1]), self._span(meta))

    # -- schema extensions

    def extend(self, meta: Meta, children: Children) -> t.Extend:
        format_, *rest = children
        types = self._names(child for child in rest if is_token(child, "TYPE"))
        return t.Extend(str(format_), types, of_kind(rest, (t.Segment, t.Extension)), self._span(meta))

    def segment(self, meta: Meta, children: Children) -> t.Segment:
        name, after, presence, text, *fields = children
        return t.Segment(
            self._name(name),
            self._name(after),
            presence == "required",
            self._text(text),
            tuple(fields),
            self._span(meta),
        )

    def field(self, meta: Meta, children: Children) -> t.Field:
        number, name, type_, repeats, text = children
        return t.Field(
            self._count(number, number),
            self._name(name),
            self._name(type_),
            repeats is not None,
            self._optional_text(text),
            self._span(meta),
        )

    def extension(self, meta: Meta, children: Children) -> t.Extension:
        name, type_, repeats, url = children
        return t.Extension(
            self._name(name), self._name(type_), repeats is not None, self._string(url), (), self._span(meta)
        )

    def extension_group(self, meta: Meta, children: Children) -> t.Extension:
        name, repeats, url, *members = children
        return t.Extension(
            self._name(name), None, repeats is not None, self._string(url), tuple(members), self._span(meta)
        )

    # -- tables

    def code_table(self, meta: Meta, children: Children) -> t.CodeTable:
        name, left, arrow, right, origin, rows = children
        return t.CodeTable(
            self._name(name),
            left,
            cast("t.Arrow", str(arrow)),
            right,
            origin,
            tuple(rows or ()),
            self._span(meta),
        )

    def lookup_table(self, meta: Meta, children: Children) -> t.LookupTable:
        name, *columns, dated, origin, rows = children
        return t.LookupTable(
            self._name(name), tuple(columns), dated is not None, origin, tuple(rows or ()), self._span(meta)
        )

    def systems(self, meta: Meta, children: Children) -> tuple[t.String, ...]:
        return self._strings(children)

    def origin(self, meta: Meta, children: Children) -> t.Name | t.String:
        token = children[0]
        return self._name(token) if token.type == "SITE" else self._string(token)

    def rows(self, meta: Meta, children: Children) -> Rows:
        return Rows(children)

    lookup_rows = rows

    def row(self, meta: Meta, children: Children) -> t.Row:
        left, arrow, right = children
        return t.Row(left, str(arrow), right, self._span(meta))  # type: ignore[arg-type]

    def cells(self, meta: Meta, children: Children) -> tuple[t.Cell, ...]:
        return tuple(
            t.NoCode(self._at(cell)) if cell.type == "NONE" else self._code(cell) for cell in children
        )

    def _code(self, token: Token) -> t.String | t.Code:
        return self._code_of(token) if token.type == "CODE" else self._string(token)

    def row_otherwise(self, meta: Meta, children: Children) -> t.OtherwiseRow:
        arrow, code = children
        return t.OtherwiseRow(str(arrow), self._code(code), None, self._span(meta))  # type: ignore[arg-type]

    def row_computed(self, meta: Meta, children: Children) -> t.OtherwiseRow:
        arrow, name = children
        return t.OtherwiseRow(str(arrow), None, self._name(name), self._span(meta))  # type: ignore[arg-type]

    def row_ignore(self, meta: Meta, children: Children) -> t.IgnoreRow:
        *codes, reason = children
        return t.IgnoreRow(self._strings(codes), self._text(reason), self._span(meta))

    def column(self, meta: Meta, children: Children) -> t.Column:
        name, key, type_ = children
        return t.Column(self._name(name), key is not None, str(type_ or "text"), self._span(meta))  # type: ignore[arg-type]

    def lookup_row(self, meta: Meta, children: Children) -> t.LookupRow:
        *values, start, end = children
        return t.LookupRow(
            tuple(values),
            None if start is None else self._date_of(start),
            None if end is None else self._date_of(end),
            self._span(meta),
        )

    # -- functions, mappings, overlays, examples

    def function(self, meta: Meta, children: Children) -> t.Function:
        name, (left, right, two_way), target, normalises = children
        return t.Function(
            self._name(name),
            left,
            right,
            two_way,
            self._string(target),
            normalises is not None,
            self._span(meta),
        )

    def mapping(self, meta: Meta, children: Children) -> t.Mapping:
        name, (left, right, two_way), body = children
        return t.Mapping(self._name(name), left, right, two_way, body, self._span(meta))

    def between(self, meta: Meta, children: Children) -> tuple[t.Types, t.Types, bool]:
        return children[0], children[1], True

    def from_to(self, meta: Meta, children: Children) -> tuple[t.Types, t.Types, bool]:
        return children[0], children[1], False

    def types(self, meta: Meta, children: Children) -> t.Types:
        format_, *names, repeats = children
        return t.Types(str(format_), self._names(names), repeats is not None, self._span(meta))

    def override_mapping(self, meta: Meta, children: Children) -> t.OverrideMapping:
        return t.OverrideMapping(self._name(children[0]), children[1], self._span(meta))

    def override_table(self, meta: Meta, children: Children) -> t.OverrideTable:
        return t.OverrideTable(self._name(children[0]), tuple(children[1]), self._span(meta))

    def example(self, meta: Meta, children: Children) -> t.Example:
        left, arrow, right = children
        return t.Example(self._string(left), str(arrow), self._string(right), self._span(meta))  # type: ignore[arg-type]

    # -- rule packs

    def rules(self, meta: Meta, children: Children) -> t.Rules:
        name, extends, target, *rest = children
        return t.Rules(
            self._name(name),
            extends,
            target,
            of_kind(rest, (t.WhenHead, t.EffectiveHead, t.SourceHead)),
            of_kind(rest, (t.Rule, t.Let, t.Parameter, t.Disable, t.Change)),
            self._span(meta),
        )

    def effective(self, meta: Meta, children: Children) -> t.EffectiveHead:
        start, end, by = children
        return t.EffectiveHead(
            self._date_of(start), None if end is None else self._date_of(end), by, self._span(meta)
        )

    def source(self, meta: Meta, children: Children) -> t.SourceHead:
        return t.SourceHead(self._text(children[0]), self._span(meta))

    def rule(self, meta: Meta, children: Children) -> t.Rule:
        return self._rule(meta, children, repair=False)

    def repair(self, meta: Meta, children: Children) -> t.Rule:
        return self._rule(meta, children, repair=True)

    def _rule(self, meta: Meta, children: Children, repair: bool) -> t.Rule:
        id_, title, *steps = children
        return t.Rule(self._text(id_), self._text(title), repair, tuple(steps), self._span(meta))

    def parameter(self, meta: Meta, children: Children) -> t.Parameter:
        name, _, value = children
        return t.Parameter(self._name(name), value, self._span(meta))

    def disable(self, meta: Meta, children: Children) -> t.Disable:
        return t.Disable(self._text(children[0]), self._text(children[1]), self._span(meta))

    def change(self, meta: Meta, children: Children) -> t.Change:
        id_, level, why = children
        return t.Change(self._text(id_), str(level), self._text(why), self._span(meta))

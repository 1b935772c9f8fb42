"""Statements against schemas: from the syntax tree to the checked tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mapper.check import notation
from mapper.check.conditions import discriminated, resolve_condition
from mapper.check.converters import conversion, converter, mappings_for, named, table_converter
from mapper.check.env import Env
from mapper.check.expressions import constant_for, resolve_expr
from mapper.check.model import (
    ByFunction,
    ByMapping,
    Converter,
    Direction,
    Node,
    Same,
    Side,
    TAbsent,
    TCase,
    TChoose,
    TCond,
    TConst,
    TCopy,
    TExpr,
    TFound,
    TIgnore,
    TKey,
    TPath,
    TRead,
    TReference,
    TRequire,
    TScope,
    TSelector,
    TStatement,
    Way,
    source_side,
    target_side,
)
from mapper.check.paths import resolve_path
from mapper.diagnostics import diagnostic
from mapper.resolve.program import MappingInfo
from mapper.source import Span
from mapper.syntax import tree


def resolve_body(env: Env, statements: Sequence[tree.Statement]) -> tuple[TStatement, ...]:
    """All statements of a body; aliases are visible to the lines after the one that gives them."""
    result: list[TStatement] = []
    for statement in statements:
        resolved, env = _statement(env, statement)
        if resolved is not None:
            result.append(resolved)
    return tuple(result)


def _statement(env: Env, statement: tree.Statement) -> tuple[TStatement | None, Env]:
    match statement:
        case tree.Link():
            return _Link(env, statement).resolve()
        case tree.Choose():
            return _choose(env, statement), env
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
        case tree.Fill() | tree.Narrative():
            env.tell(
                diagnostic(
                    "E302",
                    "`fill` and `narrative` are for X12 and C-CDA mappings, which this version does not compile",
                    statement.span,
                )
            )
            return None, env


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
            return TRequire(condition, side, level, text, statement.span)
    env.diagnostics.extend(first.diagnostics)
    return None


# -- choose --------------------------------------------------------------------------------------


def _choose(env: Env, statement: tree.Choose) -> TChoose:
    cases = [_case(env, case) for case in statement.cases]
    otherwise = resolve_body(env, statement.otherwise.statements) if statement.otherwise else ()
    return TChoose(
        tuple(c for c in cases if c is not None), otherwise, statement.otherwise is not None, statement.span
    )


def _case(env: Env, case: tree.Case) -> TCase | None:
    left = resolve_condition(env, case.left, "left") if case.left is not None else None
    right = resolve_condition(env, case.right, "right") if case.right is not None else None
    if (case.left is not None and left is None) or (case.right is not None and right is None):
        return None
    inner = env
    for side, guard in (("left", left), ("right", right)):
        if guard is not None and (types := discriminated(guard)):
            inner = inner.narrowed(side, types)  # type: ignore[arg-type]
    return TCase(left, case.arrow, right, resolve_body(inner, case.body.statements), case.span)


# -- lines ---------------------------------------------------------------------------------------


class _Link:
    def __init__(self, env: Env, link: tree.Link) -> None:
        self.env = env
        self.link = link

    def resolve(self) -> tuple[TStatement | None, Env]:
        link = self.link
        if link.when is not None and link.arrow == "<->":
            self._tell(
                "E501",
                "`when` stands only in a one-way line",
                link.arrow_span,
                "both ways",
                "make two lines, `->` and `<-`, or use `choose`",
            )
            return None, self.env
        if (found := self._found()) is not None:
            return found, self.env
        if (reference := self._reference()) is not NOTHING:
            return reference, self.env  # type: ignore[return-value]
        if link.body is not None or link.alias_left is not None or link.alias_right is not None:
            return self._scope()
        return self._copy(), self.env

    def _tell(self, code: str, message: str, span: Span, label: str = "", help: str | None = None) -> None:
        self.env.tell(diagnostic(code, message, span, label, help=help))

    # -- references --------------------------------------------------------------------------

    def _alias(self, exprs: tuple[tree.Expr, ...]) -> tree.Step | None:
        match exprs:
            case (tree.Read(path=tree.Path(steps=(step,), window=None)),) if step.name in self.env.aliases:
                return step
            case _:
                return None

    def _reference(self) -> TReference | object | None:
        step = self._alias(self.link.left)
        if step is None or step.selects or self.link.body is not None:
            return NOTHING
        node = self.env.aliases[step.name].right
        if not node.resource or not isinstance(self.link.right[0], tree.Read):
            return NOTHING
        path = resolve_path(self.env, self.link.right[0].path, "right")
        if path is None:
            return None
        if not path.steps or "Reference" not in path.types:
            return NOTHING
        targets = path.steps[-1].element.targets
        if targets and node.types[0] not in targets and "Resource" not in targets:
            self._tell(
                "E304",
                f"`{path.steps[-1].element.name}` may not point to {node.types[0]}",
                path.span,
                "not a target",
                "it may point to " + ", ".join(targets),
            )
            return None
        return TReference(node, path, self.link.arrow, self.link.span)

    def _found(self) -> TFound | None:
        step = self._alias(self.link.left)
        if step is None or not step.selects or not isinstance(self.link.right[0], tree.Read):
            return None
        alias = self.env.aliases[step.name]
        selectors: list[TSelector] = []
        for select in step.selects:
            if isinstance(select, tree.Selector):
                condition = resolve_condition(replace(self.env, left=alias.left), select.condition, "left")
                if condition is not None:
                    selectors.append(TSelector(condition, select.span))
        path = resolve_path(self.env, self.link.right[0].path, "right")
        if path is None:
            return None
        return TFound(alias.right, tuple(selectors), path, self.link.arrow, self.link.span)

    # -- bodies ------------------------------------------------------------------------------

    def _scope(self) -> tuple[TStatement | None, Env]:
        link, env = self.link, self.env
        left, right = self._one_path(link.left, "left"), self._one_path(link.right, "right")
        if left is None or right is None:
            return None, env
        using = self._using(left, right)
        if using is None and link.body is None:
            return None, env
        name = link.alias_right or link.alias_left
        alias = name.text if name else None
        if not self._cardinality(left) or not self._cardinality(right):
            return None, env
        by = tuple(
            p for path in link.by if (p := resolve_path(self._item_env(left), path, "left")) is not None
        )
        left_node = self._node(left, alias, using)
        right_node = self._node(right, alias, using)
        inner = env.at(left_node, right_node, alias)
        body = resolve_body(inner, link.body.statements) if link.body else ()
        if link.key is not None:
            body = (*resolve_body(inner, [link.key]), *body)
        when = resolve_condition(env, link.when, source_side(self._directions()[0])) if link.when else None
        scope = TScope(
            link.each, link.arrow, left, right, left_node, right_node, using, body, link.span, by, when
        )
        return scope, env.with_alias(alias, left_node, right_node) if alias else env

    def _item_env(self, path: TPath) -> Env:
        return self.env.item("left", self._node(path, None, None))

    def _one_path(self, exprs: tuple[tree.Expr, ...], side: Side) -> TPath | None:
        if len(exprs) != 1 or not isinstance(exprs[0], tree.Read):
            self._tell("E407", "a line with a body or a name needs one path on each side", exprs[0].span)
            return None
        return resolve_path(self.env, exprs[0].path, side)

    def _using(self, left: TPath, right: TPath) -> MappingInfo | None:
        """The mapping that fills the nodes before the body's lines: the named one, or without a body the fitting one."""
        link = self.link
        direction = self._directions()[0]
        if link.using is not None:
            source, target = (left, right) if direction == "go" else (right, left)
            found = named(self.env, link.using, source.type, target.type, direction)
            return found.mapping if isinstance(found, ByMapping) else None
        if link.body is not None:
            return None
        found = self._between(left, right, direction)
        return found.mapping if isinstance(found, ByMapping) else None

    def _between(self, left: TPath, right: TPath, direction: Direction) -> Converter | None:
        source, target = (left, right) if direction == "go" else (right, left)
        return converter(self.env, self.link, source.type, target.type, direction, self.link.span)

    def _node(self, path: TPath, alias: str | None, using: MappingInfo | None) -> Node:
        env, side = self.env, path.side
        names = [
            *path.types,
            *([path.steps[-1].element.name] if path.steps else []),
            *([alias] if alias else []),
        ]
        if path.steps:
            step = path.steps[-1]
            names.append(notation.join(path.base.format, [step.owner, step.element.name]))
        info = env.schema(side, path.span).type(path.types[0])
        resource = info is not None and info.kind == "resource"
        place = (path.steps[-1].owner, path.steps[-1].element.name) if path.steps else path.base.element
        return Node(
            side,
            path.base.format,
            path.types,
            tuple(dict.fromkeys(names)),
            env.node(side),
            path,
            alias,
            using,
            resource,
            self.link.each,
            place,
        )

    def _directions(self) -> tuple[Direction, ...]:
        return {"<->": ("go", "back"), "->": ("go",), "<-": ("back",)}[self.link.arrow]  # type: ignore[return-value]

    # -- copies ------------------------------------------------------------------------------

    def _copy(self) -> TCopy | None:
        link = self.link
        ways: dict[str, Way | None] = {"go": None, "back": None}
        failed = False
        told: set[tuple[str, Span | None]] = set()
        for direction in self._directions():
            way = self._once(direction, told)
            if way is NOTHING:
                continue
            failed |= way is None
            ways[direction] = way  # type: ignore[assignment]
        if failed or (ways["go"] is None and ways["back"] is None):
            return None
        return TCopy(
            link.each,
            ways["go"],
            ways["back"],
            self._paths(link.left, "left"),
            self._paths(link.right, "right"),
            link.span,
        )

    def _once(self, direction: Direction, told: set[tuple[str, Span | None]]) -> Way | object | None:
        """One direction of the line; the way back does not repeat what the way there has told."""
        trial = _Link(replace(self.env, diagnostics=[]), self.link)
        way = trial._way(direction)
        self.env.diagnostics.extend(d for d in trial.env.diagnostics if (d.code, d.span) not in told)
        told.update((d.code, d.span) for d in trial.env.diagnostics)
        return way

    def _paths(self, exprs: tuple[tree.Expr, ...], side: Side) -> tuple[TPath, ...]:
        quiet = replace(self.env, diagnostics=[])
        found = (resolve_expr(quiet, e, side) for e in exprs if isinstance(e, tree.Read))
        return tuple(e.path for e in found if isinstance(e, TRead))

    def _way(self, direction: Direction) -> Way | object | None:
        """One direction of a line; `NOTHING` where the line does nothing in it (a guard)."""
        link, env = self.link, self.env
        from_side, to_side = source_side(direction), target_side(direction)
        source_exprs = link.left if direction == "go" else link.right
        target_exprs = link.right if direction == "go" else link.left
        if not _is_path(target_exprs[0]) and link.arrow == "<->":
            return NOTHING
        if not _is_path(target_exprs[0]) and _is_path(source_exprs[0]):
            self._tell(
                "E501",
                "a value cannot be written into a literal",
                target_exprs[0].span,
                "not a path",
                "turn the arrow around",
            )
            return None
        targets = tuple(resolve_path(env, e.path, to_side) for e in target_exprs if isinstance(e, tree.Read))
        if any(t is None for t in targets) or not targets:
            return None
        known = tuple(t for t in targets if t is not None)
        if not _is_path(source_exprs[0]):
            return self._fill(direction, source_exprs[0], known[0])
        sources = [resolve_expr(env, e, from_side) for e in source_exprs]
        if any(s is None for s in sources):
            return None
        values = tuple(s for s in sources if s is not None)
        return self._value_way(direction, values, known)

    def _fill(self, direction: Direction, expr: tree.Expr, target: TPath) -> Way | None:
        """A constant, context value, counter or null flavour on the source side: it fills, it never makes."""
        if not self._cardinality(target):
            return None
        if _is_literal(expr):
            value: TExpr | None
            if isinstance(expr, tree.Absent):
                value = TAbsent(expr.flavor, expr.span)
            else:
                value = self._constant(expr, target)
        else:
            value = resolve_expr(self.env, expr, source_side(direction))
        if value is None:
            return None
        when = self._when(direction)
        return Way((value,), (target,), (("", Same()),), (), when, makes=False)

    def _constant(self, expr: tree.Expr, target: TPath) -> TConst | None:
        if not target.steps:
            element_type = target.type
            return TConst(_plain_value(expr), element_type, expr.span)
        return constant_for(self.env, expr, target.steps[-1].element, target)

    def _when(self, direction: Direction) -> TCond | None:
        if self.link.when is None:
            return None
        return resolve_condition(self.env, self.link.when, source_side(direction))

    def _value_way(
        self, direction: Direction, values: tuple[TExpr, ...], targets: tuple[TPath, ...]
    ) -> Way | None:
        link = self.link
        makes = not all(_is_fill_value(v) for v in values)
        source_paths = tuple(v.path for v in values if isinstance(v, TRead))
        converters = self._converters(direction, values, source_paths, targets)
        if converters is None:
            return None
        lists = any(isinstance(c, ByFunction) and c.lists for _, c in converters)
        for path in (*source_paths, *targets):
            if not lists and not self._cardinality(path):
                return None
        written = link.right_defaults if direction == "go" else link.left_defaults
        defaults: list[tuple[TExpr, Converter]] = []
        for expr in written:
            default = self._default(direction, expr, targets[0])
            if default is None:
                return None
            defaults.append(default)
        when = self._when(direction)
        if link.when is not None and when is None:
            return None
        return Way(values, targets, tuple(converters), tuple(defaults), when, makes)

    def _converters(
        self,
        direction: Direction,
        values: tuple[TExpr, ...],
        sources: tuple[TPath, ...],
        targets: tuple[TPath, ...],
    ) -> list[tuple[str, Converter]] | None:
        link = self.link
        if link.using_table is not None:
            found = table_converter(self.env, link, sources, targets, direction)
            return [("", found)] if found is not None else None
        if not sources:  # a call, arithmetic or a context value: already in the target's form
            return [("", Same())]
        source, target = sources[0], targets[0]
        if direction == "go" and target.steps and len(target.types) > 1 and link.using is None:
            for name in target.types:
                fits = replace_type(target, name)
                if mappings_for(self.env, source.type, fits.type, direction, link.span):
                    one = converter(self.env, link, source.type, fits.type, direction, link.span)
                    return [(name, one)] if one is not None else None
        if direction == "back" and len(source.types) > 1 and link.using is None:
            several: list[tuple[str, Converter]] = []
            for name in source.types:
                fits = replace_type(source, name)
                if mappings_for(self.env, fits.type, target.type, direction, link.span):
                    one = converter(self.env, link, fits.type, target.type, direction, link.span)
                    if one is not None:
                        several.append((name, one))
            if several:
                return several
        one = converter(self.env, link, source.type, target.type, direction, link.span)
        return [(source.types[0], one)] if one is not None else None

    def _default(
        self, direction: Direction, expr: tree.Expr, target: TPath
    ) -> tuple[TExpr, Converter] | None:
        """A default: a literal in the target's form, or a path, call or context value of the source side."""
        if isinstance(expr, tree.Absent):
            return TAbsent(expr.flavor, expr.span), Same()
        if _is_literal(expr):
            constant = self._constant(expr, target)
            return (constant, Same()) if constant is not None else None
        value = resolve_expr(self.env, expr, source_side(direction))
        if value is None:
            return None
        if not isinstance(value, TRead):
            return value, Same()
        found = conversion(value.path.type, target.type)
        if found is None:
            found = converter(self.env, self.link, value.path.type, target.type, direction, expr.span)
        return (value, found) if found is not None else None

    def _cardinality(self, path: TPath) -> bool:
        """A repeating step needs `each` or a position; an `each` needs exactly one repeating step on each side."""
        open_steps = [step for step in path.steps if step.open]
        if self.link.each:
            if path.each_index() is None:
                self._tell(
                    "E406",
                    "`each` needs one repeating step on each side",
                    path.span,
                    "none repeats here" if not open_steps else "several repeat here",
                    "drop `each`" if not open_steps else "give the others a position such as [1]",
                )
                return False
            return True
        if open_steps:
            step = open_steps[0]
            name = notation.shown(path.base.format, step.owner, step.element.name)
            self._tell(
                "E403",
                f"`{name}` repeats",
                step.span,
                "one value or each?",
                "write `each` before the line, or a position such as `[1]`",
            )
            return False
        return True


NOTHING = object()


def replace_type(path: TPath, name: str) -> TPath:
    """The path as if it led to one type."""
    return replace(path, types=(name,))


def _is_path(expr: tree.Expr) -> bool:
    """Whether an expression reads one of the two trees (also through a call), and so stands for a value that makes."""
    match expr:
        case tree.Read(path=path):
            return not path.steps[0].name.startswith("$")
        case tree.Arithmetic() | tree.Translated():
            return True
        case _:
            return False


def _is_literal(expr: tree.Expr) -> bool:
    return not isinstance(expr, tree.Read | tree.Arithmetic | tree.Translated)


def _is_fill_value(value: TExpr) -> bool:
    return isinstance(value, TConst)


def _plain_value(expr: tree.Expr) -> object:
    return getattr(expr, "value", getattr(expr, "code", None))

"""Plain lines: what passes in each direction, through what, and what stands in where it is absent."""

from __future__ import annotations

from dataclasses import replace

from mapper.check import notation
from mapper.check.alternatives import base_name
from mapper.check.codes import absent
from mapper.check.computed import Computed, as_held, by_itself, computed_converter, no_list, unread
from mapper.check.conditions import resolve_condition
from mapper.check.converters import conversion, converter, mappings_for, named, table_converter
from mapper.check.env import Env
from mapper.check.expressions import constant_for, resolve_expr
from mapper.check.model import (
    ByFunction,
    Converter,
    Direction,
    Same,
    Side,
    TCond,
    TConst,
    TContext,
    TCopy,
    TExpr,
    TLookup,
    TNumber,
    TPath,
    TRead,
    TypeRef,
    Way,
    source_side,
    target_side,
)
from mapper.check.paths import resolve_path
from mapper.diagnostics import diagnostic
from mapper.source import Span
from mapper.syntax import tree

NOTHING = object()


class Copy:
    """A line that copies values, in its one or two directions."""

    def __init__(self, env: Env, link: tree.Link) -> None:
        self.env = env
        self.link = link

    def _tell(self, code: str, message: str, span: Span, label: str = "", help: str | None = None) -> None:
        _tell(self.env, code, message, span, label, help)

    def resolve(self) -> TCopy | None:
        link = self.link
        if unread(self.env, link):
            return None
        ways: dict[str, Way | None] = {"go": None, "back": None}
        failed = False
        told: set[tuple[str, Span | None]] = set()
        for direction in directions(self.link):
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
        trial = Copy(replace(self.env, diagnostics=[]), self.link)
        way = trial._way(direction)
        self.env.diagnostics.extend(d for d in trial.env.diagnostics if (d.code, d.span) not in told)
        told.update((d.code, d.span) for d in trial.env.diagnostics)
        return way

    def _paths(self, exprs: tuple[tree.Expr, ...], side: Side) -> tuple[TPath, ...]:
        quiet = replace(self.env, diagnostics=[])
        under = self._under(side)
        found = (resolve_expr(quiet, e, side, under) for e in exprs if isinstance(e, tree.Read))
        return tuple(e.path for e in found if isinstance(e, TRead))

    def _under(self, side: Side) -> tuple[tree.Name, ...]:
        return self.link.under_left if side == "left" else self.link.under_right

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
        under = self._under(to_side)
        targets = tuple(
            resolve_path(env, e.path, to_side, under) for e in target_exprs if isinstance(e, tree.Read)
        )
        if any(t is None for t in targets) or not targets:
            return None
        known = tuple(t for t in targets if t is not None)
        if no_list(env, link, source_exprs):
            return None
        if not _is_path(source_exprs[0]):
            return self._fill(direction, source_exprs[0], known[0])
        sources = [resolve_expr(env, e, from_side, self._under(from_side)) for e in source_exprs]
        if any(s is None for s in sources):
            return None
        values = tuple(s for s in sources if s is not None)
        return self._value_way(direction, values, known)

    def _fill(self, direction: Direction, expr: tree.Expr, target: TPath) -> Way | None:
        """A constant, context value, counter or null flavour on the source side: it fills, it never makes."""
        if not fits_cardinality(self.env, self.link, target):
            return None
        if _is_literal(expr):
            through = self.link.using or self.link.using_table
            if through is not None:
                number = isinstance(expr, tree.Number)
                self._tell(
                    "E401",
                    f"a constant is written as it stands: `{through.text}` has nothing to convert",
                    expr.span,
                    "a constant",
                    "a loop is named with the word `loop` before it" if number else "leave `using` out",
                )
                return None
            value: TExpr | None
            if isinstance(expr, tree.Absent):
                value = absent(self.env, expr, target.base.format)
            else:
                value = self._constant(expr, target)
        else:
            value = resolve_expr(self.env, expr, source_side(direction))
        if value is None:
            return None
        how: Converter | None = Same()
        if isinstance(value, TContext | TNumber):
            how = computed_converter(self.env, self.link, value, target, direction, expr.span)
        if how is None:
            return None
        return Way((value,), (target,), (("", how),), (), self._when(direction), makes=False)

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
        values = tuple(as_held(value, link, targets[0].base.format) for value in values)
        converters = self._converters(direction, values, source_paths, targets)
        if converters is None:
            return None
        lists = any(isinstance(c, ByFunction) and c.lists for _, c in converters)
        for path in (*source_paths, *targets):
            if not lists and not fits_cardinality(self.env, self.link, path):
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
            found = table_converter(self.env, link, values, targets, direction)
            return [("", found)] if found is not None else None
        if isinstance(values[0], Computed):
            span = (link.left if direction == "go" else link.right)[0].span
            through = computed_converter(self.env, link, values[0], targets[0], direction, span)
            return [("", through)] if through is not None else None
        if not sources:  # a literal beside others
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
            missing = absent(self.env, expr, target.base.format)
            return (missing, Same()) if missing is not None else None
        if _is_literal(expr):
            constant = self._constant(expr, target)
            return (constant, Same()) if constant is not None else None
        held = resolve_expr(self.env, expr, source_side(direction))
        if held is None:
            return None
        value = as_held(held, None, target.base.format)
        if isinstance(value, Computed):
            through = by_itself(self.env, self.link, value, target, direction, expr.span)
            return (value, through) if through is not None else None
        if not isinstance(value, TRead):
            return value, Same()
        source = value.path.type
        if (listed := self._by_list(source, target, direction)) is not None:
            return value, listed
        found = conversion(source, target.type)
        if found is None:
            found = converter(self.env, self.link, source, target.type, direction, expr.span)
        return (value, found) if found is not None else None

    def _by_list(self, source: TypeRef, target: TPath, direction: Direction) -> ByFunction | None:
        """The function that makes a list of the line's value, and so of its defaults as well."""
        using = self.link.using
        info = self.env.scope(using.span).functions.get(using.text) if using is not None else None
        if using is None or info is None:
            return None
        left, right = info.declaration.left, info.declaration.right
        made, taken = (right, left) if right.format == target.base.format else (left, right)
        if not made.repeats or taken.repeats:
            return None
        found = named(replace(self.env, diagnostics=[]), using, source, target.type, direction)
        return found if isinstance(found, ByFunction) and found.lists else None


def directions(link: tree.Link) -> tuple[Direction, ...]:
    """The directions in which a line does something."""
    if link.arrow == "<->":
        return ("go", "back")
    return ("go",) if link.arrow == "->" else ("back",)


def _tell(env: Env, code: str, message: str, span: Span, label: str = "", help: str | None = None) -> None:
    env.tell(diagnostic(code, message, span, label, help=help))


def fits_cardinality(env: Env, link: tree.Link, path: TPath) -> bool:
    """A repeating step needs `each` or a position; an `each` needs exactly one repeating step on each side."""
    open_steps = [step for step in path.steps if step.open]
    if run_on(env, path):
        return False
    if link.each:
        if path.each_index() is None:
            _tell(
                env,
                "E406",
                "`each` needs one repeating step on each side",
                path.span,
                "none repeats here" if not open_steps else "several repeat here",
                "drop `each`" if not open_steps else "give the others a position such as [1]",
            )
            return False
        return not _buried(env, link, path)
    if open_steps:
        step = open_steps[0]
        name = notation.shown(path.base.format, step.owner, step.element.name)
        _tell(
            env,
            "E403",
            f"`{name}` repeats",
            step.span,
            "one value or each?",
            "write `each` before the line, or a position such as `[1]`",
        )
        return False
    return True


def _buried(env: Env, link: tree.Link, path: TPath) -> bool:
    """Whether rows are to be written that do not lie in a level itself but in something single inside it; told."""
    written = {"right" if direction == "go" else "left" for direction in directions(link)}
    levels = [number for number, step in enumerate(path.steps) if step.level is not None]
    index = path.each_index()
    if not levels or index is None or path.side not in written:
        return False
    between = [step for step in path.steps[levels[0] : index] if step.level is None]
    for step in between:
        name = notation.shown(path.base.format, step.owner, step.element.name)
        _tell(
            env,
            "E406",
            f"rows in `{name}` cannot be put together again",
            path.span,
            "can only be read",
            "let this line go one way, and write an `each` over the level for the other",
        )
    return bool(between)


def run_on(env: Env, path: TPath) -> bool:
    """Whether a run stands in a segment that repeats, without a word on going on in the next one; told."""
    for step in path.steps:
        loose = step.element.repeats and not step.selectors and step.position is None
        if (
            step.run is not None
            and not step.run.spills
            and loose
            and not notation.is_number(step.element.name)
        ):
            name = base_name(step.element)
            _tell(
                env,
                "E403",
                f"`{name}` repeats, and the run lies in each of them",
                step.span,
                "one or each?",
                f"write `under {name}` behind the run, or a position such as `{name}[1]`",
            )
            return True
    return False


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
    return isinstance(value, TConst) or (isinstance(value, TLookup) and value.fixed)


def _plain_value(expr: tree.Expr) -> object:
    return getattr(expr, "value", getattr(expr, "code", None))

"""The intermediate form between mappings and Python text: structured statements over Python's own expression trees.

Expressions are `ast.expr` from the start: nothing from a `.map` file can reach the text except as a constant.
A statement that moves a value also says where in the input it came from (`where`, an expression that is emitted in the
tracing flavour only) and which `.map` span it implements.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from mapper.source import Span

Expr: TypeAlias = ast.expr


# -- statements ----------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Assign:
    """`name = value`. `traced` replaces the value in the tracing flavour."""

    name: str
    value: Expr
    span: Span | None = None
    traced: Expr | None = None


@dataclass(slots=True, eq=False)
class Unpack:
    """`first, second = value`."""

    names: tuple[str, ...]
    value: Expr
    span: Span | None = None


@dataclass(slots=True, eq=False)
class If:
    test: Expr
    then: list[Stmt]
    otherwise: list[Stmt] = field(default_factory=list)
    span: Span | None = None


@dataclass(slots=True, eq=False)
class For:
    """A loop over `items`; `index` is the 0-based counter, emitted where something uses it."""

    name: str
    items: Expr
    body: list[Stmt]
    index: str
    span: Span | None = None
    counted: bool = False


@dataclass(slots=True, eq=False)
class Put:
    """`node[key] = value`."""

    node: Expr
    key: Expr
    value: Expr
    span: Span
    where: Expr | None = None


@dataclass(slots=True, eq=False)
class Do:
    """An expression for its effect. `traced` replaces it in the tracing flavour."""

    value: Expr
    span: Span | None = None
    traced: Expr | None = None


@dataclass(slots=True, eq=False)
class Mark:
    """Tracing only: `node[key]` (or the whole node) was made from what stands at `where`."""

    node: Expr
    key: Expr | None
    where: Expr
    span: Span


@dataclass(slots=True, eq=False)
class Note:
    """Tracing only: `name = value`, for what marks need."""

    name: str
    value: Expr


@dataclass(slots=True, eq=False)
class Return:
    value: Expr | None = None


Stmt: TypeAlias = "Assign | Unpack | If | For | Put | Do | Mark | Note | Return"


@dataclass(slots=True)
class Function:
    """One direction of one mapping. `traced` parameters exist in the tracing flavour only."""

    name: str
    parameters: tuple[str, ...]
    body: list[Stmt]
    text: str
    span: Span
    traced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """`from module import name`; `release` modules live in the same release, others in the runtime or the project."""

    module: str
    name: str
    alias: str
    release: bool = False


@dataclass(slots=True)
class Constant:
    name: str
    value: Expr
    text: str = ""
    wanted: str = ""


@dataclass(slots=True)
class ModulePlan:
    """Everything that one generated module holds. `mappings` are names that functions of the release have.

    `file` is the `.map` file below its root: a module is the same text wherever its project lies.
    """

    name: str
    file: str
    imports: list[Import] = field(default_factory=list)
    constants: list[Constant] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    mappings: frozenset[str] = frozenset()

    def use(self, module: str, name: str, alias: str | None = None, release: bool = False) -> Expr:
        """Import a name once and give the expression for it."""
        alias = alias or name
        if not release and alias in self.mappings:
            alias = f"{module.rsplit('.', 1)[-1]}_{alias}"
        if any(
            known.alias == alias and (known.module, known.name) != (module, name) for known in self.imports
        ):
            alias = f"{module.rsplit('.', 1)[-1]}_{alias}"
        wanted = Import(module, name, alias, release)
        if wanted not in self.imports:
            self.imports.append(wanted)
        return var(alias)

    def constant(self, name: str, value: Expr, text: str = "") -> Expr:
        """A module-level constant, shared where the same value was asked for before."""
        dumped = ast.dump(value)
        for known in self.constants:
            if known.wanted == name and ast.dump(known.value) == dumped:
                return var(known.name)
        taken = {known.name for known in self.constants}
        unique, number = name, 2
        while unique in taken:
            unique, number = f"{name}_{number}", number + 1
        self.constants.append(Constant(unique, value, text, name))
        return var(unique)


# -- building expressions ------------------------------------------------------------------------

_NOT_WORD = re.compile(r"\W+")


def identifier(text: str) -> str:
    """A Python identifier made from any text; never a keyword (an underscore is appended)."""
    name = _NOT_WORD.sub("_", text).strip("_") or "value"
    if name[0].isdigit():
        name = f"n{name}"
    return f"{name}_" if name in KEYWORDS else name


KEYWORDS = frozenset({*keyword.kwlist, *dir(builtins), "c", "out", "at", "text"})


def var(name: str) -> ast.Name:
    """A name that is read."""
    return ast.Name(name, ast.Load())


def const(value: str | bytes | bool | int | None) -> ast.Constant:
    """A literal of the target language."""
    return ast.Constant(value)


def literal(value: Any) -> Expr:
    """A JSON-like value as an expression; decimals by their text, exactly."""
    match value:
        case dict():
            return ast.Dict([const(k) for k in value], [literal(v) for v in value.values()])
        case list():
            return ast.List([literal(v) for v in value], ast.Load())
        case tuple():
            return ast.Tuple([literal(v) for v in value], ast.Load())
        case Decimal():
            return call(var("Decimal"), const(str(value)))
        case _:
            return const(value)


def call(function: Expr, *args: Expr) -> ast.Call:
    """`function(args)`."""
    return ast.Call(function, list(args), [])


def method(of: Expr, name: str, *args: Expr) -> ast.Call:
    """`of.name(args)`."""
    return call(ast.Attribute(of, name, ast.Load()), *args)


def attribute(of: Expr, name: str) -> ast.Attribute:
    """`of.name`."""
    return ast.Attribute(of, name, ast.Load())


def index(of: Expr, key: Expr | int | str) -> ast.Subscript:
    """`of[key]`."""
    return ast.Subscript(of, const(key) if isinstance(key, int | str) else key, ast.Load())


def get(of: Expr, key: str | int, default: Expr | None = None) -> ast.Call:
    """`of.get(key, default)`."""
    return method(of, "get", const(key), *([default] if default is not None else []))


def not_(test: Expr) -> Expr:
    """`not test`, folded where the test is a constant."""
    if isinstance(test, ast.Constant):
        return const(not test.value)
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is | ast.IsNot):
        return ast.Compare(
            test.left, [ast.IsNot() if isinstance(test.ops[0], ast.Is) else ast.Is()], test.comparators
        )
    return ast.UnaryOp(ast.Not(), test)


def both(tests: Sequence[Expr]) -> Expr:
    """`a and b and ...` without the tests that are always true."""
    known = [t for t in tests if not (isinstance(t, ast.Constant) and t.value is True)]
    if not known:
        return const(True)
    return known[0] if len(known) == 1 else ast.BoolOp(ast.And(), known)


def either(tests: Sequence[Expr]) -> Expr:
    """`a or b or ...`."""
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), list(tests))


COMPARISONS: dict[str, ast.cmpop] = {
    "=": ast.Eq(), "!=": ast.NotEq(), "<": ast.Lt(), "<=": ast.LtE(), ">": ast.Gt(), ">=": ast.GtE(),
    "in": ast.In(), "not in": ast.NotIn(), "is": ast.Is(), "is not": ast.IsNot(),
}  # fmt: skip


def compare(left: Expr, operator: str, right: Expr) -> ast.Compare:
    """`left operator right`, with the mapping language's operators."""
    return ast.Compare(left, [COMPARISONS[operator]], [right])


def if_else(test: Expr, then: Expr, otherwise: Expr) -> ast.IfExp:
    """`then if test else otherwise`."""
    return ast.IfExp(test, then, otherwise)


def join(parts: Iterable[Expr | str]) -> Expr:
    """A string put together at run time: constants and expressions."""
    values: list[ast.expr] = []
    for part in parts:
        if isinstance(part, str):
            if values and isinstance(values[-1], ast.Constant):
                values[-1] = const(str(values[-1].value) + part)
            else:
                values.append(const(part))
        elif isinstance(part, ast.JoinedStr):
            values.extend(part.values)
        elif isinstance(part, ast.Constant):
            values.append(part)
        else:
            values.append(ast.FormattedValue(part, -1, None))
    if len(values) == 1 and isinstance(values[0], ast.Constant):
        return values[0]
    return ast.JoinedStr(values)


def comprehension(item: str, items: Expr, tests: Sequence[Expr]) -> ast.ListComp:
    """`[item for item in items if tests]`."""
    target = ast.Name(item, ast.Store())
    return ast.ListComp(var(item), [ast.comprehension(target, items, list(tests), 0)])


def trail(name: str, *args: Expr) -> ast.Call:
    """A call of the trail that the tracing flavour leaves (`runtime.lib.trail`)."""
    return method(attribute(var("c"), "trail"), name, *args)


def where(*parts: Expr) -> Expr:
    """Several places as one: what `Trail.mark` takes."""
    return parts[0] if len(parts) == 1 else ast.Tuple(list(parts), ast.Load())

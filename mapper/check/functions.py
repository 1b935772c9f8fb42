"""Declared functions: the Python object behind a name, whether it goes both ways, whether it wants the context."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mapper.check.env import Env
from mapper.check.model import ByFunction, Direction
from mapper.diagnostics import diagnostic
from mapper.resolve.program import FunctionInfo
from mapper.suggest import nearest
from mapper.syntax.tree import Name

LIBRARY = ("count", "length", "sum", "min", "max")
ALLOWED_MODULES = ("runtime.lib",)

_TARGET = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*\Z")


@dataclass(frozen=True)
class Loaded:
    """A function's Python object: a pair with `go` and `back`, or one callable.

    `takes` says by direction how many values it takes, at least and at most (`None`: any number).
    """

    pair: bool
    context: dict[str, bool]
    takes: dict[str, tuple[int, int | None]]


def find_function(env: Env, name: Name) -> FunctionInfo | None:
    """The function of that name in scope, checked to exist in an allowed module."""
    functions = env.scope(name.span).functions
    info = functions.get(name.text)
    env.scope(name.span).use(name.text)
    if info is None:
        close = nearest(name.text, functions)
        env.tell(
            diagnostic(
                "E207",
                f"there is no function `{name.text}`",
                name.span,
                "not declared or imported",
                help=f"did you mean {close}?" if close else "import it from lib",
            )
        )
        return None
    return info


def problem_of(info: FunctionInfo, allowed: tuple[str, ...]) -> str | None:
    """Why a declared function cannot be used, or `None`."""
    target = info.declaration.target.value
    if not _TARGET.match(target):
        return "the target is written module:name"
    module = target.split(":")[0]
    if not any(module == root or module.startswith(root + ".") for root in allowed):
        return f"the module {module} is not among the allowed ones ({', '.join(allowed)})"
    loaded = load(target)
    if isinstance(loaded, str):
        return loaded
    if info.declaration.two_way and not loaded.pair:
        return "a function `between` two types needs a pair with `go` and `back`"
    return None


@lru_cache(maxsize=1024)
def load(target: str) -> Loaded | str:
    """Import `module:name`; the text of the problem where that fails."""
    module, name = target.split(":")
    try:
        found = getattr(importlib.import_module(module), name, None)
    except ImportError as error:
        return f"the module cannot be imported: {error.name}"
    if found is None:
        return f"the module has no `{name}`"
    go, back = getattr(found, "go", None), getattr(found, "back", None)
    if callable(go) and callable(back):
        context = {"go": _wants_context(go), "back": _wants_context(back)}
        return Loaded(True, context, {"go": _takes(go), "back": _takes(back)})
    if callable(found):
        context = dict.fromkeys(("go", "back"), _wants_context(found))
        return Loaded(False, context, dict.fromkeys(("go", "back"), _takes(found)))
    return f"`{name}` is no function"


def _wants_context(function: Callable[..., Any]) -> bool:
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # a built-in without a signature takes no context
        return False
    return bool(names) and names[0] == "context"


def _takes(function: Callable[..., Any]) -> tuple[int, int | None]:
    """How many values a function takes, at least and at most; its context does not count."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # a built-in without a signature
        return 0, None
    held = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    given = held[1:] if held and held[0].name == "context" else held
    most = None if any(p.kind is p.VAR_POSITIONAL for p in parameters) else len(given)
    return sum(p.default is p.empty for p in given), most


def misfit(name: str, info: FunctionInfo | None, direction: Direction, count: int) -> str | None:
    """What is wrong with the number of values that a call gives; `None` where it fits."""
    if info is None:
        least, most = (1, None) if name in ("min", "max") else (1, 1)
    else:
        loaded = load(info.declaration.target.value)
        if isinstance(loaded, str):
            return None  # told at its declaration
        least, most = loaded.takes[direction]
    if count >= least and (most is None or count <= most):
        return None
    wanted = f"{least}" if least == most else f"at least {least}" if most is None else f"{least} to {most}"
    return f"`{name}` takes {wanted} value{'' if wanted == '1' else 's'}, not {count}"


def by_function(info: FunctionInfo, direction: Direction, raw: bool) -> ByFunction | None:
    """How a declared function is called in one direction; `None` where it has none there."""
    declaration = info.declaration
    loaded = load(declaration.target.value)
    if isinstance(loaded, str) or (direction == "back" and not declaration.two_way):
        return None
    source = declaration.left if direction == "go" else declaration.right
    target = declaration.right if direction == "go" else declaration.left
    return ByFunction(
        declaration.target.value,
        direction if loaded.pair else None,
        loaded.context[direction],
        source.repeats or target.repeats,
        "changes the value's form" if declaration.normalises else None,
        raw,
    )

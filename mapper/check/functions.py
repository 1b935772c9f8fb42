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
    """A function's Python object: a pair with `go` and `back`, or one callable."""

    pair: bool
    context: dict[str, bool]


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
        return Loaded(True, {"go": _wants_context(go), "back": _wants_context(back)})
    if callable(found):
        return Loaded(False, {"go": _wants_context(found), "back": _wants_context(found)})
    return f"`{name}` is no function"


def _wants_context(function: Callable[..., Any]) -> bool:
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # a built-in without a signature takes no context
        return False
    return bool(names) and names[0] == "context"


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

"""Which expressions read without any effect, and which of these give the same wherever they stand in a function."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import lru_cache

from mapper import ir
from mapper.lower.simplify.statements import Body, bindings, every, names

READERS = frozenset(
    {"text", "visible_text", "repetition", "repetitions", "is_valued", "hl7v2_is_valued", "occurrence"}
    | {"fhir_is_valued", "extension", "extensions", "by_url", "item_at", "items", "pair_at", "pairs", "pick"}
    | {"has_code", "coding_is", "any_code", "any_valued", "length", "len", "holds"}
)
"""Functions of `runtime.lib` whose result depends on nothing but their arguments, and that keep these as they are."""
METHODS = frozenset({"split", "isalnum", "get", "strip", "startswith", "resources", "joined"})


@lru_cache(2**16)
def is_pure(value: ir.Expr) -> bool:
    """Whether a value is read without any effect, and is the same each time as long as what it reads stays."""
    match value:
        case ast.Call(func=function, args=args, keywords=[]):
            return _is_reader(function) and all(map(is_pure, args))
        case ast.BinOp(op=op):
            return isinstance(op, ast.Add) and is_pure(value.left) and is_pure(value.right)
        case ast.ListComp(generators=[only]):
            return is_pure(value.elt) and is_pure(only.iter) and all(map(is_pure, only.ifs))
        case ast.Constant() | ast.Name():
            return True
        case _ if isinstance(value, _PLAIN):
            return all(is_pure(part) for part in ast.iter_child_nodes(value) if isinstance(part, ast.expr))
        case _:
            return False


_PLAIN = (ast.Subscript, ast.Slice, ast.UnaryOp, ast.Compare, ast.IfExp, ast.BoolOp, ast.Tuple)


def _is_reader(function: ir.Expr) -> bool:
    match function:
        case ast.Name(id=name):
            return name in READERS
        case ast.Attribute(value=of, attr=method):
            return method in METHODS and is_pure(of)
        case _:
            return False


CHANGING = frozenset({"c", "out"})
"""Parameters that a function changes. What `c` holds of the input stays as it is, where nothing is made of its kind."""


def settled(body: Body, given: Iterable[str]) -> frozenset[str]:
    """The names that always stand for the same unchanging thing: what is given, and what is read from that once.

    Nodes under construction are none of them: what one reads there depends on when.
    """
    counts = bindings(body)
    padded = _padded(body)
    known = {name for name in given if counts[name] == (1 if name == padded else 0)}
    local = {*counts, *CHANGING} - known
    for statement in every(body):
        match statement:
            case ir.Assign(name=name, value=value, traced=None) if counts[name] == 1:
                if (is_pure(value) or _is_followed(value)) and _all_known(value, known, local):
                    known.add(name)
            case ir.For(name=name, items=items, index=index) if counts[name] == 1:
                if (is_pure(items) or _is_followed(items)) and _all_known(items, known, local):
                    known |= {name, index}
            case _:
                pass
    return frozenset(known)


def _padded(body: Body) -> str:
    """The parameter that gets empty components at its end before anything reads it, if there is one."""
    for statement in body:
        match statement:
            case ir.Assign(name=name, value=ast.BinOp(left=ast.Name(id=same), op=ast.Add())) if name == same:
                return name
            case ir.Assign(value=ast.Dict() | ast.Constant()):
                pass
            case _:
                break
    return ""


def _is_followed(value: ir.Expr) -> bool:
    """Whether a value is a resource of the input that a reference led to."""
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="c"), attr="follow" | "follow_all")):
            return True
        case _:
            return False


def _all_known(value: ir.Expr, known: set[str], local: set[str]) -> bool:
    """Whether an expression reads known names only; those that the function does not assign are the module's."""
    return all(name in known or name not in local for name in names(value))

"""The text of expressions: what `ast.unparse` gives, in a fifth of its time for the kinds that most are of."""

from __future__ import annotations

import ast
from functools import lru_cache

_CLOSED = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.Dict, ast.List, ast.Tuple, ast.ListComp)
"""Kinds that need no parentheses wherever they stand."""
_OPERATORS: dict[type[ast.AST], str] = {
    ast.And: "and", ast.Or: "or", ast.Add: "+", ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=",
    ast.Gt: ">", ast.GtE: ">=", ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_PLAIN = (str, bytes, bool, int, type(None))


@lru_cache(2**16)
def text_of(node: ast.expr) -> str:
    """An expression as text, made once for both flavours: they share nearly all expressions."""
    return _text(node) or ast.unparse(node)


def _text(node: ast.expr) -> str | None:
    """The text where no part can need parentheses, else `None`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=value) if isinstance(value, _PLAIN):
            return repr(value)
        case ast.Call(func=function, args=args, keywords=[]) if isinstance(function, _CLOSED):
            return f"{text_of(function)}({_listed(args)})"
        case ast.Attribute(value=of, attr=name) if isinstance(of, _CLOSED):
            return f"{text_of(of)}.{name}"
        case ast.Subscript(value=of, slice=ast.Name() | ast.Constant() as key) if isinstance(of, _CLOSED):
            return f"{text_of(of)}[{text_of(key)}]"
        case ast.Dict(keys=keys, values=values) if None not in keys:
            rows = zip(keys, values, strict=True)
            return "{" + ", ".join(f"{text_of(key)}: {text_of(value)}" for key, value in rows if key) + "}"
        case ast.List(elts=items):
            return f"[{_listed(items)}]"
        case ast.Tuple(elts=items):
            return f"({_listed(items)}{',' if len(items) == 1 else ''})"
        case _:
            return _operation(node)


def _listed(items: list[ast.expr]) -> str:
    return ", ".join(map(text_of, items))


def _operation(node: ast.expr) -> str | None:
    match node:
        case ast.BoolOp(op=op, values=values) if all(map(_is_closed, values)):
            return f" {_OPERATORS[type(op)]} ".join(map(text_of, values))
        case ast.BinOp(left=left, op=ast.Add(), right=right) if _is_closed(left) and _is_closed(right):
            return f"{text_of(left)} + {text_of(right)}"
        case ast.Compare(left=left, ops=[op], comparators=[right]) if _is_closed(left) and _is_closed(right):
            return f"{text_of(left)} {_OPERATORS[type(op)]} {text_of(right)}"
        case ast.UnaryOp(op=ast.Not(), operand=operand) if _is_closed(operand):
            return f"not {text_of(operand)}"
        case ast.IfExp(test=test, body=body, orelse=otherwise) if not isinstance(test, _OPEN | ast.IfExp):
            if isinstance(body, _OPEN | ast.IfExp) or isinstance(otherwise, _OPEN):
                return None
            return f"{text_of(body)} if {text_of(test)} else {text_of(otherwise)}"
        case _:
            return None


_OPEN = ast.Lambda | ast.NamedExpr | ast.Yield | ast.YieldFrom | ast.Starred
"""Kinds that need parentheses nearly everywhere."""


def _is_closed(node: ast.expr) -> bool:
    return isinstance(node, (*_CLOSED, ast.Constant))

"""Names for what is read once, made from what it reads."""

from __future__ import annotations

import ast

from mapper import ir


class Naming:
    """Gives names that differ from all taken ones."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken

    def new(self, node: ir.Expr) -> str:
        """A new name for the value of an expression."""
        base = ir.identifier(_told(node))
        name, number = base, 2
        while name in self.taken:
            name, number = f"{base}_{number}", number + 1
        self.taken.add(name)
        return name


def _told(node: ir.Expr) -> str:
    """What an expression reads, in a word or two."""
    match node:
        case ast.Call():
            return _called(node)
        case ast.BinOp(left=part) | ast.IfExp(body=part):
            return _told(part)
        case ast.ListComp(generators=[only]):
            return _told(only.iter).removesuffix("_list") + "_items"
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int(number))):
            return f"{name}_{number}"
        case ast.Subscript(value=of) | ast.BoolOp(values=[of, *_]):
            return _told(of)
        case ast.Name(id=name):
            return name
        case _:
            return "value"


def _called(node: ast.Call) -> str:
    match node:
        case ast.Call(func=ast.Name(id="by_url"), args=[of]):
            return f"{_told(of)}_extensions"
        case ast.Call(func=ast.Name(id="len"), args=[of]):
            return f"{_told(of)}_length"
        case ast.Call(func=ast.Name(id="items" | "pairs"), args=[_, ast.Constant(value=str(key))]):
            return f"{key}_list"
        case ast.Call(args=[ast.Constant(value=str(key)), ast.Tuple()]):
            return f"{key}_list"
        case (
            ast.Call(args=[_, ast.Constant(value=str(key)), *_])
            | ast.Call(args=[ast.Constant(value=str(key)), *_])
        ):
            return key.rstrip("/").rsplit("/", 1)[-1]
        case ast.Call(func=ast.Attribute(value=of, attr="split")):
            return f"{_told(of)}_parts"
        case ast.Call(func=ast.Name(id=name)):
            return f"{name}_found"
        case _:
            return "value"

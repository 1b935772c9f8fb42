"""A key names elements that are written, else it identifies nothing (E506)."""

from __future__ import annotations

from mapper.check.env import Env
from mapper.check.model import Node, TChoose, TKey, TMapping, TPath, TScope, TStatement
from mapper.check.passes.made import Makings, node_slots
from mapper.check.passes.usage import is_used
from mapper.check.selectors import home
from mapper.diagnostics import Diagnostic, diagnostic


def keys(mapping: TMapping, env: Env) -> list[Diagnostic]:
    """Keys whose first element no line and no filling mapping writes.

    Where a mapping is called, its caller may write what its key names; a reference in an unused mapping of a segment
    can only come from a caller.
    """
    makings = Makings(mapping, "go")
    diagnostics: list[Diagnostic] = []
    for node, key in _keys(mapping.body, mapping.right):
        root = node is mapping.right
        if root and is_used(env, mapping.info):
            continue
        named = (path for path in key.paths if path.side == "right" and path.steps)
        diagnostics += [
            _told(p) for p in named if not _written(makings, p, env) and not (root and _refers(p))
        ]
    return diagnostics


def _written(makings: Makings, path: TPath, env: Env) -> bool:
    slots = node_slots(makings.of(home(path.base)), "go", env.checked)
    return slots is None or path.steps[0].element.slot in slots


def _refers(path: TPath) -> bool:
    return "Reference" in path.steps[0].element.types


def _told(path: TPath) -> Diagnostic:
    name = path.steps[0].element.name
    return diagnostic(
        "E506",
        f"the key `{name}` is never written",
        path.span,
        "no line writes it",
        help=f"add a line that writes `{name}`, or choose another key",
    )


def _keys(statements: tuple[TStatement, ...], node: Node) -> list[tuple[Node, TKey]]:
    found: list[tuple[Node, TKey]] = []
    for statement in statements:
        match statement:
            case TKey():
                found.append((node, statement))
            case TScope(body=body, right_node=inner):
                found += _keys(body, inner)
            case TChoose(cases=cases, otherwise=otherwise):
                for case in cases:
                    found += _keys(case.body, node)
                found += _keys(otherwise, node)
            case _:
                pass
    return found

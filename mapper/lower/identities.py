"""When a resource's identity is known: lines that refer to it wait, or ask for it before its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapper import ir
from mapper.check.model import TScope, TStatement
from mapper.lower.block import Block
from mapper.lower.links import pointed_inside, pointed_nodes
from mapper.lower.out import OutNode

if TYPE_CHECKING:
    from mapper.lower.function import Frame, FunctionLowering


def identify_for(low: FunctionLowering, frame: Frame, scope: TScope) -> None:
    """Enclosing resources to which lines inside a body refer get their identity before the body."""
    for node in dict.fromkeys(pointed_inside(scope.body)):
        out = low.out_of(node)
        if out is None or out not in frame.static.values():
            continue
        if out.waits or (frame.guards and not out.finished):
            _identify(low, frame, out)


def _identify(low: FunctionLowering, frame: Frame, node: OutNode) -> None:
    """Ask for the identity of what a resource holds so far; what comes later still fills it."""
    from mapper.lower.out import place_of

    if not frame.guards:
        for child in sorted(node.children, key=place_of):
            low.finish(frame, child)
    low.name_reference(frame, node)
    assert node.reference is not None
    then = Block(low.names, [], frame.block)
    low.writer.identify(low, then, node, node.reference)
    unknown = ir.compare(ir.var(node.reference), "is", ir.const(None))
    frame.block.add(ir.If(ir.both([low.writer.made(node), unknown]), then.statements))
    node.asked = True
    node.identified = not frame.guards  # asked in one case only, it is still to be asked behind the choice


def must_wait(low: FunctionLowering, frame: Frame, statement: TStatement) -> bool:
    """Whether a statement needs the identity of a resource that is not known yet; then it runs at the frame's end."""
    if frame.late:
        return False
    for node in pointed_nodes(statement):
        out = low.out_of(node)
        if out is not None and out.waits:
            frame.links.append((statement, tuple(frame.guards)))
            return True
    return False

"""Lowers one direction of one mapping to a function: reads, nodes, fills, identities, links."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from mapper import ir
from mapper.check.model import (
    ByTable,
    Direction,
    Node,
    TChoose,
    TCopy,
    TFill,
    TFound,
    TIgnore,
    TKey,
    TMapping,
    TPath,
    TReference,
    TRequire,
    TScope,
    TStatement,
    source_side,
    target_side,
)
from mapper.check.passes.writes import Write
from mapper.check.selectors import Partition
from mapper.lower.block import Block, Names
from mapper.lower.coming_back import Unproven, check_choice
from mapper.lower.cursor import Cursor
from mapper.lower.fill_from import fill_source, fill_target
from mapper.lower.joins import tell_unmade
from mapper.lower.lookups import looked_up
from mapper.lower.out import OutNode, place_of
from mapper.lower.read_numbered import NumberedReader
from mapper.lower.unit import Unit
from mapper.resolve.program import MappingInfo
from mapper.source import Span
from runtime.lib import arithmetic, fhir, hl7v2, levels, tables, x12

# Names that generated modules import; locals never shadow them.
RESERVED = frozenset(
    name
    for module in (arithmetic, fhir, hl7v2, levels, tables, x12)
    for name in [*vars(module), *vars(builtins), "Decimal", "partial"]
)


@dataclass
class Frame:
    """The nodes and blocks of one function body or one turn of a loop.

    `head` initialises nodes before anything is read; `block` is where statements go now; `links` run after the
    identities of this frame's resources are known, then the checks of `choices`, `after` at the very end.
    """

    head: list[ir.Stmt]
    block: Block
    outer: Frame | None = None
    roots: list[OutNode] = field(default_factory=list)
    static: dict[tuple[object, ...], OutNode] = field(default_factory=dict)
    links: list[tuple[TStatement, tuple[ast.expr, ...]]] = field(default_factory=list)
    guards: list[ast.expr] = field(default_factory=list)
    late: bool = False
    after: list[ir.Stmt] = field(default_factory=list)
    turn: bool = False
    base: Block | None = None

    def __post_init__(self) -> None:
        self.base = self.block

    @property
    def whole(self) -> Frame:
        """The frame of the function or of the turn of a loop that this one is part of: it passes once at most."""
        frame = self
        while frame.outer is not None and not frame.turn:
            frame = frame.outer
        return frame

    choices: list[Unproven] = field(default_factory=list)


class FunctionLowering:
    """State of lowering one mapping in one direction. The parts live in the modules beside this one."""

    def __init__(self, unit: Unit, mapping: TMapping, direction: Direction) -> None:
        self.unit = unit
        self.mapping = mapping
        self.direction: Direction = direction
        self.source = mapping.node(source_side(direction))
        self.target = mapping.node(target_side(direction))
        self.reader = unit.reader(self.source.format)
        self.writer = unit.writer(self.target.format)
        self.partition = Partition(mapping.body, source_side(direction))
        self.names = Names({"c", "src", "out", "at", "number", *RESERVED, *unit.names()})
        self.cursors: dict[Node, Cursor] = {}
        self.outs: dict[Node, OutNode] = {}
        self.no_partition = Partition((), "left")
        self.claiming: set[int] = (
            set()
        )  # ids of the paths of two-way lines: only they leave to others what those claim
        self.kept: list[TPath] = []  # paths made here, kept alive so that their ids stay theirs
        self.named: list[OutNode] = []  # resources that lines after their body may fill
        self.counters: list[str] = []
        self.counted: set[str] = set()
        self.needs_number = False
        self._outliving: set[str] = set()
        self.joins: dict[tuple[int, int], list[Callable[[Cursor], ast.expr]]] = {}
        self.pairs: dict[Node, tuple[ast.expr, TScope]] = {}
        self.written: list[Write] | None = None  # what the mapping writes, once a check asks for it
        self.looked_up = frozenset(looked_up(mapping.body))

    # -- the function ------------------------------------------------------------------------

    def lower(self) -> ir.Function:
        span = self.mapping.info.declaration.name.span
        head: list[ir.Stmt] = []
        block = Block(self.names)
        frame = Frame(head, block)
        self.cursors[self.source] = self.reader.root(
            "src", self.unit.kind(self.source), self.source.types[0], block, span
        )
        primitive = self.unit.kind(self.target) == "primitive"
        fresh = not self.unit.is_shared(self.mapping.info)
        root = OutNode("out", "root", self.target.types[0], fresh=fresh, node=self.target, span=span)
        root.always = self.unit.always(self.target)
        frame.roots.append(root)
        self.outs[self.target] = root
        if primitive:
            head.append(ir.Assign("out", ir.const(None)))
        self.statements(frame, self.mapping.body)
        self.close(frame, root_only=True)
        for node in self.named:
            tell_unmade(self, frame, node)
        if self.needs_number:
            head.insert(0, ir.Assign("number", ir.attribute(ir.var("c"), "number")))
        body = [*head, *block.statements]
        if primitive:
            body.append(ir.Return(ir.var("out")))
        parameters = ("c", "src") if primitive else ("c", "src", "out")
        text = f"{self.source.types[0]} to {self.target.types[0]}"
        return ir.Function(
            self.unit.function_name(self.mapping.info, self.direction, self.mapping.variant),
            parameters,
            body,
            text,
            span,
            ("at",),
        )

    # -- statements --------------------------------------------------------------------------

    def statements(self, frame: Frame, body: Sequence[TStatement]) -> None:
        for statement in body:
            if isinstance(statement, TFill):
                fill_source(self, frame, statement)
        for statement in body:
            self.statement(frame, statement)

    def statement(self, frame: Frame, statement: TStatement) -> None:
        from mapper.lower import bodies, choices, copies, identities, links, lookups

        match statement:
            case TCopy():
                copies.lower_copy(self, frame, statement)
            case TScope():
                identities.identify_for(self, frame, statement)
                bodies.lower_scope(self, frame, statement)
            case TReference():
                links.lower_reference(self, frame, statement)
            case TChoose():
                choices.lower_choose(self, frame, statement)
            case TKey():
                links.lower_key(self, frame, statement)
            case TRequire():
                choices.lower_require(self, frame, statement)
            case TFound():
                lookups.lower_found(self, frame, statement)
            case TFill():
                fill_target(self, frame, statement)
            case TIgnore():
                pass

    # -- nodes of a frame --------------------------------------------------------------------

    def node(
        self, frame: Frame, path: TPath, upto: int, start: OutNode | None = None, first: int = 0
    ) -> OutNode:
        """The node that the first `upto` steps of a target path lead to, made in this frame where it is not yet."""
        current = start or self.base(path)
        for step in path.steps[first:upto]:
            current = self.writer.child(self, frame, current, step, path.span)
        return current

    def base(self, path: TPath) -> OutNode:
        node: Node | None = path.base
        while node is not None and node not in self.outs:
            node = node.path.base if node.path is not None and not node.path.steps else None
        if node is None:
            raise LookupError(f"no output node for {path.base.types}")  # a checked path always has one
        out = self.outs[node]
        out.filled_late = out.filled_late or out.finished
        return out

    def register(self, frame: Frame, key: tuple[object, ...], out: OutNode, initial: ast.expr) -> OutNode:
        """Remember a new node of this frame and initialise it where every path of the frame passes."""
        frame.static[key] = out
        frame.head.append(ir.Assign(out.name, initial, None))
        holder = out.parent
        if holder is not None and self._in_frame(frame, holder):
            holder.children.append(out)
        else:
            frame.roots.append(out)
        return out

    def _in_frame(self, frame: Frame, node: OutNode) -> bool:
        return node in frame.static.values() or node in frame.roots

    def find(self, frame: Frame, key: tuple[object, ...]) -> OutNode | None:
        """A node of this frame, or of an outer frame whose turn this one belongs to."""
        level: Frame | None = frame
        while level is not None:
            if key in level.static:
                return level.static[key]
            level = level.outer
        return None

    # -- the end of a frame ------------------------------------------------------------------

    def close(self, frame: Frame, root_only: bool = False) -> None:
        """Finish the frame's nodes, children first; then set the links that need their identities."""
        for root in list(frame.roots):
            self.finish(frame, root)
        frame.late = True
        for statement, guards in frame.links:
            with self.branch(frame, None) as inner:
                self.statement(frame, statement)
            if guards:
                frame.block.add(ir.If(ir.both(list(guards)), inner.statements))
            else:
                frame.block.statements.extend(inner.statements)
        late = [node for node in frame.static.values() if not node.finished]
        for node in late:
            if node.parent is None or node.parent.finished or node.parent not in late:
                self.finish(frame, node)
        for choice in frame.choices:
            check_choice(self, frame, choice)
        frame.block.statements.extend(frame.after)

    def finish(self, frame: Frame, node: OutNode) -> None:
        if node.finished:
            return
        for child in sorted(node.children, key=place_of):
            self.finish(frame, child)
        block = frame.block
        for late in node.late:
            block.statements.extend(late())
        node.finished = True
        if node.kind == "root":
            if node.fills:
                if node.always:
                    block.statements.extend(node.fills)
                else:
                    block.add(ir.If(node.guarded(self.writer.made(node)), list(node.fills)))
            return
        block.statements.extend(node.makers)
        then = Block(self.names, [], block)
        then.statements.extend(node.fills)
        self.writer.attach(self, then, node)
        block.add(ir.If(node.guarded(self.writer.made(node)), then.statements))

    # -- findings ----------------------------------------------------------------------------

    def site(self, span: Span, what: str) -> ast.expr:
        """A constant that says where in the `.map` file a finding comes from and which path it concerns."""
        return ir.const(f"{self.unit.position(span)} {what}".rstrip())

    # -- branches and guards -----------------------------------------------------------------

    @contextmanager
    def branch(self, frame: Frame, guard: ast.expr | None) -> Iterator[Block]:
        """Lower into an inner block; fills made meanwhile remember the guard."""
        outer, inner = frame.block, frame.block.inner()
        frame.block = inner
        if guard is not None:
            frame.guards.append(guard)
        yield inner
        if guard is not None:
            frame.guards.pop()
        frame.block = outer

    def under_guards(self, frame: Frame, statements: list[ir.Stmt]) -> list[ir.Stmt]:
        return [ir.If(ir.both(list(frame.guards)), statements)] if frame.guards and statements else statements

    def outlive(self, frame: Frame, node: OutNode) -> None:
        """The guards of a loop's turn are asked for where an outer node is finished: they begin outside the loop."""
        if self._in_frame(frame, node) or frame.outer is None:
            return
        top = frame
        while top.outer is not None:
            top = top.outer
        names = {part.id for guard in frame.guards for part in ast.walk(guard) if isinstance(part, ast.Name)}
        for name in sorted(names - self._outliving):
            self._outliving.add(name)
            top.head.append(ir.Assign(name, ir.const(0)))

    def add_if(self, block: Block, test: ast.expr, statements: list[ir.Stmt], span: Span) -> None:
        """Add an `if`; only its body where the test is always true."""
        if isinstance(test, ast.Constant) and test.value is True:
            block.statements.extend(statements)
        else:
            block.add(ir.If(test, statements, span=span))

    # -- loops -------------------------------------------------------------------------------

    def number(self) -> ast.expr:
        """The 1-based position of the current repetition: of the innermost loop, else the caller's."""
        if self.counters:
            self.counted.add(self.counters[-1])
            return ast.BinOp(ir.var(self.counters[-1]), ast.Add(), ir.const(1))
        self.needs_number = True
        return ir.var("number")

    # -- other resources ---------------------------------------------------------------------

    def reference_of(self, node: Node) -> ast.expr | None:
        """The local that holds a named resource's reference, or `None` before the node exists."""
        known = [self.out_of(each) for each in node.choices or (node,)]
        references: list[ast.expr] = [ir.var(out.reference) for out in known if out and out.reference]
        return ir.either(references) if references else None

    def out_of(self, node: Node) -> OutNode | None:
        found: Node | None = node
        while found is not None and found not in self.outs:
            found = found.path.base if found.path is not None and not found.path.steps else None
        return self.outs[found] if found is not None else None

    def name_reference(self, frame: Frame, node: OutNode) -> None:
        if node.reference is None:
            node.reference = self.names.new(f"{node.name}_ref")
            frame.whole.head.append(ir.Assign(node.reference, ir.const(None)))

    def lift(self, outer: Frame, inner: Frame, node: OutNode) -> None:
        """A named node and its reference outlive their body: they are initialised around it."""
        names = {node.name, node.reference}
        for statement in [s for s in inner.head if isinstance(s, ir.Assign) and s.name in names]:
            inner.head.remove(statement)
            outer.whole.head.append(statement)
        if outer.outer is None and node.kind == "resource" and self.direction == "go":
            self.named.append(node)

    # -- types of both sides -----------------------------------------------------------------

    def primitive_root(self) -> bool:
        return self.unit.kind(self.target) == "primitive"

    def primitive_target(self, mapping: MappingInfo) -> bool:
        """Whether a mapping gives back a plain value in this direction."""
        checked = self.unit.mapping(mapping)
        return (
            checked is not None and self.unit.kind(checked.node(target_side(self.direction))) == "primitive"
        )

    def source_argument(self, mapping: MappingInfo, cursor: Cursor, block: Block, span: Span) -> ast.expr:
        """The value that a mapping's function takes: a v2 composite as its list of components."""
        checked = self.unit.mapping(mapping)
        if checked is not None and isinstance(self.reader, NumberedReader):
            kind = self.unit.kind(checked.node(source_side(self.direction)))
            if kind == "composite":
                return self.reader.split(cursor)
        return self.reader.argument(cursor, block, span)

    def resource_type(self, mapping: MappingInfo, type_name: str) -> str:
        checked = self.unit.mapping(mapping)
        types = checked.node(target_side(self.direction)).types if checked is not None else ()
        return type_name if type_name in types else (types[0] if types else type_name)

    def table_function(self, how: ByTable) -> ast.expr:
        """The function of a table's `otherwise` row, in the direction of the line; `None` without one."""
        from mapper.lower.tables import otherwise_function

        return otherwise_function(self, how)

    def is_fresh(self, frame: Frame, parent: OutNode) -> bool:
        """Whether nothing but this frame can have put a child into a node."""
        return parent.fresh and not parent.finished and parent.using is None and self._in_frame(frame, parent)

"""One generated module under construction: its readers and writers, and how it reaches other modules."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from mapper import ir
from mapper.check import notation
from mapper.check.model import (
    ByMapping,
    Checked,
    Direction,
    Node,
    TChoose,
    TCopy,
    TKey,
    TMapping,
    TNumber,
    TScope,
    TStatement,
    TStep,
)
from mapper.lower.cursor import Reader
from mapper.lower.read_built import BuiltHl7v2Reader, BuiltX12Reader
from mapper.lower.read_fhir import FhirReader
from mapper.lower.read_hl7v2 import Hl7v2Reader
from mapper.lower.read_numbered import NumberedReader
from mapper.lower.read_x12 import X12Reader
from mapper.lower.write_fhir import FhirWriter
from mapper.lower.write_hl7v2 import Hl7v2Writer
from mapper.lower.write_x12 import X12Writer
from mapper.lower.writer import Writer
from mapper.resolve.program import LookupInfo, MappingInfo, Program, Scope, TableInfo
from mapper.schema.model import Schema
from mapper.source import Span

READERS: dict[str, Callable[[ir.ModulePlan, Schema], Reader]] = {
    "hl7v2": Hl7v2Reader, "fhir": FhirReader, "x12": X12Reader,
}  # fmt: skip
BUILT: dict[str, Callable[[ir.ModulePlan, Schema], Reader]] = {
    "hl7v2": BuiltHl7v2Reader, "fhir": FhirReader, "x12": BuiltX12Reader,
}  # fmt: skip
WRITERS: dict[str, Callable[[ir.ModulePlan, Schema], Writer]] = {
    "hl7v2": Hl7v2Writer, "fhir": FhirWriter, "x12": X12Writer,
}  # fmt: skip


class Unit:
    """A module being lowered. `schema(format)` is the module's own view of a format.

    `seen` are the scopes whose names its lines can hold: its own and those of the overlays that change it.
    """

    def __init__(self, program: Program, checked: Checked, scope: Scope, module: ir.ModulePlan) -> None:
        self.program = program
        self.checked = checked
        self.scope = scope
        self.module = module
        self.seen = [scope, *(program.scopes[name] for name in program.overlaid.get(scope.module, ()))]
        names = {ir.identifier(name) for known in self.seen for name in known.mappings}
        module.mappings = frozenset(f"{name}{suffix}" for name in names for suffix in ("", "_back", "_keys"))
        self.shared = shared_mappings(checked)
        self._readers: dict[str, Reader] = {}
        self._writers: dict[str, Writer] = {}

    def is_shared(self, info: MappingInfo) -> bool:
        """Whether a mapping is ever called on a node that other lines fill too."""
        return info.qualified in self.shared

    def names(self) -> set[str]:
        """Names that generated functions of this module may import: locals never shadow them."""
        functions = {name for scope in self.seen for name in scope.functions}
        return {*self.module.mappings, *functions}

    def schema(self, format: str) -> Schema:
        found = self.scope.schemas.get(format)
        if found is None:  # the checker refuses a mapping without it
            raise LookupError(format)
        return found

    def reader(self, format: str) -> Reader:
        if format not in self._readers:
            self._readers[format] = READERS[format](self.module, self.schema(format))
        return self._readers[format]

    @contextmanager
    def reads_built(self, format: str) -> Iterator[None]:
        """Read a format meanwhile as the writer builds it, not as the codec gives it."""
        before = self.reader(format)
        self._readers[format] = BUILT[format](self.module, self.schema(format))
        yield
        self._readers[format] = before

    def blank(self, node: Node) -> ast.expr:
        """As many empty fields or components as a node of a format with delimiters may have."""
        reader = self.reader(node.format)
        assert isinstance(reader, NumberedReader)
        return reader.blank(node.types[0])

    def writer(self, format: str) -> Writer:
        if format not in self._writers:
            self._writers[format] = WRITERS[format](self.module, self.schema(format))
        return self._writers[format]

    def kind(self, node: Node) -> str:
        info = self.schema(node.format).type(node.types[0])
        return info.kind if info is not None else "primitive"

    def always(self, node: Node) -> bool:
        """Whether a root is made whatever its source holds: a whole message or Bundle is."""
        return self.kind(node) == "message" or node.types[0] == "Bundle"

    def function_name(self, mapping: MappingInfo, direction: Direction, variant: str = "") -> str:
        name = ir.identifier(mapping.name)
        if variant:
            name += "_" + ir.identifier(f"for_{variant}")
        return name if direction == "go" else f"{name}_back"

    def _variant(self, mapping: MappingInfo, direction: Direction, source: str, target: str) -> str:
        """Which variant of a mapping goes between two types."""
        if mapping.qualified not in self.checked.variants:
            return ""
        left, right = (source, target) if direction == "go" else (target, source)
        declared = mapping.declaration
        lefts, rights = self._cases(declared.left.format, left), self._cases(declared.right.format, right)
        found = self.checked.of(mapping.qualified, lefts, rights)
        return found.variant if found is not None else ""

    def _cases(self, format: str, type_name: str) -> tuple[str, ...]:
        """A type and the wider one that it is a case of; none for no type."""
        info = self.schema(format).type(type_name) if type_name else None
        if info is None:
            return ()
        return (type_name, info.general) if info.general else (type_name,)

    def function(
        self, mapping: MappingInfo, direction: Direction, source: str = "", target: str = ""
    ) -> ast.expr:
        """The expression for another mapping's function; imported where it lives in another module.

        `source` and `target` are the types at hand, where they are known.
        """
        name = self.function_name(mapping, direction, self._variant(mapping, direction, source, target))
        if mapping.module == self.module.name:
            return ir.var(name)
        return self.module.use(mapping.module, name, name, release=True)

    def keys_function(self, mapping: MappingInfo) -> ast.expr | None:
        """The function that gives a mapping's identities, where it has `key` lines on its resource."""
        checked = self.mapping(mapping)
        if checked is None or not has_keys(checked):
            return None
        name = f"{ir.identifier(mapping.name)}_keys"
        if mapping.module == self.module.name:
            return ir.var(name)
        return self.module.use(mapping.module, name, name, release=True)

    def table(self, table: TableInfo, direction: Direction) -> ast.expr:
        """The dict of a table in one direction; a site's table is looked up in the context."""
        if table.from_site:
            return ir.method(ir.var("c"), "table", ir.const(table.name), ir.const(direction))
        name = ir.identifier(table.name).upper() + ("" if direction == "go" else "_BACK")
        if table.module == self.module.name:
            return ir.var(name)
        return self.module.use(table.module, name, name, release=True)

    def rows(self, table: LookupInfo) -> ast.expr:
        """The rows of a look-up table."""
        name = ir.identifier(table.name).upper()
        if table.module == self.module.name:
            return ir.var(name)
        return self.module.use(table.module, name, name, release=True)

    def key_of(self, step: TStep) -> str | int:
        """The key under which a v2 parent holds a child: a field's number, a slot's name."""
        slot = step.element.slot
        return int(slot) if notation.is_number(slot) else slot

    def mapping(self, info: MappingInfo) -> TMapping | None:
        return self.checked.mappings.get(info.qualified)

    def uses_number(self, info: MappingInfo) -> bool:
        """Whether a mapping's way back wants to know which repetition it builds."""
        mapping = self.mapping(info)
        return mapping is not None and _counts(mapping.body)

    def position(self, span: Span) -> str:
        """`pid.map:18`."""
        source = self.program.sources[span.file]
        return f"{span.file.rsplit('/', 1)[-1]}:{source.position(span.start)[0]}"


@lru_cache(1)
def shared_mappings(checked: Checked) -> frozenset[str]:
    """Mappings that fill a node which is there already: `X <-> this using m`, `X <-> alias using m`."""
    return frozenset(name for mapping in checked.every() for name in _shared(mapping.body))


def _shared(statements: Iterable[TStatement]) -> Iterator[str]:
    for statement in statements:
        match statement:
            case TCopy():
                for way in (statement.go, statement.back):
                    if way is not None and not all(target.steps for target in way.targets):
                        yield from (
                            c.mapping.qualified for _, c in way.converters if isinstance(c, ByMapping)
                        )
            case TScope(using=using, left=left, right=right, body=body):
                if using is not None and not (left.steps and right.steps):
                    yield using.qualified
                yield from _shared(body)
            case TChoose(cases=cases, otherwise=otherwise):
                for case in cases:
                    yield from _shared(case.body)
                yield from _shared(otherwise)
            case _:
                pass


def _counts(statements: Iterable[TStatement]) -> bool:
    """Whether a body uses `$number` outside its own loops."""
    for statement in statements:
        match statement:
            case TCopy(back=back) if back is not None and any(isinstance(s, TNumber) for s in back.sources):
                return True
            case TChoose(cases=cases, otherwise=otherwise):
                if any(_counts(case.body) for case in cases) or _counts(otherwise):
                    return True
            case _:
                pass
    return False


def has_keys(mapping: TMapping) -> bool:
    """Whether a mapping itself says what identifies its resource."""
    return any(isinstance(s, TKey) and all(p.base is mapping.right for p in s.paths) for s in mapping.body)

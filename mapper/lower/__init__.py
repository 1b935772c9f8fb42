"""Lowering: from checked mappings to plans of generated modules, one for each `.map` file."""

from __future__ import annotations

from mapper import ir
from mapper.check.model import Checked, Direction, TKey, TMapping
from mapper.lower.block import Names
from mapper.lower.function import FunctionLowering
from mapper.lower.links import key_name, key_tuples
from mapper.lower.out import Key, OutNode
from mapper.lower.read_fhir import LIB as FHIR_LIB
from mapper.lower.simplify import simplify
from mapper.lower.simplify.extensions import INDEX
from mapper.lower.simplify.shortcuts import TRANSLATED
from mapper.lower.simplify.statements import every, expressions, names
from mapper.lower.tables import lookup_constant, table_constants
from mapper.lower.unit import Unit, has_keys
from mapper.resolve.program import Program

__all__ = ["lower", "lower_module", "modules_of"]

BROUGHT_IN = {INDEX: FHIR_LIB, "NOTHING": FHIR_LIB, TRANSLATED: "runtime.lib.tables"}
"""Names that simplifying brings in, and where they live."""


def lower(program: Program, checked: Checked) -> list[ir.ModulePlan]:
    """Plans for all modules that passed the checker, imports before importers."""
    return [lower_module(program, checked, name) for name in modules_of(program, checked)]


def modules_of(program: Program, checked: Checked) -> list[str]:
    """The names of the modules that there is something to generate for, imports before importers."""
    held = {m.info.module for m in checked.every()} | {t.module for t in checked.tables.values()}
    held |= {t.module for t in checked.lookups.values()}
    return [name for name in program.scopes if name in held]


def lower_module(program: Program, checked: Checked, name: str) -> ir.ModulePlan:
    """The plan of one module; it needs nothing of other modules' plans."""
    scope = program.scopes[name]
    mappings = [m for m in checked.every() if m.info.module == name]
    module = ir.ModulePlan(scope.module, f"{scope.module.replace('.', '/')}.map")
    unit = Unit(program, checked, scope, module)
    for table in checked.tables.values():
        if table.module == scope.module and not table.from_site:
            module.constants += table_constants(table)
    for lookup in checked.lookups.values():
        if lookup.module == scope.module:
            module.constants.append(lookup_constant(module, lookup))
    for mapping in mappings:
        directions: tuple[Direction, ...] = ("go", "back") if mapping.two_way else ("go",)
        for direction in directions:
            module.functions.append(_function(unit, mapping, direction))
        if has_keys(mapping) and not mapping.variant:
            module.functions.append(_keys(unit, mapping))
    return module


def _function(unit: Unit, mapping: TMapping, direction: Direction) -> ir.Function:
    """One direction of a mapping; what simplifying brings in is imported."""
    low = FunctionLowering(unit, mapping, direction)
    function = simplify(low.lower(), resources_stay=low.source.format == "fhir" != low.target.format)
    read = {name for statement in every(function.body) for e in expressions(statement) for name in names(e)}
    for name, library in BROUGHT_IN.items():
        if name in read:
            unit.module.use(library, name)
    return function


def _keys(unit: Unit, mapping: TMapping) -> ir.Function:
    """The function that reads a resource's identities from it, by the mapping's `key` lines."""
    low = FunctionLowering(unit, mapping, "go")
    low.names = Names({"c", "out"})
    node = OutNode("out", "root", mapping.right.types[0], node=mapping.right)
    keys = [
        Key(key_name(statement.paths), statement.paths)
        for statement in mapping.body
        if isinstance(statement, TKey) and all(p.base is mapping.right for p in statement.paths)
    ]
    rows = key_tuples(low, node, keys)
    span = mapping.info.declaration.name.span
    name = f"{ir.identifier(mapping.info.name)}_keys"
    return ir.Function(name, ("c", "out"), [ir.Return(rows)], f"identities of {mapping.right.types[0]}", span)

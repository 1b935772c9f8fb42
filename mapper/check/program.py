"""Checks a whole program: tables, functions, then each mapping and the passes over it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from mapper.check import notation
from mapper.check.env import Env
from mapper.check.functions import ALLOWED_MODULES, problem_of
from mapper.check.model import Checked, Node, Side, TMapping
from mapper.check.passes import LINTS, MODULE_LINTS, PASSES
from mapper.check.statements import resolve_body
from mapper.check.tables import check_table
from mapper.diagnostics import Diagnostic, Severity, diagnostic
from mapper.resolve.program import LookupInfo, MappingInfo, Program, Scope, TableInfo
from mapper.suggest import nearest
from mapper.syntax import tree


def check(
    program: Program, allowed_modules: tuple[str, ...] = ALLOWED_MODULES
) -> tuple[Checked, list[Diagnostic]]:
    """Check all modules. A module with errors stops there with its importers; the others go on."""
    checked = Checked()
    diagnostics: list[Diagnostic] = []
    broken = {name for name, module in program.modules.items() if module.broken}
    for name, module in program.modules.items():
        if broken & set(module.imported.values()):
            broken.add(name)
        if name in broken:
            continue
        found = _check_module(program, program.scopes[name], checked, allowed_modules)
        diagnostics += found
        if _has_errors(found) or name in program.wrong:
            broken.add(name)
    return checked, list(dict.fromkeys(diagnostics))


def _check_module(
    program: Program, scope: Scope, checked: Checked, allowed: tuple[str, ...]
) -> list[Diagnostic]:
    diagnostics: list[Diagnostic] = []
    for table in scope.tables.values():
        if isinstance(table, TableInfo) and table.module == scope.module:
            checked.tables[table.qualified] = table
            diagnostics += check_table(table, program)
        elif isinstance(table, LookupInfo) and table.module == scope.module:
            checked.lookups[table.qualified] = table
    for function in scope.functions.values():
        if function.module == scope.module and (problem := problem_of(function, allowed)):
            diagnostics.append(
                diagnostic(
                    "E209",
                    f"the function `{function.name}` cannot be used: {problem}",
                    function.declaration.target.span,
                )
            )
    resolved: list[tuple[TMapping, Env]] = []
    diagnostics += _check_mappings(program, scope, checked, resolved)
    if not _has_errors(diagnostics) and scope.module not in program.wrong:
        for mapping, env in resolved:
            for lint in LINTS:
                diagnostics += lint(mapping, env)
        for module_lint in MODULE_LINTS:
            diagnostics += module_lint(program, scope)
    return diagnostics


def _check_mappings(
    program: Program, scope: Scope, checked: Checked, resolved: list[tuple[TMapping, Env]]
) -> list[Diagnostic]:
    """The module's mappings line by line; then the passes over each whose lines are right (added to `resolved`)."""
    diagnostics: list[Diagnostic] = []
    for info in scope.mappings.values():
        if info.module != scope.module:
            continue
        variants = _resolve_mapping(program, info, checked, diagnostics)
        if not variants or any(_has_errors(env.diagnostics) for _, env in variants):
            checked.broken.add(info.qualified)
        else:
            checked.mappings[info.qualified] = variants[0][0]
            if len(variants) > 1:
                checked.variants[info.qualified] = tuple(mapping for mapping, _ in variants)
            resolved += variants
        diagnostics += [found for _, env in variants for found in env.diagnostics]
    for mapping, env in resolved:
        for check_pass in PASSES:
            diagnostics += check_pass(mapping, env)
    return diagnostics


def _resolve_mapping(
    program: Program, info: MappingInfo, checked: Checked, diagnostics: list[Diagnostic]
) -> list[tuple[TMapping, Env]]:
    """One mapping's head and lines, in all its variants; what is wrong in lines is told to the environments."""
    scope = program.scopes[info.module]
    left = _root(program, scope, info.declaration.left, "left", diagnostics)
    right = _root(program, scope, info.declaration.right, "right", diagnostics)
    if left is None or right is None:
        return []
    if not notation.BY_TYPE & {left.format, right.format}:
        env = Env(program, [], left, right, checked=checked)
        return [(TMapping(info, left, right, resolve_body(env, info.statements)), env)]
    found: list[tuple[TMapping, Env]] = []
    for one, other in product(left.types, right.types):
        others: dict[Side, frozenset[str]] = {
            "left": frozenset(_called(left.format, left.types)) - {*_called(left.format, (one,))},
            "right": frozenset(_called(right.format, right.types)) - {*_called(right.format, (other,))},
        }
        lefts, rights = _only(left, one), _only(right, other)
        env = Env(program, [], lefts, rights, checked=checked, others=others)
        name = f"{one}_{other}" if found else ""
        found.append((TMapping(info, lefts, rights, resolve_body(env, info.statements), name), env))
    return found


def _only(node: Node, type_name: str) -> Node:
    """A root node as if the head named one type only."""
    return replace(node, types=(type_name,), names=_called(node.format, (type_name,)))


def _called(format: str, types: tuple[str, ...]) -> tuple[str, ...]:
    """The first steps by which lines name types: as the head does, and without the set of a loop."""
    return tuple(dict.fromkeys([*types, *(notation.bare(format, name) for name in types)]))


def _has_errors(diagnostics: list[Diagnostic]) -> bool:
    return any(d.severity is Severity.ERROR for d in diagnostics)


def _tried_to_use(scope: Scope, format: str, program: Program) -> bool:
    declarations = program.modules[scope.module].tree.declarations
    return any(isinstance(d, tree.Use) and d.format == format for d in declarations)


def _root(
    program: Program, scope: Scope, types: tree.Types, side: Side, diagnostics: list[Diagnostic]
) -> Node | None:
    """The root node of one side of a mapping's head."""
    schema = scope.schemas.get(types.format)
    if schema is None:
        if _tried_to_use(scope, types.format, program):
            return None  # told at the `use` line
        diagnostics.append(
            diagnostic(
                "E211",
                f"the file does not say which version of {types.format} it uses",
                types.span,
                help=f'add a line such as `use {types.format} "..."` at the top',
            )
        )
        return None
    for name in types.names:
        known = schema.type(name.text)
        if known is None or known.name != name.text:
            close = known.name if known is not None else nearest(name.text, schema.type_names())
            diagnostics.append(
                diagnostic(
                    "E301",
                    f"{types.format} has no type `{name.text}`",
                    name.span,
                    "unknown",
                    help=f"did you mean {close}?" if close else None,
                )
            )
            return None
    names = tuple(name.text for name in types.names)
    info = schema.type(names[0])
    resource = info is not None and info.kind == "resource"
    called = _called(types.format, names)
    return Node(side, types.format, names, called, resource=resource, many=types.repeats and resource)

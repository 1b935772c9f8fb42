"""One generated module: its text, formatted and commented, and the line map back into the `.map` file."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from mapper import __version__, ir
from mapper.emit.statements import Writer
from mapper.source import SourceFile


@dataclass(frozen=True, slots=True)
class Emitted:
    """A module's text and, for each line that implements a statement, the 1-based `.map` line (`lines[5] = 18`)."""

    name: str
    file: str
    text: str
    lines: Mapping[int, tuple[str, int]]


@cache
def _template() -> Environment:
    return Environment(
        loader=PackageLoader("mapper.emit", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Python text, and nothing but constants built by ast comes from a .map file
    )


def emit(plan: ir.ModulePlan, sources: Mapping[str, SourceFile], tracing: bool = False) -> Emitted:
    """The text of one module. Names and strings of the `.map` file stand in it only as `ast` constants."""
    writer = Writer(sources, tracing)
    functions = [writer.function(function) for function in plan.functions]
    constants = [
        (ast.unparse(ast.Assign([ast.Name(c.name, ast.Store())], c.value, lineno=0)), _comment(c.text))
        for c in plan.constants
    ]
    text = (
        _template()
        .get_template("module.py.jinja")
        .render(
            file=_comment(plan.file),
            version=__version__,
            tracing=tracing,
            decimals=any("Decimal(" in line for line, _ in constants)
            or any("Decimal(" in f for f in functions),
            imports=_imports(plan),
            constants=constants,
            functions=functions,
        )
    )
    return Emitted(plan.name, plan.file, text, writer.line_map(text))


def _imports(plan: ir.ModulePlan) -> list[str]:
    """One line for each module: absolute for the runtime and the project's functions, relative within a release."""
    names: dict[tuple[bool, str], set[str]] = {}
    for wanted in plan.imports:
        name = wanted.name if wanted.alias == wanted.name else f"{wanted.name} as {wanted.alias}"
        names.setdefault((wanted.release, wanted.module), set()).add(name)
    dots = "." * (plan.name.count(".") + 1)
    return [
        f"from {dots if release else ''}{module} import {', '.join(sorted(found))}"
        for (release, module), found in sorted(names.items())
    ]


def _comment(text: str) -> str:
    """Text for a comment: one printable line."""
    return "".join(character for character in text if character.isprintable())

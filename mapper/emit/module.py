"""One generated module: its text, formatted and commented."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from mapper import __version__, ir
from mapper.emit.expressions import text_of
from mapper.emit.statements import Writer
from mapper.source import SourceFile


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


def emit(plan: ir.ModulePlan, sources: Mapping[str, SourceFile], tracing: bool = False) -> str:
    """The text of one module. Names and strings of the `.map` file stand in it only as `ast` constants."""
    writer = Writer(sources, tracing)
    functions = [writer.function(function) for function in plan.functions]
    constants = [(f"{c.name} = {text_of(c.value)}", _comment(c.text)) for c in plan.constants]
    return (
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

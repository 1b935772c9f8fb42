"""The schemas as one module sees them: its `use` lines, its own extensions and those of all that it imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mapper import schema as formats
from mapper.diagnostics import Diagnostic, diagnostic
from mapper.resolve.modules import ModuleFile
from mapper.schema.fhir import ExtensionMember, FhirSchema
from mapper.schema.hl7v2 import Hl7v2Schema, SegmentField
from mapper.schema.model import Schema
from mapper.suggest import nearest
from mapper.syntax import tree


@dataclass(frozen=True)
class Schemas:
    """Schemas by format, and the extensions that were applied to them (in order, without repeats)."""

    by_format: Mapping[str, Schema] = field(default_factory=dict)
    extends: tuple[tree.Extend, ...] = ()

    def get(self, format: str) -> Schema | None:
        return self.by_format.get(format)


_extended: dict[tuple[object, ...], Schema] = {}


def schemas_for(
    module: ModuleFile, imported: Mapping[str, Schemas], maps: Sequence[Path] = ()
) -> tuple[Schemas, list[Diagnostic]]:
    """Load what the module uses and apply extensions: imported modules' first, then its own.

    `maps` are further X12 guides.
    """
    diagnostics: list[Diagnostic] = []
    own = [d for d in module.tree.declarations if isinstance(d, tree.Extend)]
    inherited = (extend for schemas in imported.values() for extend in schemas.extends)
    extends = tuple(dict.fromkeys([*inherited, *own]))
    by_format: dict[str, Schema] = {}
    for schemas in imported.values():
        by_format.update(schemas.by_format)
    for use in module.tree.declarations:
        if not isinstance(use, tree.Use):
            continue
        try:
            profile = use.profile.value if use.profile else None
            schema = formats.load(use.format, tuple(v.value for v in use.versions), profile, maps)
        except formats.WrongMap as error:
            diagnostics.append(diagnostic("E211", str(error), use.span, "needs the project's X12 guides"))
            continue
        except formats.SchemaError as error:
            diagnostics.append(diagnostic("E211", str(error), use.span, "not known"))
            continue
        by_format[use.format] = schema
    for format in list(by_format):
        by_format[format], problems = _extend(by_format[format], [e for e in extends if e.format == format])
        diagnostics += problems if own else []
    return Schemas(by_format, extends), diagnostics


def _extend(schema: Schema, extends: Iterable[tree.Extend]) -> tuple[Schema, list[Diagnostic]]:
    """Apply extensions, sharing the result between modules that see the same ones."""
    diagnostics: list[Diagnostic] = []
    for extend in extends:
        key = (id(schema), extend)
        if key not in _extended:
            problem = _problem(schema, extend)
            if problem is not None:
                diagnostics.append(problem)
                continue
            _extended[key] = _extended_by(schema, extend)
        schema = _extended[key]
    return schema, diagnostics


def _extended_by(schema: Schema, extend: tree.Extend) -> Schema:
    """The schema with one `extend` block: Z-segments of message structures, or named FHIR extensions."""
    types = tuple(name.text for name in extend.types)
    for member in extend.members:
        match schema, member:
            case Hl7v2Schema(), tree.Segment():
                fields = [
                    SegmentField(f.number, f.name.text, f.type.text, f.repeats, f.text or "")
                    for f in member.fields
                ]
                schema = schema.with_segment(
                    types, member.name.text, member.after.text, member.required, member.text, fields
                )
            case FhirSchema(), tree.Extension():
                schema = schema.with_extension(
                    types,
                    member.name.text,
                    member.type.text if member.type else None,
                    member.repeats,
                    member.url.value,
                    tuple(_member(m) for m in member.members),
                )
            case _:  # told by _problem
                pass
    return schema


def _problem(schema: Schema, extend: tree.Extend) -> Diagnostic | None:
    """Why an `extend` block cannot be applied."""
    wanted = tree.Segment if isinstance(schema, Hl7v2Schema) else tree.Extension
    for member in extend.members:
        if not isinstance(member, wanted):
            kind = "segments" if wanted is tree.Segment else "extensions"
            return diagnostic(
                "E305", f"{extend.format} is extended by {kind} only", member.span, "has no place here"
            )
        if isinstance(member, tree.Segment) and isinstance(schema, Hl7v2Schema):
            for name in extend.types:
                if schema.holder(name.text, member.after.text) is None:
                    return diagnostic(
                        "E305",
                        f"{name.text} has no segment {member.after.text} to stand after",
                        member.after.span,
                        "unknown",
                    )
    for name in extend.types:
        owner, _, element = name.text.rpartition(".")
        if schema.type(name.text) is None and not (owner and schema.element(owner, element)):
            close = nearest(name.text, schema.type_names())
            return diagnostic(
                "E301",
                f"{extend.format} has no type `{name.text}`",
                name.span,
                "unknown",
                help=f"did you mean {close}?" if close else None,
            )
    return None


def _member(extension: tree.Extension) -> ExtensionMember:
    return ExtensionMember(
        extension.name.text,
        extension.type.text if extension.type else None,
        extension.repeats,
        extension.url.value,
        tuple(_member(m) for m in extension.members),
    )

"""Named slices: `identifier(NPI)` is the selector that the profile's fixed values make."""

from __future__ import annotations

from mapper.check.env import Env
from mapper.check.model import Side, TAnd, TCodeIs, TCompare, TCond, TConst, TPath, TRead
from mapper.check.paths import resolve_path
from mapper.diagnostics import diagnostic
from mapper.schema.fhir import FhirSchema
from mapper.schema.model import Schema
from mapper.source import Span
from mapper.suggest import nearest
from mapper.syntax import tree


def has_slices(schema: Schema, owner: str, element: str) -> bool:
    """Whether the profile names slices of an element."""
    return isinstance(schema, FhirSchema) and bool(schema.slices(owner, element))


def slice_condition(env: Env, side: Side, owner: str, element: str, name: str, span: Span) -> TCond | None:
    """What makes an item belong to a slice, in the environment of that item; told where no values do."""
    schema = env.schema(side, span)
    assert isinstance(schema, FhirSchema)
    found = schema.slice(owner, element, name)
    if found is None:
        close = nearest(name, schema.slice_names(owner, element))
        env.tell(
            diagnostic(
                "E304",
                f"`{element}` has no slice `{name}`",
                span,
                "unknown",
                help=f"did you mean {close}?" if close else None,
            )
        )
        return None
    fixed = {path: value for path, value in found.fixed.items() if "[x]" not in path}
    terms = [term for path in fixed if (term := _term(env, side, fixed, path, span)) is not None]
    if not terms:
        env.tell(
            diagnostic(
                "E304",
                f"no fixed value tells the slice `{name}` from other items",
                span,
                "cannot be told apart",
                help="write a selector instead, such as `[system = ...]`",
            )
        )
        return None
    return terms[0] if len(terms) == 1 else TAnd(tuple(terms))


def _term(env: Env, side: Side, fixed: dict[str, object], path: str, span: Span) -> TCond | None:
    """One fixed value as a condition; the system and the code of one coding are one condition."""
    whole = path.rpartition("coding.")[0].rstrip(".") if "coding." in path else None
    if whole is None:
        leaf = _path(env, side, path, span)
        return TCompare("=", TRead(leaf), TConst(fixed[path], leaf.type, span)) if leaf is not None else None
    if not path.endswith("coding.code"):
        return None
    concept = _path(env, side, whole or "this", span)
    system = fixed.get(f"{whole}.coding.system" if whole else "coding.system")
    if concept is None:
        return None
    return TCodeIs(concept, str(system) if system is not None else None, str(fixed[path]), "CodeableConcept")


def _path(env: Env, side: Side, path: str, span: Span) -> TPath | None:
    steps = tuple(tree.Step(name, span) for name in path.split("."))
    return resolve_path(env, tree.Path(steps, span), side)

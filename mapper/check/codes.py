"""Codes against bindings: which system a bare code belongs to, and whether an element may hold it."""

from __future__ import annotations

from mapper.check.env import Env
from mapper.check.model import TAbsent
from mapper.diagnostics import diagnostic
from mapper.schema.model import Binding
from mapper.schema.systems import absent_reasons
from mapper.suggest import nearest
from mapper.syntax import tree

SHAPES = {
    "code": "code",
    "Coding": "Coding",
    "CodeableConcept": "CodeableConcept",
    "uri": None,
    "string": None,
}


def coded_shape(type_name: str) -> str | None:
    """How a FHIR type holds a code: `code`, `Coding` or `CodeableConcept`; `None` for a type that holds none."""
    return SHAPES.get(type_name)


def system_for(
    env: Env, literal: tree.String | tree.Code, binding: Binding | None, shape: str
) -> tuple[str | None, str] | None:
    """System and code of a literal for an element.

    A `code` has no system of its own. A bare string on a Coding or CodeableConcept takes the one bound system that
    holds it; none or several is an error. A code outside a required binding is an error.
    """
    if isinstance(literal, tree.Code):
        env.scope(literal.span).use(literal.system)
        system = env.scope(literal.span).systems.get(literal.system)
        if system is None:
            close = nearest(literal.system, env.scope(literal.span).systems)
            env.tell(
                diagnostic(
                    "E208",
                    f"there is no system `{literal.system}`",
                    literal.span,
                    "not declared or imported",
                    help=f"did you mean {close}?"
                    if close
                    else "import it from codes, or declare it with `system`",
                )
            )
            return None
        if not admits(env, literal, binding, system.uri, literal.code):
            return None
        return (None if shape == "code" else system.uri), literal.code
    if shape == "code":
        return (None, literal.value) if admits(env, literal, binding, None, literal.value) else None
    holders = [s for s, codes in (binding.codes or {}).items() if literal.value in codes] if binding else []
    if len(holders) == 1:
        return holders[0], literal.value
    _tell_unclear(env, literal, binding, holders)
    return None


def admits(
    env: Env, literal: tree.String | tree.Code, binding: Binding | None, system: str | None, code: str
) -> bool:
    """Whether a required binding admits the code; told where not."""
    if binding is None or binding.strength != "required" or not binding.codes:
        return True
    codes = {c for s, held in binding.codes.items() if system is None or s == system for c in held}
    if code in codes:
        return True
    every = sorted(c for held in binding.codes.values() for c in held)
    close = nearest(code, every)
    shown = ", ".join(every[:12]) + (", ..." if len(every) > 12 else "")
    env.tell(
        diagnostic(
            "E405",
            f"the code `{code}` is not in the value set that the element requires",
            literal.span,
            "not allowed here",
            notes=[f"{binding.value_set} holds {shown}"],
            help=f"did you mean {close}?" if close else None,
        )
    )
    return False


def absent(env: Env, literal: tree.Absent, format: str) -> TAbsent | None:
    """`absent "unknown"`: the reason is one that the format knows (E405)."""
    reasons = absent_reasons(format)
    if literal.flavor is None or literal.flavor in reasons:
        return TAbsent(literal.flavor, literal.span)
    close = nearest(literal.flavor, reasons)
    env.tell(
        diagnostic(
            "E405",
            f"`{literal.flavor}` is no reason for an absent value in {format}",
            literal.span,
            "not allowed here",
            notes=["known are " + ", ".join(sorted(f'"{reason}"' for reason in reasons))],
            help=f"did you mean {close}?" if close else None,
        )
    )
    return None


def _tell_unclear(env: Env, literal: tree.String, binding: Binding | None, holders: list[str]) -> None:
    if holders:
        notes = ["it stands in " + ", ".join(holders)]
    elif binding is not None and binding.codes:
        notes = [f"{binding.value_set} does not hold it"]
    else:
        notes = ["the element's value set is not known here"]
    env.tell(
        diagnostic(
            "E405",
            f"the system of the code `{literal.value}` is not clear",
            literal.span,
            "which system?",
            notes=notes,
            help="write the system before the code: `system_name|code`",
        )
    )

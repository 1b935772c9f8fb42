"""What `mapper schema` shows, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from mapper.cli.table import paragraph, table
from mapper.schema import Browsable, Element
from mapper.schema.describe import BindingDescription, Description, NotFound

_MOST_CODES = 40
_KINDS = ("message", "group", "segment", "resource", "composite", "backbone", "primitive")


def overview(schema: Browsable, names: Sequence[str]) -> str:
    """All types of a format by kind; groups and backbone elements belong to their owners and are left out."""
    infos = sorted(
        (info for name in names if (info := schema.type(name)) is not None and "." not in info.name),
        key=lambda info: (_KINDS.index(info.kind), info.name),
    )
    text = ""
    for kind, group in groupby(infos, key=lambda info: info.kind):
        text += f"{kind} types:\n" + paragraph(" ".join(info.name for info in group), "  ")
    return text


def not_found(found: NotFound, format: str) -> str:
    """Where the path ends, and what is near."""
    where = (
        f"{found.reached} has no {found.step!r}" if found.reached else f"{format} has no type {found.step!r}"
    )
    if not found.nearest:
        return where
    if found.step.isdigit():
        return f"{where}; the last is {found.nearest[0]}"
    return f"{where}; did you mean {' or '.join(found.nearest)}?"


def as_text(found: Description, all_codes: bool) -> str:
    """A description that fits a terminal."""
    return "".join(_parts(found, all_codes))


def _parts(found: Description, all_codes: bool) -> Iterator[str]:
    element = found.element
    title = element.text if element and element.text else found.type.text if found.type else ""
    yield paragraph(f"{found.path}  {title}".rstrip())
    if found.documentation and found.documentation != title:
        yield paragraph(found.documentation, "  ")
    yield "\n" + "".join(f"  {name:<12}{value}\n" for name, value in _facts(found))
    if found.binding is not None:
        yield "\n" + _binding(found.binding, all_codes)
    if found.children:
        yield "\n" + table(
            ("name", "type", "occurs", "what it is"), [_row(child) for child in found.children]
        )


def _facts(found: Description) -> Iterator[tuple[str, str]]:
    element = found.element
    if element is None:
        yield "kind", found.type.kind if found.type else ""
        return
    yield "type", _types(element)
    yield "occurs", occurs(element)
    if element.targets:
        yield "refers to", ", ".join(element.targets)
    if element.length is not None:
        yield "length", str(element.length)
    if element.choice:
        yield "choice of", element.choice
    if element.fixed:
        yield "fixed", element.fixed
    if element.extension:
        yield "extension", element.extension
    if found.profile_minimum:
        yield "profile", f"requires {found.profile_minimum}"
    if element.must_support:
        yield "profile", "must support"
    if found.slices:
        yield "slices", ", ".join(found.slices)
    if found.lacking:
        yield "not in", ", ".join(found.lacking)


def _types(element: Element) -> str:
    return " | ".join(element.types)


def occurs(element: Element) -> str:
    """`0..1`, `1..*`."""
    return f"{element.minimum}..{'*' if element.maximum is None else element.maximum}"


def _row(child: Element) -> tuple[str, str, str, str]:
    types = " | ".join(child.types) if len(child.types) < 4 else f"{child.types[0]} | ..."
    name = child.slot if child.after or not child.slot.startswith(f"{child.name}.") else child.name
    return name, types, occurs(child), child.text


def _binding(binding: BindingDescription, all_codes: bool) -> str:
    name = f" {binding.name}" if binding.name else ""
    head = f"codes ({binding.strength}):{name} {binding.value_set}"
    if binding.codes is None:
        return paragraph(f"{head}; too many to list")
    shown = binding.codes if all_codes else binding.codes[:_MOST_CODES]
    several = len({code.system for code in binding.codes}) > 1
    rows = [(code.code, f"{code.meaning}  {code.system}" if several else code.meaning) for code in shown]
    rest = len(binding.codes) - len(shown)
    more = f"... and {rest} more; --codes lists them\n" if rest else ""
    if not any(meaning for _, meaning in rows):
        return paragraph(head) + paragraph(" ".join(code for code, _ in rows), "  ") + more
    return paragraph(head) + table(("code", "meaning"), rows) + more


def as_json(found: Description) -> str:
    """The same for machines."""
    element, kind = found.element, found.type.kind if found.type else None
    told: dict[str, object] = {"path": found.path, "kind": kind, "documentation": found.documentation}
    if element is not None:
        told["element"] = _element(element)
        told |= {
            "profile_minimum": found.profile_minimum,
            "slices": list(found.slices),
            "not_in": list(found.lacking),
        }
    if found.binding is not None:
        told["binding"] = _binding_json(found.binding)
    told["children"] = [_element(child) for child in found.children]
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _element(element: Element) -> dict[str, object]:
    return {
        "name": element.name,
        "slot": element.slot,
        "types": list(element.types),
        "minimum": element.minimum,
        "maximum": element.maximum,
        "text": element.text,
        "targets": list(element.targets),
        "must_support": element.must_support,
    }


def _binding_json(binding: BindingDescription) -> dict[str, object]:
    codes = binding.codes
    listed = (
        None if codes is None else [{"system": c.system, "code": c.code, "meaning": c.meaning} for c in codes]
    )
    return {
        "strength": binding.strength,
        "value_set": binding.value_set,
        "name": binding.name,
        "codes": listed,
    }

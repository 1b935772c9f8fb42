"""Judges of output that the project did not write, and own checks where there is none.

`Judge` takes a tree and gives objections as text without values. More can be handed to `verify`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any

Objections = Iterable[str]
FhirJudge = Callable[[dict[str, Any]], Objections]
Hl7v2Judge = Callable[[bytes], Objections]


def available() -> bool:
    """Whether fhir.resources is installed (the extra `verify`)."""
    return find_spec("fhir") is not None


def shape(value: dict[str, Any], type_name: str, whole: bool = True) -> Iterator[str]:
    """fhir.resources R4B: names, types, cardinalities, formats. `whole` is off for a part that its caller completes."""
    model = _model(type_name)
    if model is None or not value:
        return
    from pydantic import ValidationError

    try:
        model.model_validate(value)
    except ValidationError as error:
        for told in error.errors(include_input=False, include_url=False):
            if whole or (
                told["type"] not in ("missing", "model_type") and "required" not in str(told["msg"]).lower()
            ):
                place = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in told["loc"])
                yield f"fhir.resources: {type_name}{place}: {str(told['msg']).split(chr(39), 1)[0].strip()}"


@cache
def _model(type_name: str) -> Any:
    from fhir.resources.R4B import get_fhir_model_class

    try:
        return get_fhir_model_class(
            type_name.replace(".", " ").title().replace(" ", "") if "." in type_name else type_name
        )
    except (KeyError, LookupError, ValueError):
        return None


def references(bundle: dict[str, Any]) -> Iterator[str]:
    """References that lead to nothing in the Bundle, and full URLs that stand twice."""
    entries = bundle.get("entry", [])
    urls = [str(entry.get("fullUrl")) for entry in entries]
    if len(set(urls)) < len(urls):
        yield "own: Bundle.entry.fullUrl: two entries have the same"
    for number, entry in enumerate(entries):
        for path, text in _references(entry.get("resource"), f"Bundle.entry[{number}].resource"):
            if text.startswith("urn:uuid:") and text not in urls:
                yield f"own: {path}: the reference leads to nothing in the Bundle"


def _references(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield f"{path}.reference", value["reference"]
        for name, child in value.items():
            yield from _references(child, f"{path}.{name}")
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from _references(child, f"{path}[{number}]")


def bundle(value: dict[str, Any]) -> Iterator[str]:
    """The judges of a whole Bundle."""
    yield from shape(value, "Bundle")
    yield from references(value)


UNJUDGED = frozenset({"2.7.1"})
"""Versions of HL7 v2 that hl7apy does not know."""


def _version(data: bytes) -> str:
    """MSH-12.1 as it is written."""
    fields = data.split(b"\r", 1)[0].split(b"|")
    return fields[11].split(b"^", 1)[0].decode("utf-8", "replace") if len(fields) > 11 else ""


def message(data: bytes) -> Iterator[str]:
    """HL7 v2: hl7apy reads it, and finds a place for every segment."""
    from hl7apy.consts import VALIDATION_LEVEL
    from hl7apy.exceptions import HL7apyException, UnsupportedVersion
    from hl7apy.parser import parse_message

    try:
        parsed = parse_message(data.decode("utf-8"), validation_level=VALIDATION_LEVEL.TOLERANT)
    except UnsupportedVersion as error:
        if _version(data) not in UNJUDGED:
            yield f"hl7apy: {type(error).__name__}"
        return
    except (HL7apyException, UnicodeDecodeError) as error:
        yield f"hl7apy: {type(error).__name__}"
        return
    placed = [line[:3] for line in parsed.to_er7().split("\r") if line]
    for name in {line[:3] for line in data.decode("utf-8").split("\r") if line}:
        if name not in placed and not name.startswith("Z"):
            yield f"hl7apy: {name}: no place in the message structure"

"""Judge a: fhir.resources (pydantic models of R4B).

Proves shape: names, types, cardinalities, primitive formats, impossible days, ids; takes any code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from tests.judges.finding import Verdict
from tests.judges.walk import Json

JUDGE = "fhir.resources"


def judge(resource: Json, path: str) -> Iterator[Verdict]:
    """The objections of the R4B model to one resource (a Bundle brings its entries with it)."""
    kind = str(resource.get("resourceType", ""))
    try:
        model = get_fhir_model_class(kind)
    except (KeyError, LookupError, ValueError):
        yield Verdict(JUDGE, "resourceType", path, "no such resource")
        return
    try:
        model.model_validate(resource)
    except ValidationError as error:
        for told in error.errors(include_input=False, include_url=False):
            yield Verdict(JUDGE, told["type"], position(path, told["loc"]), summary(told))


def position(path: str, location: tuple[int | str, ...]) -> str:
    """Pydantic's location as FHIRPath: `("name", 0, "family")` is `Patient.name[0].family`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return path + "".join(steps)


def summary(told: Any) -> str:
    """The message, without the values that some pydantic messages quote."""
    return str(told["msg"]).split("'", 1)[0].strip()

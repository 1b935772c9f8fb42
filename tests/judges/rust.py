"""Judge b: fhirkit-rs (Rust, generated from R4 4.0.1).

Catches unknown and missing elements, choices given twice, wrong JSON types, date, time and code formats,
empty strings and lists. Leaves codes, invariants, ids, references and Bundle rules to others; no FHIRPath.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import fhirkit

from tests.judges.finding import Verdict
from tests.judges.jsontext import dumps
from tests.judges.walk import Json

JUDGE = "fhirkit"
QUOTED = re.compile(r'"[^"]*"')


def judge(resource: Json, path: str) -> Iterator[Verdict]:
    """The errors that fhirkit finds in one resource; a Bundle brings its entries with it."""
    try:
        issues = fhirkit.validate(dumps(resource))
    except fhirkit.ParseError as error:
        yield Verdict(JUDGE, "parse", path, QUOTED.sub("a value", str(error)))
        return
    for issue in issues:
        if issue.severity == "error":
            yield Verdict(JUDGE, "validate", path + rest(issue.path), QUOTED.sub("the value", issue.message))


def rest(path: str) -> str:
    """The part of a position below the resource."""
    return path[path.index(".") :] if "." in path else ""

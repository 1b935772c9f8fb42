"""Judges of output that the project did not write, and own checks where there is none.

`judge_bundle` and `judge_hl7v2` return objections as text, `bundle_verdicts` as `Verdict`s; an empty list
means that no judge objects. `absent()` tells which judges could not sit and why.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tests.judges import bundle_rules, invariants, medplum, references, rust, shape, typed, uscore
from tests.judges.finding import Verdict
from tests.judges.hl7v2 import judge_hl7v2
from tests.judges.walk import Json, resources, with_contained

__all__ = ["Verdict", "absent", "bundle_verdicts", "judge_bundle", "judge_hl7v2", "resource_verdicts"]


def absent() -> dict[str, str]:
    """The judges that cannot sit, with the reason."""
    seats = {medplum.JUDGE: medplum.reason(), uscore.JUDGE: uscore.reason(), typed.JUDGE: typed.reason()}
    return {judge: reason for judge, reason in seats.items() if reason}


def judge_bundle(bundle: Json, source: bytes | None = None) -> list[str]:
    """Every objection to a Bundle, as `judge: check: FHIRPath: text`.

    With `source`, the HL7 v2 message that it was made from, the minima of US Core are asked for where the
    message has the data; without it only of resources that claim a profile.
    """
    return [str(verdict) for verdict in bundle_verdicts(bundle, source)]


def bundle_verdicts(bundle: Json, source: bytes | None = None) -> list[Verdict]:
    """The same, as data."""
    return list(dict.fromkeys(_bundle(bundle, source)))


def _bundle(bundle: Json, source: bytes | None) -> Iterator[Verdict]:
    if bundle.get("resourceType") != "Bundle":
        yield Verdict("own", "resourceType", "", "not a Bundle")
        return
    yield from shape.judge(bundle, "Bundle")
    yield from rust.judge(bundle, "Bundle")
    if medplum.reason() is None:
        yield from medplum.judge(bundle, "Bundle")
    yield from bundle_rules.judge(bundle)
    yield from references.judge(bundle)
    yield from typed.judge_references(bundle)
    for placed in resources(bundle):
        if placed.container is None:
            yield from _own(placed.resource, placed.path, source)


def resource_verdicts(resource: Json, source: bytes | None = None) -> list[Verdict]:
    """Every objection to one resource that stands alone: all judges but those of Bundles and references."""
    path = str(resource.get("resourceType", ""))
    verdicts = (*shape.judge(resource, path), *rust.judge(resource, path), *_own(resource, path, source))
    return list(dict.fromkeys(verdicts))


def _own(resource: Json, path: str, source: bytes | None) -> Iterator[Verdict]:
    """What is judged resource by resource, wherever it stands."""
    for placed in with_contained(resource, path):
        yield from invariants.judge(placed)
        yield from typed.judge(placed)
        if placed.container is None and uscore.reason() is None:
            yield from uscore.judge(placed, source)
        yield from _medplum(placed.resource, placed.path)


def _medplum(resource: Json, path: str) -> Iterator[Verdict]:
    if medplum.reason() is not None:
        return
    yield from medplum.judge(resource, path)
    if uscore.reason() is None:
        _teach()
        for url in uscore.claimed(resource):
            yield from medplum.judge(resource, path, url)


@cache
def _teach() -> None:
    medplum.add_profiles(uscore.profiles().values())

"""Known-good Bundles pass every judge; each known-bad one is caught, and the table says by whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.judges import absent, bundle_verdicts, judge_bundle, medplum, resource_verdicts, uscore
from tests.judges.samples import concept, good_bundle, reference
from tests.judges.walk import Json

Spoil = Callable[[Json], object]
PERIOD = {"start": "2026-02-01", "end": "2026-01-01"}


def one(bundle: Json, kind: str) -> Json:
    """The Bundle's resource of a type."""
    found: Json = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind)
    return found


def put(kind: str, **elements: Any) -> Spoil:
    """Overwrites elements of one resource."""
    return lambda bundle: one(bundle, kind).update(elements)


def cut(kind: str, name: str) -> Spoil:
    """Removes an element of one resource."""
    return lambda bundle: one(bundle, kind).pop(name)


def entry(index: int, **elements: Any) -> Spoil:
    """Overwrites elements of an entry."""
    return lambda bundle: bundle["entry"][index].update(elements)


def reverse(bundle: Json) -> None:
    """Puts the MessageHeader last."""
    bundle["entry"].reverse()


R, K, M, O, U = "fhir.resources", "fhirkit", "medplum", "own", "us-core"
HL7 = "http://hl7.org/fhir"
IN_ERROR = concept("condition-ver-status", "entered-in-error")
NO_TEXT = {
    "url": f"{HL7}/us/core/StructureDefinition/us-core-race",
    "extension": [{"url": "x", "valueString": "y"}],
}

# name, how to spoil, the judges that must object (others may)
BAD: list[tuple[str, Spoil, set[str]]] = [
    ("unknown element", put("Patient", nickname="x"), {R, K, M, O}),
    ("single value as list", put("Patient", gender=["female"]), {R, K, M, O}),
    ("list as single value", put("Patient", name={"family": "x"}), {R, K, M, O}),
    ("required element missing", cut("Encounter", "status"), {R, K, M, O}),
    ("two alternatives of a choice", put("Observation", valueString="x"), {R, K, O}),
    ("empty list", put("Patient", name=[]), {K, O}),
    ("empty object", put("Account", name="x", servicePeriod={}), {O}),
    ("empty string", put("Organization", name=""), {K, O}),
    ("date of one digit", put("Patient", birthDate="1985-6-22"), {R, K, M, O}),
    ("no such day", put("Patient", birthDate="1985-02-30"), {R, O}),
    ("instant without zone", put("Provenance", recorded="2026-04-21T10:15:00"), {K, M, O}),
    ("time without zone", put("Encounter", period={"start": "2026-04-21T10:15:00"}), {R, K, O}),
    ("bad id", put("Patient", id="has space"), {R, O}),
    ("code outside a required binding", put("Patient", gender="F"), {M, O}),
    ("status outside a required binding", put("Encounter", status="active"), {M, O}),
    (
        "concept outside a required binding",
        put("AllergyIntolerance", clinicalStatus=concept("v2-0203", "MR")),
        {M, O},
    ),
    ("use outside a required binding", put("Patient", name=[{"use": "legal", "family": "x"}]), {M, O}),
    ("pat-1", put("Patient", contact=[{"gender": "male"}]), {M, O}),
    (
        "con-5",
        put("Condition", clinicalStatus=concept("condition-clinical", "active"), verificationStatus=IN_ERROR),
        {M, O},
    ),
    ("con-4", put("Condition", abatementDateTime="2026-01-01"), {M, O}),
    ("ait-1", cut("AllergyIntolerance", "clinicalStatus"), {M, O}),
    ("obs-6", put("Observation", dataAbsentReason=concept("data-absent-reason", "unknown")), {M, O}),
    (
        "obs-7",
        put("Observation", component=[{"code": {"coding": [{"code": "8867-4"}]}, "valueString": "x"}]),
        {O},
    ),
    ("org-1", cut("Organization", "name"), {O}),
    (
        "cpt-2",
        put("Patient", telecom=[{"value": "555"}]),
        {O},
    ),  # medplum knows it from US Core's profiles only
    ("qty-3", put("Observation", valueQuantity={"value": 1, "code": "kg"}), {O}),
    ("per-1", put("Encounter", period=PERIOD), {O}),
    ("ext-1", put("Account", extension=[{"url": "http://x.org/e"}]), {M, O}),
    ("dom-3", put("Account", contained=[{"resourceType": "Patient", "id": "p", "gender": "male"}]), {O}),
    ("contained reference", put("Account", owner={"reference": "#o"}), {O}),
    (
        "urn reference",
        put("Account", owner={"reference": "urn:uuid:00000000-0000-0000-0000-000000000000"}),
        {O},
    ),
    ("target of reference", put("Account", owner=reference("Patient")), {O}),
    ("relative reference", put("Account", owner={"reference": "Organization/none"}), {O}),
    ("type of reference", put("Account", owner=reference("Organization") | {"type": "Patient"}), {O}),
    ("bdl-1", lambda bundle: bundle.update(total=3), {M, O}),
    ("bdl-2", entry(2, search={"mode": "match"}), {M, O}),
    ("bdl-3", entry(2, request={"method": "POST", "url": "Patient"}), {M, O}),
    ("bdl-3 transaction", lambda bundle: bundle.update(type="transaction"), {M, O}),
    ("bdl-4", entry(2, response={"status": "200"}), {M, O}),
    ("bdl-5", lambda bundle: bundle["entry"].append({"fullUrl": "urn:uuid:1"}), {M, O}),
    ("bdl-7", lambda bundle: bundle["entry"].append(bundle["entry"][2]), {M, O}),
    ("bdl-8", entry(2, fullUrl="http://x.org/Patient/1/_history/2"), {M, O}),
    ("bdl-12", reverse, {M, O}),
    ("fullUrl is no UUID", entry(2, fullUrl="urn:uuid:MRN1"), {O}),
    ("fullUrl missing", lambda bundle: bundle["entry"][2].pop("fullUrl"), {O}),
    ("US Core minimum", cut("Patient", "gender"), {M, U}),
    ("US Core race without text", put("Patient", extension=[NO_TEXT]), {U}),
    ("US Core birth sex", lambda bundle: one(bundle, "Patient")["extension"][1].update(valueCode="W"), {U}),
]


def test_the_good_bundle_passes() -> None:
    assert judge_bundle(good_bundle()) == []


@pytest.mark.parametrize(("spoil", "judges"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_bundle_is_caught(spoil: Spoil, judges: set[str]) -> None:
    if U in judges and (reason := uscore.reason()):
        pytest.skip(reason)
    bundle = good_bundle()
    spoil(bundle)
    verdicts = bundle_verdicts(bundle)
    missing = judges - {verdict.judge for verdict in verdicts} - absent().keys()
    assert verdicts
    assert not missing, "\n".join(map(str, verdicts))


def test_a_verdict_tells_where() -> None:
    bundle = good_bundle()
    one(bundle, "Patient")["contact"] = [{"gender": "male"}]
    assert any("own: pat-1: Bundle.entry[2].resource.contact[0]" in told for told in judge_bundle(bundle))


def test_a_transaction_bundle_passes() -> None:
    bundle = good_bundle() | {"type": "transaction"}
    for member in bundle["entry"]:
        resource = member["resource"]
        member["request"] = {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"}
    assert judge_bundle(bundle) == []
    bundle["entry"][2]["request"]["url"] = "Patient?identifier=a|b"
    assert judge_bundle(bundle) == []
    bundle["entry"][2]["request"]["url"] = "Encounter/x"
    assert [verdict.check for verdict in bundle_verdicts(bundle)] == ["request"]


def test_minima_are_asked_for_where_the_source_has_the_data() -> None:
    if reason := uscore.reason():
        pytest.skip(reason)
    bundle = good_bundle()
    one(bundle, "Coverage").pop("relationship")
    without = b"MSH|^~\\&|\rIN1|1|P|3\r"
    with_it = b"MSH|^~\\&|\rIN1|1|P|3" + b"|" * 14 + b"SEL\r"
    assert judge_bundle(bundle, without) == judge_bundle(bundle) == []
    assert [v.path for v in bundle_verdicts(bundle, with_it)] == ["Bundle.entry[8].resource.relationship"]


def test_us_core_examples_pass() -> None:
    if reason := uscore.reason() or medplum.reason():
        pytest.skip(reason)
    examples = uscore.members("example/")
    told = [str(verdict) for example in examples for verdict in resource_verdicts(example)]
    assert len(examples) == 183
    assert told == []

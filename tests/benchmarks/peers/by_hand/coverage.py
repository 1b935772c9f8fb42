"""IN1, IN2 as Coverage with its payor and subscriber; the fields by number, since one site shifts them."""

from __future__ import annotations

from tests.benchmarks.peers.by_hand.bundle import Builder
from tests.benchmarks.peers.by_hand.codes import SUBSCRIBER, THO
from tests.benchmarks.peers.by_hand.datatypes import Json, address, concept, human_name, identifier, telecom
from tests.benchmarks.peers.by_hand.patient import related_person
from tests.benchmarks.peers.by_hand.text import day, first, leaf, repetitions, unescape, whole
from tests.benchmarks.peers.by_hand.visit import coded, extend

STANDARD = {
    "own": 0,
    "policy": 36,
    "name": 16,
    "relationship": 17,
    "birth": 18,
    "address": 19,
    "sex": 43,
    "type": 15,
}
SHIFTED = {
    "own": 0,
    "policy": 10,
    "name": 17,
    "relationship": 19,
    "birth": 15,
    "address": 99,
    "sex": 16,
    "type": 99,
}


def coverage(in1: list[str], in2: list[str], subject: Json, builder: Builder) -> tuple[Json, int | None]:
    """A reference to the Coverage, and its priority in the account."""
    fields = SHIFTED if builder.site.shifts else STANDARD
    payor = payor_of(in1, builder)
    made: Json = {"resourceType": "Coverage", "status": "active"}
    if kind := first(in1, fields["type"]):
        made["type"] = {"coding": [{"code": kind}]}
    if fields is STANDARD and (sex := first(in1, fields["sex"])):
        extend(made, "insured-sex", {"coding": [{"code": sex}]})
    policy = first(in1, fields["policy"])
    if policy:
        made["subscriberId"] = policy
    relation = SUBSCRIBER.get(first(in1, fields["relationship"]))
    if relation == "self":
        made["subscriber"] = subject
    elif holder := related_person(in1, fields, subject, builder):
        made["subscriber"] = holder
    made["beneficiary"] = subject
    if relation:
        made["relationship"] = coded("subscriber-relationship", relation)
        if relation != "self":
            made["relationship"]["coding"] += (concept(whole(in1, fields["relationship"])) or {})["coding"]
    start, end = day(first(in1, 12)), day(first(in1, 13))
    if start or end:
        made["period"] = {name: value for name, value in (("start", start), ("end", end)) if value}
    made["payor"] = [payor] if payor else []
    if classes := classes_of(in1):
        made["class"] = classes
    insured(made, in2, builder)
    if fields is SHIFTED and (employer := first(in1, 11)):
        holder = {"resourceType": "Organization", "active": True, "name": employer}
        made["policyHolder"] = builder.add(holder, employer)
    key = f"{subject['reference']}|{payor['reference'] if payor else ''}|{policy}"
    priority = first(in1, 22)
    return builder.add(made, key), int(priority) if priority.isdigit() else None


def payor_of(in1: list[str], builder: Builder) -> Json | None:
    """The insurance company."""
    made: Json = {"resourceType": "Organization", "active": True}
    if identifiers := [known for raw in repetitions(in1, 3) if (known := identifier(raw, builder.site))]:
        made["identifier"] = identifiers
    if name := first(in1, 4):
        made["name"] = name
    if not ({"identifier", "name"} & made.keys()):
        return None
    if points := [point for raw in repetitions(in1, 7) if (point := telecom(raw, "work"))]:
        made["telecom"] = points
    if places := [place for raw in repetitions(in1, 5) if (place := address(raw))]:
        made["address"] = places
    if contacts := [{"name": who} for raw in repetitions(in1, 6) if (who := human_name(raw))]:
        made["contact"] = contacts
    key = f"{identifiers[0].get('system', '')}|{identifiers[0]['value']}" if identifiers else name
    return builder.add(made, key)


def classes_of(in1: list[str]) -> list[Json]:
    """The plan and the group."""
    plan = whole(in1, 2).split("^")
    rows = (("plan", leaf(plan, 0), leaf(plan, 1)), ("group", first(in1, 8), first(in1, 9)))
    made = []
    for kind, value, name in rows:
        if value:
            row = {"type": {"coding": [{"system": f"{THO}/coverage-class", "code": kind}]}, "value": value}
            if name:
                row["name"] = name
            made.append(row)
    return made


def insured(made: Json, in2: list[str], builder: Builder) -> None:
    """IN2: employee id, social security number, employer."""
    for raw in repetitions(in2, 1):
        extend(made, "insured-employee-id", identifier(raw, builder.site), "valueIdentifier")
    if number := first(in2, 2):
        extend(made, "insured-ssn", number, "valueString")
    for raw in repetitions(in2, 3):
        extend(made, "insured-employer-name", unescape(raw.partition("^")[0]), "valueString")
    extend(made, "insured-language", concept(whole(in2, 34)))

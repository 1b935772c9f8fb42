"""ADT bytes to the JSON bytes of a message Bundle."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import orjson

from tests.benchmarks.peers.by_hand import clinical, coverage, patient, visit
from tests.benchmarks.peers.by_hand.bundle import Builder
from tests.benchmarks.peers.by_hand.codes import OWN, STANDARD, THO, YES_NO
from tests.benchmarks.peers.by_hand.datatypes import Json, Site, concept, identifier, when
from tests.benchmarks.peers.by_hand.text import first, repetitions, unescape, whole

BASE = "https://lakeside.example/fhir"
SITE = Site(BASE, ZoneInfo("America/Chicago"))
PRACTICE = "https://practice123.example"
ECW_SITE = Site(
    PRACTICE, ZoneInfo("America/Chicago"), {"PRACTICE": f"{PRACTICE}/mrn", "ECW": f"{PRACTICE}/hl7"}
)
AGENT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"


def to_fhir(data: bytes, site: Site = SITE) -> bytes:
    """One ADT message (standard delimiters) as a FHIR message Bundle."""
    segments = [line.split("|") for line in data.decode().split("\r") if line]
    segments[0].insert(1, "|")
    builder = Builder(site)
    header = message_header(segments[0], builder)
    single = {segment[0]: segment for segment in segments}
    event = first(segments[0], 9) and segments[0][9].split("^")[1]
    subject_resource = patient.patient(single["PID"], builder)
    known = subject_resource.get("identifier", [{}])[0]
    subject = builder.add(subject_resource, f"{known.get('system', '')}|{known.get('value', '')}")
    encounter = visit.encounter(single.get("PV1", []), event, subject, builder)
    number = encounter.get("identifier", [{}])[0].get("value") or first(single.get("PV1", []), 44)
    seen = builder.add(encounter, f"{subject['reference']}|{number}")
    if importance := concept(whole(single.get("PV1", []), 16)):
        held = {"url": f"{STANDARD}/patient-importance", "valueCodeableConcept": importance}
        subject_resource.setdefault("extension", []).append(held)
    account = account_of(single["PID"], subject, encounter, builder)
    walk(segments, subject_resource, encounter, account, {"subject": subject, "encounter": seen}, builder)
    header["focus"] = [subject, seen]
    provenance(single.get("EVN", []), event, builder)
    updated(single["PID"], segments[0], subject, builder)
    return orjson.dumps(envelope(segments[0], builder, site))


def envelope(msh: list[str], builder: Builder, site: Site) -> Json:
    """The Bundle around the entries."""
    made: Json = {"resourceType": "Bundle"}
    if control := first(msh, 10):
        made["identifier"] = {"system": f"{site.base}/message", "value": control}
    made["type"] = "message"
    if moment := when(whole(msh, 7), site):
        made["timestamp"] = moment
    made["entry"] = builder.entries
    return made


def message_header(msh: list[str], builder: Builder) -> Json:
    """MSH as MessageHeader."""
    event = whole(msh, 9).split("^")
    made: Json = {"resourceType": "MessageHeader"}
    if processing := first(msh, 11):
        made["meta"] = {"tag": [{"system": f"{THO}/v2-0103", "code": processing}]}
    made["eventCoding"] = {"system": f"{THO}/v2-0003", "code": event[1]}
    if version := first(msh, 12):
        made["extension"] = [{"url": f"{OWN}/message-version", "valueString": version}]
    if language := first(msh, 19):
        made["language"] = language
    receiver = application(whole(msh, 5), builder.site)
    made["destination"] = [receiver]
    made["source"] = application(whole(msh, 3), builder.site)
    builder.add(made, first(msh, 10))
    for number, target, name in ((6, receiver, "receiver"), (4, made, "sender")):
        country = first(msh, 17) if number == 4 else ""
        if organization := facility(whole(msh, number), country, builder):
            target[name] = organization
    return made


ABSENT = {"extension": [{"url": f"{STANDARD}/data-absent-reason", "valueCode": "unknown"}]}


def application(raw: str, site: Site) -> Json:
    """HD of an application, with its OID as endpoint or the reason why it has none."""
    parts = raw.split("^")
    made: Json = {"name": unescape(parts[0])}
    if known := site.authorities.get(parts[0]):
        return {**made, "endpoint": known}
    if len(parts) > 2 and parts[2] == "ISO":
        made["endpoint"] = f"urn:oid:{parts[1]}"
    else:
        made["_endpoint"] = ABSENT
    return made


def facility(raw: str, country: str, builder: Builder) -> Json | None:
    """HD as a reference to an Organization."""
    parts = raw.split("^")
    name = unescape(parts[0])
    if not name:
        return None
    made: Json = {"resourceType": "Organization", "active": True, "name": name}
    key = name
    if len(parts) > 2 and parts[2] == "ISO":
        key = f"urn:oid:{parts[1]}"
        made["identifier"] = [{"value": key, "system": "urn:ietf:rfc:3986"}]
    reference = builder.add(made, key)
    if country:
        builder.resource(reference)["address"] = [{"country": country}]
    return reference


def account_of(pid: list[str], subject: Json, encounter: Json, builder: Builder) -> Json:
    """The account of PID-18, or an empty one that is not added."""
    made: Json = {"resourceType": "Account", "status": "active", "subject": [subject]}
    numbers = repetitions(pid, 18)
    if numbers and (known := identifier(numbers[0], builder.site)):
        made["identifier"] = [known]
        encounter["account"] = [builder.add(made, f"{known.get('system', '')}|{known['value']}")]
    return made


def walk(
    segments: list[list[str]], person: Json, encounter: Json, account: Json, links: Json, builder: Builder
) -> None:
    """The segments that repeat, in order; a ROL belongs to the patient before PV1 and to the visit after it."""
    subject = links["subject"]
    in_visit = False
    for index, segment in enumerate(segments):
        name = segment[0]
        if name == "ROL":
            role(segment, in_visit, person, encounter, builder)
        elif name == "PV1":
            in_visit = True
        elif name == "IN1":
            after = segments[index + 1] if index + 1 < len(segments) else []
            policy(segment, after if after[:1] == ["IN2"] else [], account, subject, builder)
        elif name in CLINICAL:
            clinical_segment(segment, encounter, links, builder)
        else:
            administrative_segment(segment, person, encounter, account, subject, builder)


CLINICAL = frozenset({"OBX", "AL1", "DG1", "PR1"})


def clinical_segment(segment: list[str], encounter: Json, links: Json, builder: Builder) -> None:
    """OBX, AL1, DG1, PR1."""
    name = segment[0]
    if name == "OBX":
        clinical.observation(segment, links, builder)
    elif name == "AL1":
        clinical.allergy(segment, links["subject"], builder)
    elif name == "DG1":
        clinical.condition(segment, links, encounter, builder)
    else:
        clinical.procedure(segment, links, builder)


def administrative_segment(
    segment: list[str], person: Json, encounter: Json, account: Json, subject: Json, builder: Builder
) -> None:
    """PD1, NK1, PV2, GT1, ACC; the others are read elsewhere."""
    name = segment[0]
    if name == "NK1":
        if contact := patient.contact(segment, builder):
            person.setdefault("contact", []).append(contact)
        patient.relative(segment, subject, builder)
    elif name == "PD1":
        primary_care(segment, person, builder)
    elif name == "PV2":
        visit.details(encounter, segment, builder)
    elif name == "GT1":
        patient.guarantor(segment, account, subject, builder)
    elif name == "ACC":
        accident(segment, encounter, builder)


def primary_care(pd1: list[str], person: Json, builder: Builder) -> None:
    """PD1-3 and PD1-4 as general practitioners."""
    found = [builder.organization(raw) for raw in repetitions(pd1, 3)]
    found += [builder.practitioner(raw) for raw in repetitions(pd1, 4)]
    if known := [reference for reference in found if reference]:
        person["generalPractitioner"] = known
    if (guarded := YES_NO.get(first(pd1, 12))) is not None:
        visit.extend(person, "protection-indicator", guarded, "valueBoolean")


def role(rol: list[str], in_visit: bool, person: Json, encounter: Json, builder: Builder) -> None:
    """ROL as a general practitioner or a participant."""
    made = visit.role(rol, builder)
    if made is None:
        return
    if in_visit:
        row: Json = {"individual": made}
        if kind := visit.role_code(rol):
            row["type"] = [kind]
        start, end = when(whole(rol, 5), builder.site), when(whole(rol, 6), builder.site)
        if start or end:
            row["period"] = {name: value for name, value in (("start", start), ("end", end)) if value}
        encounter.setdefault("participant", []).append(row)
    else:
        person.setdefault("generalPractitioner", []).append(made)


def policy(in1: list[str], in2: list[str], account: Json, subject: Json, builder: Builder) -> None:
    """IN1 and IN2 as a Coverage of the account."""
    reference, priority = coverage.coverage(in1, in2, subject, builder)
    row: Json = {"coverage": reference}
    if priority:
        row["priority"] = priority
    account.setdefault("coverage", []).append(row)


def accident(acc: list[str], encounter: Json, builder: Builder) -> None:
    """ACC as one extension of the visit."""
    rows = (
        ("time", "valueDateTime", when(whole(acc, 1), builder.site)),
        ("code", "valueCodeableConcept", concept(whole(acc, 2))),
        ("location", "valueString", unescape(first(acc, 3))),
        ("autoAccidentState", "valueCodeableConcept", concept(whole(acc, 4))),
        ("jobRelated", "valueBoolean", YES_NO.get(first(acc, 5))),
        ("deathIndicator", "valueBoolean", YES_NO.get(first(acc, 6))),
    )
    parts = [{"url": name, kind: value} for name, kind, value in rows if value is not None and value != ""]
    if parts:
        held = {"url": f"{OWN}/accident", "extension": parts}
        encounter.setdefault("extension", []).append(held)


def updated(pid: list[str], msh: list[str], subject: Json, builder: Builder) -> None:
    """PID-33 and PID-34 as the Provenance of the patient's data."""
    moment, name = when(whole(pid, 33), builder.site), first(pid, 34)
    if moment is None:
        return
    recorded = when(whole(msh, 7), builder.site)
    made: Json = {"resourceType": "Provenance", "target": [subject], "recorded": recorded, "agent": []}
    made["occurredDateTime"] = moment
    made["activity"] = visit.coded("v3-DataOperation", "UPDATE")
    if who := facility(name, "", builder):
        made["agent"].append({"type": {"coding": [{"system": AGENT, "code": "performer"}]}, "who": who})
    builder.add(made, f"{subject['reference']}|update")


def provenance(evn: list[str], event: str, builder: Builder) -> None:
    """EVN as Provenance of the message."""
    header = {"reference": builder.entries[0]["fullUrl"]}
    made: Json = {"resourceType": "Provenance", "target": [header]}
    if occurred := when(whole(evn, 6), builder.site):
        made["occurredDateTime"] = occurred
    made["recorded"] = when(whole(evn, 2), builder.site)
    made["activity"] = visit.coded("v2-0003", event)
    if (place := whole(evn, 7)) and (seen := builder.location(f"^^^{place.replace('^', '&')}")):
        made["location"] = seen
    agents = [who for raw in repetitions(evn, 5) if (who := builder.practitioner(raw))]
    kind = {"coding": [{"system": AGENT, "code": "enterer"}]}
    made["agent"] = [{"type": kind, "who": who} for who in agents]
    if (sender := builder.entries[0]["resource"].get("sender")) is not None:
        author = {"coding": [{"system": AGENT, "code": "author"}]}
        made["agent"].append({"type": author, "who": sender})
    builder.add(made, f"{header['reference']}|event")

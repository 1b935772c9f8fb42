"""TA1, 999 and 277CA: made for what came in, accepted by pyx12, read back as what they say, tied to what was sent."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapper.schema.x12_data import envelope
from runtime.codecs.x12 import MemoryControlNumbers, read
from runtime.errors import Finding
from runtime.x12.acknowledge import Interchange, Note, Policy, Report, answers, collect, read_acknowledgement
from runtime.x12.acknowledge.source_map import Key, MappedSegment, Origin, SourceMap, dump, load
from runtime.x12.acknowledge.tie import Sent, Tied, tie
from runtime.x12.acknowledge.validation import checked_by
from runtime.x12.acknowledge.write import KINDS, Kind
from runtime.x12.validate import Validation, load_lists
from tests.x12 import judge
from tests.x12.claims import claims
from tests.x12.document import Document
from tests.x12.faults import KINDS as KINDS_OF_FAULTS
from tests.x12.faults import Seeded, document, plant
from tests.x12.tables import tables

NOW = datetime(2025, 2, 11, 8, 30)  # noqa: DTZ001  # local time of the receiver
SETS = ["837P", "837I", "835"]


def received(data: bytes) -> list[Interchange]:
    return list(collect(read(data, tables())))


def sent_files(data: bytes) -> list[Interchange]:
    return list(collect(read(data, tables()), lines=True))


def answer(data: bytes, kinds: Sequence[Kind] = KINDS, policy: Policy | None = None) -> dict[Kind, bytes]:
    numbers = MemoryControlNumbers()
    policy = policy or Policy(always=True)
    found = [a for each in received(data) for a in answers(each, tables(), numbers, NOW, kinds, policy)]
    return {each.kind: each.data for each in found}


def report(data: bytes) -> Report:
    return read_acknowledgement(data, tables())


@pytest.mark.parametrize("set_name", SETS)
@pytest.mark.parametrize("seed", range(6))
def test_answers_to_valid_files_accept_everything_and_are_valid(set_name: str, seed: int) -> None:
    sent = document(set_name, seed)
    made = answer(sent.bytes())
    assert set(made) == ({"ta1", "999"} if set_name == "835" else {"ta1", "999", "277ca"})
    for data in made.values():
        assert judge.verdict(data) == (True, [])
        told = report(data)
        assert told.findings == []
        assert not told.rejected
    (group,) = report(made["999"]).groups
    assert (group.code, group.accepted, group.received) == (
        "A",
        len(sent.transactions),
        len(sent.transactions),
    )
    assert [t.control for t in group.transactions] == [t.control for t in sent.transactions]


@pytest.mark.parametrize("set_name", ["837P", "837I"])
@pytest.mark.parametrize("seed", range(6))
def test_a_277ca_has_each_claim_once_and_its_totals_are_what_was_sent(set_name: str, seed: int) -> None:
    sent = document(set_name, seed, size=3)
    told = report(answer(sent.bytes())["277ca"])
    clms = [segment for _, _, segment in sent.rows() if segment.id == "CLM"]
    assert sorted((c.control, c.charge) for c in told.claims) == sorted(
        (s.get(1), Decimal(s.get(2))) for s in clms
    )
    assert [b.batch for b in told.batches] == [s.get(3) for _, _, s in sent.rows() if s.id == "BHT"]
    assert sum(b.accepted for b in told.batches) == len(clms)
    assert sum(b.charge or 0 for b in told.batches) == sum(Decimal(s.get(2)) for s in clms)


def test_answers_depend_on_nothing_but_their_input() -> None:
    data = document("837P", 1).bytes()
    assert answer(data) == answer(data)
    assert b"250211" in answer(data)["999"][:106]


def test_sender_and_receiver_change_places() -> None:
    sent = claims("837P", 3, plain=True)
    sent.sender, sent.receiver = "CLINIC", "PAYER"
    isa = answer(sent.bytes())["999"].split(b"*")
    assert [part.strip() for part in (isa[6], isa[8])] == [b"PAYER", b"CLINIC"]


# -- what is wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_an_unknown_segment_rejects_its_claim_only(seed: int) -> None:
    seeded = plant("unknown-segment", seed, "837P")
    made = answer(seeded.data)
    assert judge.verdict(made["999"]) == (True, [])
    told = report(made["999"])
    faults = [(t.control, f) for t in told.groups[0].transactions for f in t.faults]
    assert [(control, f.segment, f.ordinal, f.code) for control, f in faults] == [
        (seeded.place.transaction, "ZZZ", seeded.place.ordinal, "1")
    ]
    fault = faults[0][1]
    assert seeded.place.loop.startswith(fault.loop)
    bad = [t for t in told.groups[0].transactions if t.code != "A"]
    assert [t.control for t in bad] == [seeded.place.transaction]
    if bad[0].code == "E" and "277ca" in made:
        assert judge.verdict(made["277ca"]) == (True, [])
        claims_told = report(made["277ca"]).claims
        rejected = [c.control for c in claims_told if c.rejected]
        assert rejected
        if fault.claim:
            assert rejected == [fault.claim]


@pytest.mark.parametrize(
    ("kind", "code"), [("segment-count", "4"), ("transaction-control", "3")], ids=["count", "control"]
)
@pytest.mark.parametrize("seed", range(3))
def test_a_bad_trailer_rejects_its_transaction_only(kind: str, code: str, seed: int) -> None:
    seeded = plant(kind, seed)
    (group,) = report(answer(seeded.data)["999"]).groups
    rejected = [t for t in group.transactions if t.rejected]
    assert [(t.control, t.codes) for t in rejected] == [(seeded.place.transaction, (code,))]
    assert group.code == ("P" if len(group.transactions) > 1 else "R")
    assert group.accepted == len(group.transactions) - 1


def test_a_bad_group_count_is_told_and_rejects_nothing() -> None:
    (group,) = report(answer(plant("group-count", 1).data)["999"]).groups
    assert (group.code, group.codes) == ("E", ("5",))
    assert group.declared != group.received == group.accepted


def test_the_999_of_a_file_without_st03_is_there() -> None:
    sent = claims("837P", 2, plain=True)
    for transaction in sent.transactions:
        transaction.segments[0].elements = transaction.segments[0].elements[:3]
    made = answer(sent.bytes())["999"]
    assert judge.verdict(made) == (True, [])
    assert {t.version for t in report(made).groups[0].transactions} == {"005010X222A1"}


def test_an_unknown_set_is_rejected() -> None:
    data = claims("837P", 2, plain=True).bytes().replace(b"ST*837*", b"ST*999999*")
    (group,) = report(answer(data)["999"]).groups
    assert group.code == "R"
    assert {t.codes[0] for t in group.transactions} == {"1"}
    assert "277ca" not in answer(data)


def test_acknowledgements_are_not_acknowledged() -> None:
    data = answer(document("837P", 1).bytes())["999"]
    assert answer(data, policy=Policy()) == {}


def test_a_ta1_comes_when_it_is_asked_for_or_due() -> None:
    sent = document("837P", 1)
    assert "ta1" not in answer(sent.bytes(), policy=Policy())
    asked = bytearray(sent.bytes())
    asked[100:101] = b"1"  # ISA14
    assert "ta1" in answer(bytes(asked), policy=Policy())
    sent.iea_control = "000000000"
    made = answer(sent.bytes(), policy=Policy())
    (told,) = report(made["ta1"]).interchanges
    assert (told.code, told.note, told.control) == ("E", "001", f"{sent.interchange:09d}")
    assert not report(made["999"]).rejected


@pytest.mark.parametrize("seed", range(4))
def test_a_cut_interchange_is_answered(seed: int) -> None:
    data = document("837P", seed, size=3).bytes()
    cut = data[: int(len(data) * (0.3 + 0.15 * seed))]
    made = answer(cut, policy=Policy())
    (told,) = report(made["ta1"]).interchanges
    assert (told.code, told.note) == ("E", "023")
    transactions = report(made["999"]).groups[0].transactions
    assert transactions[-1].codes[0] == "2"
    assert transactions[-1].rejected
    assert all(judge.verdict(each)[0] for each in made.values())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SETS), st.integers(0, 300), st.randoms(use_true_random=False))
def test_whatever_comes_in_is_answered_without_an_error(set_name: str, seed: int, rng: object) -> None:
    data = bytearray(document(set_name, seed, size=1).bytes())
    for _ in range(rng.randint(1, 10)):  # type: ignore[attr-defined]
        data[rng.randrange(106, len(data))] = rng.choice(b"~*:A0-.\x00\xff ")  # type: ignore[attr-defined]
    for made in answer(bytes(data)).values():
        told = report(made)
        assert [f for f in told.findings if f.level == "error"] == []


# -- reading -----------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 100), st.randoms(use_true_random=False))
def test_a_broken_acknowledgement_never_raises(kind: Kind, seed: int, rng: object) -> None:
    data = bytearray(answer(document("837P", seed, size=1).bytes())[kind])
    for _ in range(rng.randint(1, 10)):  # type: ignore[attr-defined]
        data[rng.randrange(len(data))] = rng.choice(b"~*:A0-.\x00\xff ")  # type: ignore[attr-defined]
    told = report(bytes(data[: rng.randrange(len(data))]))  # type: ignore[attr-defined]
    assert isinstance(list(tie(told, Sent())), list)


@given(st.binary(max_size=400))
def test_noise_is_no_acknowledgement(data: bytes) -> None:
    assert "error" in {finding.level for finding in report(data).findings}


def test_totals_that_differ_are_told() -> None:
    made = answer(document("837P", 1, size=1).bytes())["277ca"]
    told = report(made.replace(b"QTY*90*1~", b"QTY*90*7~"))
    assert [f.code for f in told.findings] == ["R513"]


def test_another_transaction_is_passed_over() -> None:
    told = report(document("835", 1).bytes())
    assert {f.code for f in told.findings} == {"R514"}


# -- tying -------------------------------------------------------------------------------------


def tied(data: bytes, sent: Document, sources: SourceMap | None = None) -> list[Tied]:
    found = list(tie(report(data), Sent(sent_files(sent.bytes())), sources))
    assert [each for each in found if isinstance(each, Finding)] == []
    return [each for each in found if isinstance(each, Tied)]


def sources_of(sent: Document) -> SourceMap:
    """A map in which each element of each segment comes from a path that names it."""
    lines: list[bytes] = []
    for transaction in sent.transactions:
        key = Key(f"{sent.interchange:09d}", str(sent.group), transaction.control)
        lines += dump(key, sent.set, mapped(transaction.control, transaction.rows()))
    return load(io.BytesIO(b"".join(lines)))


def mapped(control: str, rows: object) -> Iterator[MappedSegment]:
    for ordinal, segment in rows:  # type: ignore[attr-defined]
        origins = {
            str(n): Origin((f"{control}.{segment.id}[{ordinal}].{n}",), (f"claim.map:{ordinal}",))
            for n in range(1, len(segment.elements))
        }
        yield MappedSegment(ordinal, segment.id, segment.loop, origins)


@pytest.mark.parametrize("seed", range(4))
def test_a_277ca_is_tied_to_claims_and_their_sources(seed: int) -> None:
    sent = document("837P", seed)
    sources = sources_of(sent)
    found = [each for each in tied(answer(sent.bytes())["277ca"], sent, sources) if each.what == "claim"]
    clms = {
        (transaction.control, segment.get(1), ordinal)
        for transaction, ordinal, segment in sent.rows()
        if segment.id == "CLM"
    }
    assert {(each.key.transaction, each.claim, each.ordinal) for each in found} == clms
    for each in found:
        assert f"{each.key.transaction}.CLM[{each.ordinal}].2" in each.origin.paths
        assert each.origin.lines == (f"claim.map:{each.ordinal}",)


@pytest.mark.parametrize("seed", range(6))
def test_a_fault_of_a_999_is_tied_to_its_claim_and_source(seed: int) -> None:
    """What the receiver found in a file with a fault, beside what was sent: the same file."""
    seeded = plant("unknown-segment", seed, "837P")
    made = answer(seeded.data)["999"]
    sources = SourceMap()
    where = seeded.place
    origin = Origin(("Claim.note[0]",), ("claim.map:7",))
    sources.add(
        Key("", "", where.transaction), [MappedSegment(where.ordinal, "ZZZ", where.loop, {"": origin})]
    )
    found = list(tie(report(made), Sent(sent_files(seeded.data)), sources))
    (fault,) = [each for each in found if isinstance(each, Tied) and each.what == "fault"]
    assert fault.ordinal == where.ordinal
    owner = next(t for t in received(seeded.data)[0].groups[0].transactions if t.control == where.transaction)
    before = [claim.control for claim in owner.claims if claim.ordinal <= where.ordinal]
    if where.loop[:2] in ("23", "24"):
        assert fault.claim == before[-1]


def test_what_answers_nothing_that_was_sent_is_told() -> None:
    made = answer(document("837P", 1, size=1).bytes())
    for data, count in ((made["ta1"], 1), (made["999"], 2), (made["277ca"], 2)):
        found = list(tie(report(data), Sent(sent_files(document("837P", 2, size=1).bytes()))))
        assert [each.code for each in found if isinstance(each, Finding)] == ["R511"] * count


def test_a_source_map_comes_back_and_bad_lines_are_told() -> None:
    key = Key("000000907", "1", "0001")
    origins = {"5.3": Origin((), ("claim.map:44",)), "2": Origin(("Claim.total",), ("claim.map:41",))}
    lines = b"".join(
        dump(key, "837P", [MappedSegment(23, "CLM", "2300", origins), MappedSegment(24, "DTP", "2300")])
    )
    held = load(io.BytesIO(lines))
    assert held.findings == []
    assert len(held) == 1
    assert held.origin(key, 23, 2) == Origin(("Claim.total",), ("claim.map:41",))
    assert held.origin(key, 23, 5, 3) == held.origin(Key("", "", "0001"), 23, 5) == origins["5.3"]
    assert held.origin(key, 23) == Origin(("Claim.total",), ("claim.map:44", "claim.map:41"))
    assert not held.origin(key, 24)
    assert not held.origin(Key("", "2", "0001"), 23)
    bad = load(io.BytesIO(b'{"n":1,"from":{}}\nnoise\n[]\n{"source_map":9}\n' + lines))
    assert [finding.code for finding in bad.findings] == ["R515"] * 4
    assert len(bad) == 1


@given(st.binary(max_size=300))
def test_a_source_map_of_noise_never_raises(data: bytes) -> None:
    assert len(load(io.BytesIO(data))) == 0


# -- with validation ---------------------------------------------------------------------------

WHOLE = {"segment-count", "transaction-control", "group-count"}
"""Faults of the envelope: no claim is at fault."""


def validated(data: bytes) -> dict[Kind, bytes]:
    validation = Validation(tables(), load_lists([]), envelope())
    numbers = MemoryControlNumbers()
    found = [
        answer
        for each in collect(read(data, tables()), checked_by(validation))
        for answer in answers(each, tables(), numbers, NOW)
    ]
    return {each.kind: each.data for each in found}


@pytest.mark.parametrize("set_name", SETS)
@pytest.mark.parametrize("seed", range(5))
def test_a_valid_file_is_accepted_by_validation_too(set_name: str, seed: int) -> None:
    for data in validated(document(set_name, seed).bytes()).values():
        told = report(data)
        assert judge.verdict(data) == (True, [])
        assert not told.rejected
        assert {t.code for g in told.groups for t in g.transactions} <= {"A"}


@pytest.mark.parametrize("kind", sorted(set(KINDS_OF_FAULTS) - WHOLE))
@pytest.mark.parametrize("seed", range(2))
def test_a_seeded_fault_is_told_at_its_place(kind: str, seed: int) -> None:
    """The 999 has the fault with its trigger, or, for claims, the 277CA rejects those that have it and no other."""
    seeded = plant(kind, seed)
    made = validated(seeded.data)
    assert judge.verdict(made["999"]) == (True, [])
    told = report(made["999"])
    faults = [(t.control, f) for g in told.groups for t in g.transactions for f in t.faults]
    places = {(p.transaction, p.segment, p.ordinal) for p in seeded.places}
    if seeded.snip <= 2 or seeded.set == "835":
        assert places & {(control, f.segment, f.ordinal) for control, f in faults}
        assert {control for control, _ in faults} == {seeded.place.transaction}
    else:
        assert all(fault.triggers for _, fault in faults)
        assert bool(faults) <= (seeded.snip == 4)
        rejected = {c.control for c in report(made["277ca"]).claims if c.rejected}
        assert rejected == owners(seeded)


def owners(seeded: Seeded) -> set[str]:
    """The claims that a fault belongs to: the one around it, or those below its subscriber, patient or provider."""
    (interchange,) = received(seeded.clean)
    place = seeded.place
    (transaction,) = [t for g in interchange.groups for t in g.transactions if t.control == place.transaction]
    level, index = transaction.place_of(Note(place.segment, place.ordinal, place.loop))
    found = set()
    for number, claim in enumerate(transaction.claims):
        places = {"claim": number, "provider": claim.provider, "subscriber": claim.subscriber}
        if (places | {"patient": claim.person})[level] == index:
            found.add(claim.control)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_warnings_are_not_told(seed: int) -> None:
    sent = document("837P", seed, frozenset({"rendering"}))
    for transaction in sent.transactions:
        lines = [s for s in transaction.segments if s.id == "REF" and s.get(1) == "6R"]
        for segment in lines:
            segment.put(2, lines[0].get(2))  # a line's number that stands twice is a warning
    told = report(validated(sent.bytes())["999"])
    assert {t.code for t in told.groups[0].transactions} == {"A"}


def test_copies_of_bad_data_only_when_asked_for() -> None:
    seeded = plant("too-long", 1, "837P")
    validation = Validation(tables(), load_lists([]), envelope(), 5, values=True)
    for wanted in (False, True):
        (interchange,) = collect(read(seeded.data, tables()), checked_by(validation))
        policy = Policy(copies=wanted)
        (made,) = answers(interchange, tables(), MemoryControlNumbers(), NOW, ["999"], policy)
        assert (b"AAAAAAAA" in made.data) is wanted
        assert judge.verdict(made.data) == (True, [])


@pytest.mark.parametrize(("at", "code"), [(32, "005"), (51, "007"), (102, "020")])
def test_a_bad_element_of_an_isa_is_told_by_a_ta1(at: int, code: str) -> None:
    data = bytearray(claims("837P", 1, plain=True).bytes())
    data[at : at + 1] = b"?"
    (told,) = report(validated(bytes(data))["ta1"]).interchanges
    assert (told.code, told.note) == ("E", code)


def test_many_faults_reject_every_claim_that_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The 999 lists the first faults only; the 277CA knows them all."""
    monkeypatch.setattr("runtime.x12.acknowledge.received.MOST_NOTES", 3)
    sent = document("837P", 5, size=4)
    for _, _, segment in sent.rows():
        if segment.id == "CLM":
            segment.put(7, "X")
    made = validated(sent.bytes())
    told = report(made["999"])
    assert {len(t.faults) for g in told.groups for t in g.transactions} == {3}
    verdicts = report(made["277ca"]).claims
    assert len(verdicts) == sum(segment.id == "CLM" for _, _, segment in sent.rows())
    assert all(verdict.rejected for verdict in verdicts)
    assert judge.verdict(made["277ca"]) == (True, [])


def test_claims_below_an_unknown_level_are_answered() -> None:
    sent = document("837P", 5, size=1)
    for _, _, segment in sent.rows():
        if segment.id == "HL":
            segment.put(3, "20" if segment.get(3) == "99" else "99")
    for data in validated(sent.bytes()).values():
        assert [f for f in report(data).findings if f.level == "error"] == []


def test_answers_are_ascii() -> None:
    data = claims("837P", 4, plain=True).text().replace("*PREMIER BILLING SERVICE*", "*PRÉMIER*").encode()
    for made in validated(data).values():
        assert made.isascii()
        assert judge.verdict(made) == (True, [])


@pytest.mark.parametrize(
    "gs", [b"GS~", b"GS*HC*A*B*20250101*0900~", b"GS**A*B*20250101*0900*1*X*005010X222A1~"]
)
def test_a_group_without_a_number_or_kind_is_not_answered(gs: bytes) -> None:
    data = claims("837P", 4, plain=True).bytes()
    start = data.index(b"GS*")
    broken = data[:start] + gs + data[data.index(b"~", start) + 1 :]
    assert "999" not in validated(broken)

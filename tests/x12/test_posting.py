"""The auto-posting view of an 835: it adds up, what does not balance is refused, bank accounts stay unreadable."""

from __future__ import annotations

import io
import json
import re
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.codecs.x12 import read
from runtime.x12.amounts import amount, total, written
from runtime.x12.posting import ClaimPayment, Closing, Kind, Payment, Posting, postings
from tests.benchmarks import x12_load
from tests.x12.document import Document
from tests.x12.faults import plant
from tests.x12.remittances import DENIAL, LINES, PROVIDER, REVERSAL, remittances
from tests.x12.tables import tables

RICH = frozenset({REVERSAL, PROVIDER, DENIAL})


def view(document: Document | bytes, key: bytes = b"") -> list[Posting]:
    data = document if isinstance(document, bytes) else document.bytes()
    return list(postings(read(data, tables()), key))


def claims(found: list[Posting]) -> list[ClaimPayment]:
    return [each for each in found if isinstance(each, ClaimPayment)]


def closing(found: list[Posting]) -> Closing:
    (one,) = [each for each in found if isinstance(each, Closing)]
    return one


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_what_balances_is_posted_and_adds_up(seed: int) -> None:
    document = remittances(seed, need=RICH)
    found = view(document)
    assert [type(each) for each in found].count(Payment) == len(document.transactions)
    at: list[ClaimPayment] = []
    for each in found:
        if isinstance(each, ClaimPayment):
            assert each.problems == ()
            at.append(each)
        elif isinstance(each, Closing):
            assert each.postable
            assert each.difference == 0
            reversed_ = total(claim.paid for claim in at if claim.kind is Kind.REVERSAL)
            paid = total(claim.paid for claim in at if claim.kind is not Kind.REVERSAL)
            assert (each.totals.paid, each.totals.reversed) == (paid, reversed_)
            taken = total(a.amount for a in each.provider_adjustments)
            assert paid + reversed_ - taken == each.payment.amount
            assert total(each.totals.adjustments.values()) == each.totals.charged - paid
            at = []


@pytest.mark.parametrize("seed", range(12))
def test_the_claims_are_those_of_the_file(seed: int) -> None:
    document = remittances(seed, need=RICH)
    clps = [segment for _, _, segment in document.rows() if segment.id == "CLP"]
    found = claims(view(document))
    assert [(c.control, c.status, c.payer_control) for c in found] == [
        (s.get(1), s.get(2), s.get(7)) for s in clps
    ]
    assert [(c.charge, c.paid) for c in found] == [(Decimal(s.get(3)), Decimal(s.get(4))) for s in clps]
    rows = [(ordinal, segment) for _, ordinal, segment in document.rows() if segment.id == "CLP"]
    assert [c.ordinal for c in found] == [ordinal for ordinal, _ in rows]
    cas = sum((len(s.elements) - 2 + 2) // 3 for _, _, s in document.rows() if s.id == "CAS")
    assert sum(len(c.everything) for c in found) == cas


@pytest.mark.parametrize("kind", ["payment-total", "claim-payment"])
@pytest.mark.parametrize("seed", range(15))
def test_what_does_not_balance_is_refused_with_the_difference(kind: str, seed: int) -> None:
    seeded = plant(kind, seed)
    refused = [each for each in view(seeded.data) if isinstance(each, Closing) and not each.postable]
    assert [each.transaction for each in refused] == [seeded.place.transaction]
    problems = [
        p for each in view(seeded.data) if isinstance(each, ClaimPayment | Closing) for p in each.problems
    ]
    assert problems[0].difference
    assert f"{seeded.place.segment}{seeded.place.element:02d}" in problems[0].where


def test_a_reversal_is_linked_to_what_it_reverses_and_never_netted() -> None:
    document = remittances(3, need=frozenset({REVERSAL, LINES}), size=1, plain=True)
    transaction = document.transactions[0]
    starts = [n for n, s in enumerate(transaction.segments) if s.id == "CLP"]
    first = next(n for n in starts if transaction.segments[n].get(2) == "22")
    reversal = transaction.segments[first]
    linked = next(c for c in claims(view(document)) if c.kind is Kind.REVERSAL)
    assert linked.reverses is not None
    assert (linked.reverses.control, linked.reverses.number) == (reversal.get(1), 0)
    correction = next(c for c in claims(view(document)) if c.control == reversal.get(1) and c.status == "1")
    assert correction.corrects == linked.number

    other = next(n for n in starts if transaction.segments[n].get(2) != "22")
    paid = transaction.segments[other]
    paid.put(1, reversal.get(1))
    paid.put(7, reversal.get(7))
    again = view(document)
    linked = next(c for c in claims(again) if c.kind is Kind.REVERSAL)
    assert linked.reverses is not None
    assert linked.reverses.number == 1
    assert [p.code for p in linked.problems] == ["R505"]  # it takes back another amount than was paid
    assert not closing(again).postable
    assert closing(again).totals.reversed == linked.paid


def test_denials_and_patient_shares_are_told_apart() -> None:
    found = claims(view(remittances(5, need=frozenset({DENIAL, LINES}), size=1)))
    denied = [c for c in found if c.kind is Kind.DENIAL]
    assert denied
    assert all(c.paid == 0 for c in denied)
    for claim in found:
        assert claim.patient == total(a.amount for a in claim.everything if a.group == "PR")
        assert total(claim.by_reason().values()) == claim.charge - claim.paid


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([b"", b"secret"]))
def test_no_account_number_stays_readable(seed: int, key: bytes) -> None:
    document = remittances(seed, plain=True)
    secrets = {
        segment.get(n)
        for _, _, segment in document.rows()
        if segment.id == "BPR"
        for n in (7, 9, 13, 15)
        if len(segment.get(n)) > 4
    }
    held = [(p.account_from, p.account_to) for p in view(document, key) if isinstance(p, Payment)]
    shown = [asdict(each) | {"digest": ""} for pair in held for each in pair if each is not None]
    text = json.dumps(shown, ensure_ascii=False)
    assert all(secret[-5:] not in text for secret in secrets)
    everything = repr(view(document, key))
    assert all(secret not in everything for secret in secrets)
    payments = [each for each in view(document, key) if isinstance(each, Payment)]
    accounts = [a for p in payments for a in (p.account_from, p.account_to) if a is not None]
    assert all(bool(a.digest) == bool(key) for a in accounts)


def test_a_digest_is_of_the_account_and_the_key() -> None:
    document = next(d for d in map(remittances, range(50)) if "ACH" in d.text())
    digests = []
    for key in (b"one", b"one", b"two"):
        payment = next(p for p in view(document, key) if isinstance(p, Payment) and p.account_to)
        assert payment.account_to is not None
        digests.append(payment.account_to.digest)
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize("text", ["", "-", "1,5", "1e5", "NaN", "Infinity", "12A", "+1", "1-", "٣", "9" * 19])
def test_what_is_no_amount_is_refused(text: str) -> None:
    document = remittances(2, need=frozenset({LINES}), size=1, plain=True)
    clp = next(segment for _, _, segment in document.rows() if segment.id == "CLP")
    clp.put(3, text)
    found = view(document.text().encode())
    assert "R503" in [p.code for p in claims(found)[0].problems]
    assert not closing(found).postable


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=2))
def test_amounts_come_back_as_written(value: Decimal) -> None:
    text = written(value)
    assert amount(text) == value
    assert not re.search(r"\.\d*0$|\.$|^\+|^-0$|e", text)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 400), st.randoms(use_true_random=False))
def test_nothing_in_a_file_raises(seed: int, rng: object) -> None:
    data = bytearray(remittances(seed, need=RICH, size=1).bytes())
    for _ in range(rng.randint(1, 8)):  # type: ignore[attr-defined]
        data[rng.randrange(106, len(data))] = rng.choice(b"~*:A0-.\x00\xff ")  # type: ignore[attr-defined]
    for each in view(bytes(data[: rng.randrange(106, len(data))])):  # type: ignore[attr-defined]
        assert isinstance(each, Payment | ClaimPayment | Closing)


def test_a_cut_file_is_refused() -> None:
    data = remittances(4, plain=True, size=1).bytes()
    cut = data[: data.index(b"SE*")]
    assert [p.code for p in closing(view(cut)).problems][-1] == "R506"


@pytest.mark.data
def test_the_sample_files(data: Path) -> None:
    told = {}
    for path in sorted((data / "samples" / "x12").glob("835*/*.835")):
        end = closing(view(path.read_bytes()))
        told[path.stem] = (
            end.postable,
            str(end.difference),
            len(end.provider_adjustments),
            end.totals.refused,
        )
    assert told == {
        "cob-contractural-adjustment": (True, "0.00", 0, 0),
        "managed-care": (True, "0.00", 0, 0),
        "medicare-part-a": (True, "0.00", 1, 0),
        "secondary-payment": (True, "0.00", 0, 0),
        "tertiary-payment": (False, "0.00", 0, 1),  # an element too many in its SVC moves charge and payment
    }


def test_a_patient_share_that_differs_is_told_and_posted() -> None:
    document = remittances(2, need=frozenset({LINES}), size=1, plain=True)
    clp = next(segment for _, _, segment in document.rows() if segment.id == "CLP")
    clp.put(5, "0.01")
    found = view(document)
    (problem,) = claims(found)[0].problems
    assert (problem.code, problem.warning) == ("R504", True)
    assert claims(found)[0].postable
    assert closing(found).postable


def test_claims_come_out_while_the_file_is_read() -> None:
    stream = io.BytesIO(b"".join(x12_load.remittance(1)))
    found = postings(read(stream, tables()))
    assert isinstance(next(found), Payment)
    assert isinstance(next(found), ClaimPayment)
    assert stream.tell() < len(stream.getbuffer()) / 2

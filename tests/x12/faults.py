"""Seeded faults: each of 29 kinds, planted at a random place of a valid 837P, 837I or 835.

    seeded = plant("npi", seed=7)
    seeded.data, seeded.clean           # the interchange with the fault, and without it
    seeded.place                        # where a validator should point
    [plant(kind, seed) for kind in KINDS]

Each fault changes as little as it can: an inserted or removed segment keeps SE01 true, a changed charge keeps the sums
that are not meant. Where one place is as good as another (a segment that is missing can be told where it belongs or
at the segment after it) `places` lists them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from tests.x12 import claims as c
from tests.x12 import remittances as r
from tests.x12.document import Document, Segment, Transaction, money

PROFESSIONAL, INSTITUTIONAL, REMITTANCE = "837P", "837I", "835"
CLAIMS = (PROFESSIONAL, INSTITUTIONAL)
ALL = (PROFESSIONAL, INSTITUTIONAL, REMITTANCE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault is. Loops are named as in the guide, the root's own segments and the envelope have no loop.

    `ordinal` counts the segments of the transaction, ST is 1; 0 in the envelope. `element` 0 is the whole segment.
    """

    transaction: str
    loop: str
    segment: str
    ordinal: int
    element: int = 0
    component: int = 0


@dataclass(frozen=True, slots=True)
class Seeded:
    """A fault with the document that holds it. `places[0]` is the exact place; the others are as good."""

    kind: str
    snip: int
    set: str
    seed: int
    clean: bytes
    data: bytes
    places: tuple[Place, ...]

    @property
    def place(self) -> Place:
        return self.places[0]


@dataclass(slots=True)
class Site:
    """A segment of a document in its transaction."""

    transaction: Transaction
    ordinal: int
    segment: Segment

    def place(self, element: int = 0, component: int = 0) -> Place:
        return Place(
            self.transaction.control, self.segment.loop, self.segment.id, self.ordinal, element, component
        )


Plant = Callable[[Document, Random], tuple[Place, ...]]


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault: its SNIP type, the sets that can have it, what the document needs for it, and how it is made."""

    kind: str
    snip: int
    sets: tuple[str, ...]
    need: frozenset[str]
    plant: Plant


FAULTS: dict[str, Fault] = {}


def fault(kind: str, snip: int, sets: tuple[str, ...] = ALL, *need: str) -> Callable[[Plant], Plant]:
    def register(function: Plant) -> Plant:
        FAULTS[kind] = Fault(kind, snip, sets, frozenset(need), function)
        return function

    return register


def plant(kind: str, seed: int, set_name: str | None = None) -> Seeded:
    """A fault of a kind, the same for each seed. Raises `KeyError` for an unknown kind."""
    found = FAULTS[kind]
    rng = Random(f"{kind}/{seed}")
    name = set_name or rng.choice(found.sets)
    clean = document(name, seed, found.need)
    faulted = clean.copy()
    places = found.plant(faulted, rng)
    return Seeded(kind, found.snip, name, seed, clean.bytes(), faulted.bytes(), places)


def document(set_name: str, seed: int, need: frozenset[str] = frozenset(), size: int = 2) -> Document:
    """A valid document of a set."""
    if set_name == REMITTANCE:
        return r.remittances(seed, need=need, size=size)
    return c.claims(set_name, seed, need=need, size=size)


# -- choosing --------------------------------------------------------------------------------


def sites(document: Document, *ids: str, loops: tuple[str, ...] = ()) -> list[Site]:
    found = (Site(*row) for row in document.rows())
    return [s for s in found if s.segment.id in ids and (not loops or s.segment.loop in loops)]


def pick(rng: Random, document: Document, *ids: str, loops: tuple[str, ...] = ()) -> Site:
    return rng.choice(sites(document, *ids, loops=loops))


def claim_of(site: Site) -> list[Site]:
    """The sites of the claim (2300 or 2100 and below) that a site belongs to, its first segment first."""
    rows = [Site(site.transaction, n, s) for n, s in site.transaction.rows()]
    first = max(n for n in range(site.ordinal) if rows[n].segment.id in ("CLM", "CLP"))
    ends = ("HL", "CLM", "CLP", "LX", "PLB") if rows[first].segment.id == "CLP" else ("HL", "CLM")
    after = next((n for n in range(first + 1, len(rows)) if rows[n].segment.id in ends), len(rows))
    return rows[first:after]


def remove(site: Site) -> tuple[Place, ...]:
    """Take a segment out; its place is where it stood, or the one that stands there now."""
    segments = site.transaction.segments
    gone = site.place()
    del segments[site.ordinal - 1]
    after = segments[site.ordinal - 1] if site.ordinal <= len(segments) else site.transaction.trailer()
    before = segments[site.ordinal - 2]
    return (
        gone,
        Place(gone.transaction, after.loop, after.id, site.ordinal),
        Place(gone.transaction, before.loop, before.id, site.ordinal - 1),
    )


# -- SNIP 1: syntax --------------------------------------------------------------------------


@fault("segment-count", 1)
def _segment_count(document: Document, rng: Random) -> tuple[Place, ...]:
    transaction = rng.choice(document.transactions)
    transaction.se_count = len(transaction.segments) + 1 + rng.choice((-3, -1, 1, 2))
    return (Place(transaction.control, "", "SE", len(transaction.segments) + 1, 1),)


@fault("transaction-control", 1)
def _transaction_control(document: Document, rng: Random) -> tuple[Place, ...]:
    transaction = rng.choice(document.transactions)
    transaction.se_control = "9" + transaction.control[1:]
    return (Place(transaction.control, "", "SE", len(transaction.segments) + 1, 2),)


@fault("group-count", 1)
def _group_count(document: Document, rng: Random) -> tuple[Place, ...]:
    document.ge_count = len(document.transactions) + rng.choice((1, 2))
    return (Place("", "", "GE", 0, 1),)


@fault("unknown-segment", 1)
def _unknown_segment(document: Document, rng: Random) -> tuple[Place, ...]:
    site = pick(rng, document, "N3", "DTP", "NM1", "LX", "CAS", "DTM", "REF")
    site.transaction.segments.insert(site.ordinal, Segment(site.segment.loop, ["ZZZ", "1"]))
    return (Place(site.transaction.control, site.segment.loop, "ZZZ", site.ordinal + 1),)


@fault("too-long", 1)
def _too_long(document: Document, rng: Random) -> tuple[Place, ...]:
    site = pick(rng, document, "N3", "REF", "NM1", "CLM", "CLP")
    number, longest = {"N3": (1, 55), "REF": (2, 50), "NM1": (3, 60), "CLM": (1, 38), "CLP": (1, 38)}[
        site.segment.id
    ]
    if not site.segment.get(number):
        site = pick(rng, document, "N3")
        number, longest = 1, 55
    site.segment.put(number, "A" * (longest + rng.randint(1, 9)))
    return (site.place(number),)


@fault("bad-date", 1)
def _bad_date(document: Document, rng: Random) -> tuple[Place, ...]:
    found = [(s, 2) for s in sites(document, "DTM", "DMG")]
    found += [(s, 3) for s in sites(document, "DTP") if s.segment.get(2) in ("D8", "RD8")]
    site, number = rng.choice(found)
    bad = rng.choice(("20241332", "20240230", "20240100"))
    site.segment.put(number, f"{bad}-20241231" if site.segment.get(2) == "RD8" else bad)
    return (site.place(number),)


@fault("bad-number", 1)
def _bad_number(document: Document, rng: Random) -> tuple[Place, ...]:
    site = pick(rng, document, "CLM", "SV1", "SV2", "CLP", "SVC", "AMT")
    number = {"CLM": 2, "SV1": 2, "SV2": 3, "CLP": 3, "SVC": 2, "AMT": 2}[site.segment.id]
    site.segment.put(number, site.segment.get(number) + rng.choice(("A", ",5", "-")))
    return (site.place(number),)


# -- SNIP 2: guide ---------------------------------------------------------------------------


@fault("missing-segment", 2)
def _missing_segment(document: Document, rng: Random) -> tuple[Place, ...]:
    """A segment that its loop requires and that does not begin it."""
    required = [
        *sites(document, "N3", "N4", loops=("2010AA", "2010AB", "2010CA", "2310C", "2310E", "1000A")),
        *sites(document, "SBR", "PAT", "PER", loops=("2000B", "2000C", "1000A")),
        *sites(document, "SV1", "SV2", "OI", "TRN", "CL1"),
        *(s for s in sites(document, "REF", loops=("2010AA",)) if s.segment.get(1) == "EI"),
        *(s for s in sites(document, "NM1", loops=("2100",)) if s.segment.get(1) == "QC"),
        *sites(document, "DTP", loops=("2430",)),
    ]
    return remove(rng.choice(required))


@fault("missing-element", 2)
def _missing_element(document: Document, rng: Random) -> tuple[Place, ...]:
    """An element that the guide requires, of a segment that is known without it."""
    site = pick(rng, document, "CLM", "NM1", "SV1", "CLP", "SVC", "BHT", "N4", "BPR", "CL1")
    segment = site.segment
    number = {"CLM": 7, "NM1": 3, "SV1": 4, "CLP": 3, "SVC": 2, "BHT": 4, "N4": 1, "BPR": 16, "CL1": 3}[
        segment.id
    ]
    if not segment.get(number) or (
        segment.id == "NM1" and segment.get(1) in ("82", "QC") and document.set == "835"
    ):
        site = rng.choice(sites(document, "CLM", "CLP"))
        number = {"CLM": 1, "CLP": 1}[site.segment.id]
    site.segment.put(number, "")
    while not site.segment.elements[-1]:
        site.segment.elements.pop()
    return (site.place(number),)


@fault("not-in-guide", 2)
def _not_in_guide(document: Document, rng: Random) -> tuple[Place, ...]:
    """A code that the guide does not allow, of an element that does not tell one segment from another."""
    site = pick(rng, document, "SBR", "CLM", "PAT", "DMG", "CLP", "BPR", "NM1", "OI")
    number, code = {
        "SBR": (1, "Z"),
        "CLM": (7, "X"),
        "PAT": (1, "ZZ"),
        "DMG": (3, "X"),
        "CLP": (2, "99"),
        "BPR": (4, "ZZZ"),
        "NM1": (2, "9"),
        "OI": (6, "Q"),
    }[site.segment.id]
    site.segment.put(number, code)
    return (site.place(number),)


@fault("too-many", 2)
def _too_many(document: Document, rng: Random) -> tuple[Place, ...]:
    """A segment that may stand once in its loop stands twice."""
    once = [
        *sites(document, "N3", "N4", "SBR", "DMG", "SV1", "SV2", "OI", "PAT", "CL1", "SVD", "MOA"),
        *(s for s in sites(document, "REF") if s.segment.get(1) == "6R"),
    ]
    site = rng.choice([s for s in once if s.segment.id not in ("SBR", "SVD") or s.segment.loop == "2000B"])
    copy = Segment(site.segment.loop, list(site.segment.elements))
    site.transaction.segments.insert(site.ordinal, copy)
    return (Place(site.transaction.control, copy.loop, copy.id, site.ordinal + 1), site.place())


@fault("not-used", 2)
def _not_used(document: Document, rng: Random) -> tuple[Place, ...]:
    """An element that the guide does not use has a value."""
    site = pick(rng, document, "NM1", "BHT", "CLM", "SBR", "CLP", "N4", "LX", "SV1")
    number, value = {
        "NM1": (6, "DR"),
        "BHT": (6, site.segment.get(6)),
        "CLM": (4, "1"),
        "SBR": (6, "1"),
        "CLP": (10, "1"),
        "N4": (5, "CY"),
        "LX": (1, site.segment.get(1)),
        "SV1": (6, "1"),
    }[site.segment.id]
    if value == site.segment.get(number):
        site = pick(rng, document, "NM1")
        number, value = 6, "DR"
    site.segment.put(number, value)
    return (site.place(number),)


@fault("out-of-order", 2)
def _out_of_order(document: Document, rng: Random) -> tuple[Place, ...]:
    """A segment stands before one that it must follow."""
    after = {"N4": "N3", "DMG": "N4", "REF": "DTP", "DTM": "NM1", "OI": "AMT"}
    found = [
        site
        for site in sites(
            document, *after, loops=("2010AA", "2010BA", "2010CA", "2400", "2100", "2320", "1000A")
        )
        if site.transaction.segments[site.ordinal - 2].id == after[site.segment.id]
    ]
    site = rng.choice(found)
    segments = site.transaction.segments
    here = site.ordinal - 1
    segments[here - 1], segments[here] = segments[here], segments[here - 1]
    moved, passed = segments[here - 1], segments[here]
    control = site.transaction.control
    return (
        Place(control, passed.loop, passed.id, site.ordinal),
        Place(control, moved.loop, moved.id, site.ordinal - 1),
    )


# -- SNIP 3: balancing -----------------------------------------------------------------------


def _add(segment: Segment, number: int, amount: Decimal) -> None:
    segment.put(number, money(Decimal(segment.get(number)) + amount))


def _difference(rng: Random) -> Decimal:
    return Decimal(rng.choice((-1, 1)) * rng.randrange(1, 500)) / 100


@fault("claim-total", 3, CLAIMS)
def _claim_total(document: Document, rng: Random) -> tuple[Place, ...]:
    """CLM02 is not the sum of the lines' charges. Claims without other payers: those would be out of balance too."""
    found = sites(document, "CLM")
    alone = [s for s in found if not any(other.segment.id == "SVD" for other in claim_of(s))]
    site = rng.choice(alone or found)
    _add(site.segment, 2, abs(_difference(rng)))
    return (site.place(2),)


@fault("line-adjudication", 3, CLAIMS, c.COB)
def _line_adjudication(document: Document, rng: Random) -> tuple[Place, ...]:
    """What another payer paid and adjusted on a line is not the line's charge."""
    site = pick(rng, document, "CAS", loops=("2430",))
    difference = abs(_difference(rng))
    _add(site.segment, 3, difference)
    claim = claim_of(site)
    line = [s for s in claim if s.ordinal < site.ordinal and s.segment.id in ("SVD", "SV1", "SV2", "LX")]
    paid = next(s for s in reversed(line) if s.segment.id == "SVD")
    charge = next(s for s in reversed(line) if s.segment.id in ("SV1", "SV2"))
    return (
        paid.place(2),
        charge.place(2 if charge.segment.id == "SV1" else 3),
        site.place(3),
        paid.place(),
        site.place(),
        charge.place(),
    )


@fault("payment-total", 3, (REMITTANCE,))
def _payment_total(document: Document, rng: Random) -> tuple[Place, ...]:
    """BPR02 is not what the claims and provider adjustments come to."""
    site = pick(rng, document, "BPR")
    _add(site.segment, 2, abs(_difference(rng)))
    return (site.place(2),)


@fault("claim-payment", 3, (REMITTANCE,), r.LINES)
def _claim_payment(document: Document, rng: Random) -> tuple[Place, ...]:
    """CLP03 less the adjustments is not CLP04: an adjustment of a line was changed, and the line's payment with it."""
    site = rng.choice(
        [s for s in sites(document, "CAS", loops=("2110",)) if s.segment.get(1) != "PR"]
        or sites(document, "CAS")
    )
    difference = _difference(rng)
    _add(site.segment, 3, difference)
    claim = claim_of(site)
    line = next(s for s in reversed(claim) if s.segment.id == "SVC" and s.ordinal < site.ordinal)
    _add(line.segment, 3, -difference)
    return (claim[0].place(4), claim[0].place(3), claim[0].place())


# -- SNIP 4: what one segment asks of another --------------------------------------------------


@fault("replacement-without-original", 4, CLAIMS, c.REPLACEMENT)
def _no_original(document: Document, rng: Random) -> tuple[Place, ...]:
    """CLM05-3 says that the claim replaces another, and no REF*F8 names it."""
    site = rng.choice([s for s in sites(document, "REF", loops=("2300",)) if s.segment.get(1) == "F8"])
    claim = claim_of(site)[0]
    return (claim.place(5, 3), claim.place(5), *remove(site))


@fault("accident-without-date", 4, (PROFESSIONAL,), c.ACCIDENT)
def _no_accident_date(document: Document, rng: Random) -> tuple[Place, ...]:
    """CLM11 says that the claim is of an accident, and no DTP*439 dates it."""
    site = rng.choice([s for s in sites(document, "DTP", loops=("2300",)) if s.segment.get(1) == "439"])
    claim = claim_of(site)[0]
    return (claim.place(11, 1), claim.place(11), *remove(site))


@fault("pointer-without-diagnosis", 4, (PROFESSIONAL,))
def _no_diagnosis(document: Document, rng: Random) -> tuple[Place, ...]:
    """SV107 points to a diagnosis that HI does not have."""
    site = pick(rng, document, "SV1")
    pointers = len(site.segment.get(7).split(":"))
    component = rng.randint(1, pointers)
    diagnoses = next(s for s in claim_of(site) if s.segment.id == "HI").segment
    site.segment.put_component(7, component, str(min(12, len(diagnoses.elements) - 1 + rng.randint(1, 4))))
    return (site.place(7, component), site.place(7))


@fault("payer-unknown", 4, CLAIMS, c.COB)
def _payer_unknown(document: Document, rng: Random) -> tuple[Place, ...]:
    """SVD01 names a payer that no 2330B of the claim has."""
    site = pick(rng, document, "SVD")
    site.segment.put(1, "X" + site.segment.get(1))
    return (site.place(1),)


# -- SNIP 5: code sets -------------------------------------------------------------------------


@fault("npi", 5)
def _npi(document: Document, rng: Random) -> tuple[Place, ...]:
    """The check digit of a National Provider Identifier does not hold."""
    found = [s for s in sites(document, "NM1") if s.segment.get(8) == "XX"]
    found += [s for s in sites(document, "N1") if s.segment.get(3) == "XX"]
    site = rng.choice(found)
    number = 9 if site.segment.id == "NM1" else 4
    value = site.segment.get(number)
    site.segment.put(number, value[:-1] + str((int(value[-1]) + rng.randint(1, 9)) % 10))
    return (site.place(number),)


@fault("state", 5)
def _state(document: Document, rng: Random) -> tuple[Place, ...]:
    site = pick(rng, document, "N4")
    site.segment.put(2, rng.choice(("ZZ", "XX", "QQ")))
    return (site.place(2),)


@fault("postal-code", 5)
def _postal_code(document: Document, rng: Random) -> tuple[Place, ...]:
    """An address in the United States with a postal code that is not a ZIP code."""
    site = pick(rng, document, "N4")
    site.segment.put(3, rng.choice(("1234", "ABCDE", "123456", "8002A0021")))
    return (site.place(3),)


@fault("place-of-service", 5, (PROFESSIONAL,))
def _place_of_service(document: Document, rng: Random) -> tuple[Place, ...]:
    site = pick(rng, document, "CLM")
    site.segment.put_component(5, 1, rng.choice(("97", "AA", "00")))
    return (site.place(5, 1),)


@fault("diagnosis", 5, CLAIMS)
def _diagnosis(document: Document, rng: Random) -> tuple[Place, ...]:
    """A diagnosis that is not of ICD-10-CM's form: a number comes first, or a point was written."""
    found = [s for s in sites(document, "HI") if s.segment.component(1, 1) in ("ABK", "ABF")]
    site = rng.choice(found)
    number = rng.randrange(1, len(site.segment.elements))
    site.segment.put_component(number, 2, rng.choice(("25000", "I10.9", "99999", "E1")))
    return (site.place(number, 2), site.place(number))


@fault("procedure", 5)
def _procedure(document: Document, rng: Random) -> tuple[Place, ...]:
    """A procedure that has neither CPT's nor HCPCS's form."""
    number = {"SV1": 1, "SV2": 2, "SVC": 1, "SVD": 3}
    found = [s for s in sites(document, *number) if s.segment.get(number[s.segment.id])]
    found = [s for s in found if s.segment.id != "SVD"] or found
    if not found:  # inpatient claims may have revenue codes only
        line = pick(rng, document, "SV2")
        line.segment.put(2, "HC:99213")
        found = [line]
    site = rng.choice(found)
    site.segment.put_component(number[site.segment.id], 2, rng.choice(("9921", "ABCDE", "9921399", "J33")))
    return (site.place(number[site.segment.id], 2), site.place(number[site.segment.id]))


@fault("adjustment-reason", 5, ALL, c.COB)
def _adjustment_reason(document: Document, rng: Random) -> tuple[Place, ...]:
    """A claim adjustment reason code that there is not."""
    site = pick(rng, document, "CAS")
    site.segment.put(2, rng.choice(("999", "ZZ", "0")))
    return (site.place(2),)


@fault("remark", 5, (REMITTANCE,), r.LINES)
def _remark(document: Document, rng: Random) -> tuple[Place, ...]:
    """A remittance advice remark code that there is not."""
    found = [(s, {"LQ": 2, "MOA": 3}[s.segment.id]) for s in sites(document, "LQ", "MOA")]
    if not found:
        line = pick(rng, document, "SVC")
        end = next(s for s in claim_of(line) if s.ordinal > line.ordinal and s.segment.id == "REF")
        made = Segment("2110", ["LQ", "HE", "N130"])
        follows = (
            end.transaction.segments[end.ordinal] if end.ordinal < len(end.transaction.segments) else None
        )
        at = end.ordinal + (
            1 if follows is not None and follows.id == "AMT" and follows.loop == "2110" else 0
        )
        end.transaction.segments.insert(at, made)
        found = [(Site(end.transaction, at + 1, made), 2)]
    site, number = rng.choice(found)
    site.segment.put(number, rng.choice(("ZZ99", "N99999", "QQ1")))
    return (site.place(number),)


KINDS = tuple(FAULTS)


def every(seeds: Iterator[int] | range = range(1)) -> Iterator[Seeded]:
    """A fault of each kind for each seed."""
    for seed in seeds:
        for kind in KINDS:
            yield plant(kind, seed)

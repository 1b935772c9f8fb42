"""Valid 837P and 837I interchanges: subscribers and dependents, several lines, other payers; all of it balances."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.x12 import vocabulary as v
from tests.x12.document import DELIMITERS, SETS, Document, Transaction, digits, money, npi

CENT = Decimal("0.01")
ACCIDENT, COB, REPLACEMENT, FACILITY, DEPENDENT, RENDERING, INPATIENT = (
    "accident",
    "cob",
    "replacement",
    "facility",
    "dependent",
    "rendering",
    "inpatient",
)
"""What `need` can ask every claim of a document to have."""


@dataclass(frozen=True, slots=True)
class Payer:
    name: str
    id: str
    filing: str


@dataclass(frozen=True, slots=True)
class Charge:
    number: int
    code: str
    amount: Decimal


def claims(
    set_name: str,
    seed: int | str,
    *,
    need: frozenset[str] = frozenset(),
    size: int = 2,
    plain: bool = False,
) -> Document:
    """A valid document of `837P` or `837I`, always the same for a seed.

    `need` names features that every claim has; `size` bounds the counts of transactions, providers, subscribers and
    claims; `plain` keeps the usual delimiters.
    """
    rng = Random(f"{set_name}/{seed}")
    document = Document(
        set_name,
        delimiters=DELIMITERS[0] if plain else rng.choice(DELIMITERS),
        interchange=rng.randrange(1, 10**9),
        group=rng.randrange(1, 10**6),
    )
    for number in range(1, rng.randint(1, size) + 1):
        document.transactions.append(_Writer(set_name, rng, need, size).transaction(f"{number:04d}"))
    return document


class _Writer:
    """Writes one transaction."""

    def __init__(self, set_name: str, rng: Random, need: frozenset[str], size: int) -> None:
        self.set = set_name
        self.institutional = set_name == "837I"
        self.rng = rng
        self.need = need
        self.size = size
        self.levels = 0

    def has(self, feature: str, chance: float) -> bool:
        return self.rng.random() < chance or feature in self.need

    def transaction(self, control: str) -> Transaction:
        rng = self.rng
        self.out = out = Transaction(control)
        transaction, _, version = SETS[self.set]
        out.add("", "ST", transaction, control, version)
        out.add("", "BHT", "0019", "00", digits(rng, 8), "20250209", "1024", "CH")
        out.add("1000A", "NM1", "41", "2", "PREMIER BILLING SERVICE", "", "", "", "", "46", digits(rng, 5))
        out.add("1000A", "PER", "IC", "JERRY LEE", "TE", digits(rng, 10), "EX", "231")
        out.add("1000B", "NM1", "40", "2", "CLEARINGHOUSE ONE", "", "", "", "", "46", digits(rng, 6))
        for _ in range(rng.randint(1, self.size)):
            self._billing_provider()
        return out

    def _level(self, loop: str, code: str, parent: int | None, child: str) -> int:
        self.levels += 1
        self.out.add(loop, "HL", str(self.levels), "" if parent is None else str(parent), code, child)
        return self.levels

    def _address(self, loop: str, short: bool = False) -> None:
        city, state, code = self.rng.choice(v.PLACES)
        self.out.add(loop, "N3", self.rng.choice(v.STREETS))
        self.out.add(loop, "N4", city, state, code[:5] if short else code)

    def _billing_provider(self) -> None:
        rng, out = self.rng, self.out
        level = self._level("2000A", "20", None, "1")
        if rng.random() < 0.7:
            taxonomies = v.HOSPITAL_TAXONOMIES if self.institutional else v.PRACTICE_TAXONOMIES
            out.add("2000A", "PRV", "BI", "PXC", rng.choice(taxonomies))
        name = rng.choice(v.HOSPITALS if self.institutional else v.PRACTICES)
        self.billing = npi(rng)
        out.add("2010AA", "NM1", "85", "2", name, "", "", "", "", "XX", self.billing)
        self._address("2010AA")
        out.add("2010AA", "REF", "EI", digits(rng, 9))
        if rng.random() < 0.4:
            out.add("2010AA", "PER", "IC", "BILLING OFFICE", "TE", digits(rng, 10))
        if rng.random() < 0.3:
            out.add("2010AB", "NM1", "87", "2")
            self._address("2010AB")
        for _ in range(rng.randint(1, self.size)):
            self._subscriber(level)

    def _subscriber(self, parent: int) -> None:
        rng, out = self.rng, self.out
        dependent = self.has(DEPENDENT, 0.35)
        others = rng.randint(1, 2) if self.has(COB, 0.35) else 0
        level = self._level("2000B", "22", parent, "1" if dependent else "0")
        payer = self._payer()
        sequence = "PST"[others]
        relation = "" if dependent else "18"
        second = self._second(sequence, payer)
        out.add("2000B", "SBR", sequence, relation, digits(rng, 6), "", second, "", "", "", payer.filing)
        self._person("2010BA", "IL", digits(rng, 9) + "A", address=not dependent)
        out.add("2010BB", "NM1", "PR", "2", payer.name, "", "", "", "", "PI", payer.id)
        if rng.random() < 0.5:
            self._address("2010BB", short=True)
        if dependent:
            self._level("2000C", "23", level, "0")
            out.add("2000C", "PAT", rng.choice(("01", "19", "53")))
            self._person("2010CA", "QC", "", address=True)
        for _ in range(rng.randint(1, self.size)):
            self._claim([self._payer() for _ in range(others)])

    def _second(self, sequence: str, payer: Payer) -> str:
        """SBR05: why Medicare is not the first to pay; the institutional guide does not use it."""
        return "12" if payer.filing == "MB" and sequence != "P" and not self.institutional else ""

    def _payer(self) -> Payer:
        name, filing = self.rng.choice(v.PAYERS)
        return Payer(name, digits(self.rng, 5), filing)

    def _person(self, loop: str, entity: str, member: str, address: bool) -> None:
        rng, out = self.rng, self.out
        qualifier = ("MI", member) if member else ("", "")
        out.add(
            loop,
            "NM1",
            entity,
            "1",
            rng.choice(v.LAST),
            rng.choice(v.FIRST),
            rng.choice(v.MIDDLE),
            "",
            "",
            *qualifier,
        )
        if address:
            self._address(loop, short=True)
            born = date(1930, 1, 1) + timedelta(days=rng.randrange(32000))
            out.add(loop, "DMG", "D8", f"{born:%Y%m%d}", rng.choice("MFU"))

    def _claim(self, others: list[Payer]) -> None:
        rng = self.rng
        self.served = date(2024, 2, 1) + timedelta(days=rng.randrange(300))
        self.inpatient = self.institutional and self.has(INPATIENT, 0.5)
        charges = [
            Charge(number, rng.choice(v.PROCEDURES), Decimal(rng.randrange(1000, 90000)) * CENT)
            for number in range(1, rng.randint(1, 4) + 1)
        ]
        total = sum((charge.amount for charge in charges), Decimal(0))
        diagnoses = rng.sample(v.DIAGNOSES, rng.randint(1, 4))
        if self.institutional:
            self._institutional_head(total, diagnoses)
        else:
            self._professional_head(total, diagnoses)
        self._providers()
        shares = {payer.id: self._shares(charges) for payer in others}
        for number, payer in enumerate(others):
            self._other_subscriber("PS"[number], payer, shares[payer.id])
        for charge in charges:
            self._line(charge, len(diagnoses))
            for payer in others:
                self._adjudication(payer, charge, shares[payer.id])

    def _frequency(self) -> str:
        return self.rng.choice("78") if self.has(REPLACEMENT, 0.15) else "1"

    def _professional_head(self, total: Decimal, diagnoses: list[str]) -> None:
        rng, out = self.rng, self.out
        place, frequency = rng.choice(v.PLACES_OF_SERVICE), self._frequency()
        accident = self.has(ACCIDENT, 0.25)
        out.add(
            "2300",
            "CLM",
            "P" + digits(rng, 9),
            money(total),
            "",
            "",
            (place, "B", frequency),
            "Y",
            "A",
            "Y",
            "Y",
            "P" if rng.random() < 0.3 else "",
            ("AA", "", "", rng.choice(v.PLACES)[1]) if accident else "",
        )
        if accident:
            out.add("2300", "DTP", "439", "D8", self._day(-3))
        if place == "21":
            out.add("2300", "DTP", "435", "D8", self._day(-1))
        self._references(frequency)
        if rng.random() < 0.3:
            out.add("2300", "NTE", "ADD", "SEE ATTACHED RECORDS")
        first, *rest = diagnoses
        out.add("2300", "HI", ("ABK", first), *(("ABF", code) for code in rest))

    def _references(self, frequency: str) -> None:
        rng, out = self.rng, self.out
        if rng.random() < 0.3:
            out.add("2300", "REF", "G1", "A" + digits(rng, 7))
        if frequency != "1":
            out.add("2300", "REF", "F8", "ICN" + digits(rng, 10))
        if rng.random() < 0.3:
            out.add("2300", "REF", "EA", digits(rng, 7))

    def _institutional_head(self, total: Decimal, diagnoses: list[str]) -> None:
        rng, out = self.rng, self.out
        bill, frequency = ("11" if self.inpatient else rng.choice(("13", "14"))), self._frequency()
        out.add(
            "2300",
            "CLM",
            "I" + digits(rng, 9),
            money(total),
            "",
            "",
            (bill, "A", frequency),
            "",
            "A",
            "Y",
            "Y",
        )
        if self.inpatient:
            out.add("2300", "DTP", "096", "TM", "1130")
        out.add("2300", "DTP", "434", "RD8", f"{self._day(0)}-{self._day(3 if self.inpatient else 0)}")
        if self.inpatient:
            out.add("2300", "DTP", "435", "DT", self._day(0) + "0845")
        out.add("2300", "CL1", rng.choice("123"), "1", "01")
        self._references(frequency)
        present = ("", "", "", "", "", "", "Y") if self.inpatient else ()
        first, *rest = diagnoses
        out.add("2300", "HI", ("ABK", first, *present))
        if self.inpatient:
            out.add("2300", "HI", ("ABJ", first))
        if rest:
            out.add("2300", "HI", *(("ABF", code, *present) for code in rest))
        if rng.random() < 0.4:
            out.add("2300", "HI", ("BH", "11", "D8", self._day(-2)))
        if rng.random() < 0.4:
            out.add("2300", "HI", ("BE", "A2", "", "", "15.31"))

    def _day(self, offset: int) -> str:
        return f"{self.served + timedelta(days=offset):%Y%m%d}"

    def _providers(self) -> None:
        rng, out = self.rng, self.out
        if self.institutional:
            self._provider("2310A", "71")
            if rng.random() < 0.6:
                out.add("2310A", "PRV", "AT", "PXC", rng.choice(v.PRACTICE_TAXONOMIES))
            if self.has(FACILITY, 0.2):
                self._facility("2310E")
            return
        if rng.random() < 0.3:
            self._provider("2310A", "DN")
        if self.has(RENDERING, 0.5):
            self._provider("2310B", "82")
            out.add("2310B", "PRV", "PE", "PXC", rng.choice(v.PRACTICE_TAXONOMIES))
        if self.has(FACILITY, 0.3):
            self._facility("2310C")

    def _provider(self, loop: str, entity: str) -> None:
        name = (self.rng.choice(v.LAST), self.rng.choice(v.FIRST))
        self.out.add(loop, "NM1", entity, "1", *name, "", "", "", "XX", npi(self.rng))

    def _facility(self, loop: str) -> None:
        self.out.add(
            loop, "NM1", "77", "2", self.rng.choice(v.HOSPITALS), "", "", "", "", "XX", npi(self.rng)
        )
        self._address(loop)
        self.out.segments[-2].put(2, "BUILDING 2")  # it is not the billing provider's own address

    def _shares(self, charges: list[Charge]) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
        """Of each line: what the other payer wrote off, left to the patient and paid."""
        shares = {}
        for charge in charges:
            written_off = (charge.amount * self.rng.randrange(10, 40) / 100).quantize(CENT)
            left = (charge.amount * self.rng.randrange(5, 30) / 100).quantize(CENT)
            shares[charge.number] = (written_off, left, charge.amount - written_off - left)
        return shares

    def _other_subscriber(
        self, sequence: str, payer: Payer, shares: dict[int, tuple[Decimal, Decimal, Decimal]]
    ) -> None:
        rng, out = self.rng, self.out
        paid = sum((share[2] for share in shares.values()), Decimal(0))
        deductible = Decimal(rng.choice((0, 0, 1, 2))).min(paid)
        left = sum((share[1] for share in shares.values()), deductible)
        second = self._second(sequence, payer)
        out.add("2320", "SBR", sequence, "18", digits(rng, 6), "", second, "", "", "", payer.filing)
        if deductible:
            out.add("2320", "CAS", "PR", "1", money(deductible))
        out.add("2320", "AMT", "D", money(paid - deductible))
        out.add("2320", "AMT", "EAF", money(left))
        out.add("2320", "OI", "", "", "Y", "", "", "Y")
        self._person("2330A", "IL", digits(rng, 9), address=False)
        self._address("2330A", short=True)
        out.add("2330B", "NM1", "PR", "2", payer.name, "", "", "", "", "PI", payer.id)

    def _line(self, charge: Charge, diagnoses: int) -> None:
        rng, out = self.rng, self.out
        out.add("2400", "LX", str(charge.number))
        units = money(Decimal(rng.randint(1, 3)))
        modifier = (rng.choice(v.MODIFIERS),) if rng.random() < 0.3 else ()
        if self.institutional:
            procedure = "" if self.inpatient else ("HC", charge.code, *modifier)
            revenue = rng.choice(v.ROOMS if self.inpatient else v.REVENUES)
            out.add("2400", "SV2", revenue, procedure, money(charge.amount), "UN", units)
        else:
            pointers = tuple(map(str, range(1, rng.randint(1, diagnoses) + 1)))
            out.add(
                "2400",
                "SV1",
                ("HC", charge.code, *modifier),
                money(charge.amount),
                "UN",
                units,
                "",
                "",
                pointers,
            )
        if not self.inpatient:
            out.add("2400", "DTP", "472", "D8", self._day(0))
        out.add("2400", "REF", "6R", digits(rng, 6))
        if not self.institutional and rng.random() < 0.2:
            self._provider("2420A", "82")
            out.add("2420A", "PRV", "PE", "PXC", rng.choice(v.PRACTICE_TAXONOMIES))

    def _adjudication(
        self, payer: Payer, charge: Charge, shares: dict[int, tuple[Decimal, Decimal, Decimal]]
    ) -> None:
        rng, out = self.rng, self.out
        written_off, left, paid = shares[charge.number]
        procedure = () if self.inpatient else ("HC", charge.code)
        revenue = rng.choice(v.REVENUES) if self.institutional else ""
        out.add("2430", "SVD", payer.id, money(paid), procedure, revenue, "1")
        if written_off:
            out.add("2430", "CAS", "CO", "45", money(written_off))
        if left:
            out.add("2430", "CAS", "PR", rng.choice(("2", "3")), money(left))
        out.add("2430", "DTP", "573", "D8", self._day(20))

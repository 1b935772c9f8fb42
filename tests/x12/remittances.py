"""Valid 835 interchanges: payments, denials, reversals with their corrections, provider adjustments; all balance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.x12 import vocabulary as v
from tests.x12.document import DELIMITERS, Document, Transaction, digits, money, npi, routing

CENT = Decimal("0.01")
REVERSAL, PROVIDER, DENIAL, LINES = "reversal", "provider", "denial", "lines"
"""What `need` can ask every remittance of a document to have; `lines`: every claim has service lines."""

Adjustment = tuple[str, str, Decimal]


@dataclass(frozen=True, slots=True)
class Service:
    code: str
    charge: Decimal
    adjustments: tuple[Adjustment, ...]
    control: str

    @property
    def paid(self) -> Decimal:
        return self.charge - sum((a[2] for a in self.adjustments), Decimal(0))


@dataclass(frozen=True, slots=True)
class Claim:
    control: str
    status: str
    payer_control: str
    adjustments: tuple[Adjustment, ...]
    services: tuple[Service, ...]
    charge: Decimal

    @property
    def everything(self) -> tuple[Adjustment, ...]:
        return (*self.adjustments, *(a for service in self.services for a in service.adjustments))

    @property
    def paid(self) -> Decimal:
        return self.charge - sum((a[2] for a in self.everything), Decimal(0))

    @property
    def patient(self) -> Decimal:
        return sum((a[2] for a in self.everything if a[0] == "PR"), Decimal(0))

    def reversed(self) -> Claim:
        def negated(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
            return tuple((group, reason, -amount) for group, reason, amount in adjustments)

        services = tuple(
            replace(s, charge=-s.charge, adjustments=negated(s.adjustments)) for s in self.services
        )
        return replace(
            self, status="22", charge=-self.charge, adjustments=negated(self.adjustments), services=services
        )


def remittances(
    seed: int | str,
    *,
    need: frozenset[str] = frozenset(),
    size: int = 2,
    plain: bool = False,
) -> Document:
    """A valid 835 document, always the same for a seed; the arguments are those of `tests.x12.claims.claims`."""
    rng = Random(f"835/{seed}")
    document = Document(
        "835",
        delimiters=DELIMITERS[0] if plain else rng.choice(DELIMITERS),
        interchange=rng.randrange(1, 10**9),
        group=rng.randrange(1, 10**6),
    )
    for number in range(1, rng.randint(1, size) + 1):
        document.transactions.append(_Writer(rng, need, size).transaction(f"{number:04d}"))
    return document


def merged(services: tuple[Service, ...]) -> tuple[Adjustment, ...]:
    """The adjustments of all services, each group and reason once."""
    sums: dict[tuple[str, str], Decimal] = {}
    for group, reason, amount in (a for service in services for a in service.adjustments):
        sums[group, reason] = sums.get((group, reason), Decimal(0)) + amount
    return tuple((group, reason, amount) for (group, reason), amount in sums.items())


class _Writer:
    """Writes one transaction."""

    def __init__(self, rng: Random, need: frozenset[str], size: int) -> None:
        self.rng = rng
        self.need = need
        self.size = size

    def has(self, feature: str, chance: float) -> bool:
        return self.rng.random() < chance or feature in self.need

    def transaction(self, control: str) -> Transaction:
        rng = self.rng
        self.out = out = Transaction(control)
        self.payee = npi(rng)
        self.served = date(2024, 2, 1) + timedelta(days=rng.randrange(300))
        claims = self._claims()
        total = sum((claim.paid for claim in claims), Decimal(0))
        plb = self._provider_adjustments(total)
        payment = total - sum((amount for _, _, amount in plb), Decimal(0))
        out.add("", "ST", "835", control)
        self._payment(payment)
        self._parties()
        for number, batch in enumerate(self._batches(claims), start=1):
            out.add("2000", "LX", str(number))
            for claim in batch:
                self._claim(claim)
        if plb:
            parts = [part for code, reference, amount in plb for part in ((code, reference), money(amount))]
            out.add("", "PLB", self.payee, "20241231", *parts)
        return out

    def _batches(self, claims: list[Claim]) -> list[list[Claim]]:
        cut = self.rng.randint(1, len(claims))
        return [batch for batch in (claims[:cut], claims[cut:]) if batch]

    def _payment(self, payment: Decimal) -> None:
        rng, out = self.rng, self.out
        issuer = "1" + digits(rng, 9)
        paid_on = f"{self.served + timedelta(days=40):%Y%m%d}"
        if not payment:
            out.add("", "BPR", "H", "0", "C", "NON", *[""] * 11, paid_on)
        elif rng.random() < 0.5:
            out.add("", "BPR", "I", money(payment), "C", "CHK", *[""] * 11, paid_on)
        else:
            ours = ("01", routing(rng), "DA", digits(rng, 9), issuer, "")
            theirs = ("01", routing(rng), "DA", digits(rng, 10), paid_on)
            out.add("", "BPR", "I", money(payment), "C", "ACH", "CCP", *ours, *theirs)
        out.add("", "TRN", "1", digits(rng, 10), issuer)
        if rng.random() < 0.4:
            out.add("", "REF", "EV", digits(rng, 8))
        out.add("", "DTM", "405", paid_on)

    def _parties(self) -> None:
        rng, out = self.rng, self.out
        out.add("1000A", "N1", "PR", rng.choice(v.PAYERS)[0])
        self._address("1000A")
        if rng.random() < 0.5:
            out.add("1000A", "REF", "2U", digits(rng, 5))
        out.add("1000A", "PER", "BL", "EDI SUPPORT", "TE", digits(rng, 10), "EM", "EDI@PAYER.EXAMPLE")
        out.add("1000B", "N1", "PE", rng.choice(v.PRACTICES), "XX", self.payee)
        if rng.random() < 0.5:
            self._address("1000B")
        out.add("1000B", "REF", "TJ", digits(rng, 9))

    def _address(self, loop: str) -> None:
        self.out.add(loop, "N3", self.rng.choice(v.STREETS))
        self.out.add(loop, "N4", *self.rng.choice(v.PLACES))

    # -- what is paid ------------------------------------------------------------------------

    def _claims(self) -> list[Claim]:
        rng = self.rng
        claims = [self._made(rng.choice("1123")) for _ in range(rng.randint(1, 2 * self.size))]
        if self.has(DENIAL, 0.4):
            claims.append(self._denied())
        if self.has(REVERSAL, 0.4):
            earlier = self._made("1")
            correction = replace(
                self._made("1"), control=earlier.control, payer_control=earlier.payer_control + "C"
            )
            claims += [earlier.reversed(), correction]
        return claims

    def _made(self, status: str) -> Claim:
        rng = self.rng
        services = tuple(self._service() for _ in range(rng.randint(1, 4)))
        adjustments: tuple[Adjustment, ...] = ()
        if not self.has(LINES, 0.8):
            adjustments = merged(services)
            charge = sum((service.charge for service in services), Decimal(0))
            services = ()
        else:
            charge = sum((service.charge for service in services), Decimal(0))
        return Claim("P" + digits(rng, 9), status, digits(rng, 13), adjustments, services, charge)

    def _service(self) -> Service:
        rng = self.rng
        charge = Decimal(rng.randrange(1000, 90000)) * CENT
        adjustments: list[Adjustment] = [
            ("CO", rng.choice(v.WRITE_OFFS), (charge * rng.randrange(10, 40) / 100).quantize(CENT))
        ]
        adjustments += [
            ("PR", reason, (charge * rng.randrange(5, 20) / 100).quantize(CENT))
            for reason in rng.sample(v.PATIENT_SHARES, rng.randint(0, 2))
        ]
        return Service(rng.choice(v.PROCEDURES), charge, tuple(adjustments), digits(rng, 6))

    def _denied(self) -> Claim:
        rng = self.rng
        charge = Decimal(rng.randrange(1000, 90000)) * CENT
        adjustment = (rng.choice(("CO", "PR")), rng.choice(v.DENIALS), charge)
        service = Service(rng.choice(v.PROCEDURES), charge, (adjustment,), digits(rng, 6))
        return Claim("P" + digits(rng, 9), "4", digits(rng, 13), (), (service,), charge)

    def _provider_adjustments(self, total: Decimal) -> list[tuple[str, str, Decimal]]:
        rng = self.rng
        found: list[tuple[str, str, Decimal]] = []
        if self.has(PROVIDER, 0.4):
            found.append(("WO", digits(rng, 10), Decimal(rng.randrange(100, 2000)) * CENT))
            found.append(("L6", digits(rng, 8), -Decimal(rng.randrange(1, 300)) * CENT))
        owed = total - sum((amount for _, _, amount in found), Decimal(0))
        if owed < 0:
            found.append(("FB", digits(rng, 10), owed))
        return found

    # -- how it is written -------------------------------------------------------------------

    def _claim(self, claim: Claim) -> None:
        rng, out = self.rng, self.out
        patient = money(claim.patient) if claim.patient else ""
        out.add(
            "2100",
            "CLP",
            claim.control,
            claim.status,
            money(claim.charge),
            money(claim.paid),
            patient,
            "12",
            claim.payer_control,
            "11",
            "1",
        )
        self._adjustments("2100", claim.adjustments)
        out.add(
            "2100",
            "NM1",
            "QC",
            "1",
            rng.choice(v.LAST),
            rng.choice(v.FIRST),
            "",
            "",
            "",
            "MI",
            digits(rng, 9),
        )
        if rng.random() < 0.4:
            out.add(
                "2100", "NM1", "82", "1", rng.choice(v.LAST), rng.choice(v.FIRST), "", "", "", "XX", npi(rng)
            )
        if rng.random() < 0.3:
            out.add("2100", "MOA", "", "", rng.choice(v.REMARKS))
        out.add("2100", "DTM", "232", self._day())
        out.add("2100", "DTM", "233", self._day())
        if rng.random() < 0.3:
            out.add("2100", "AMT", "AU", money(abs(claim.charge)))
        for service in claim.services:
            self._line(service)

    def _line(self, service: Service) -> None:
        rng, out = self.rng, self.out
        units = "-1" if service.charge < 0 else "1"
        out.add("2110", "SVC", ("HC", service.code), money(service.charge), money(service.paid), "", units)
        out.add("2110", "DTM", "472", self._day())
        self._adjustments("2110", service.adjustments)
        out.add("2110", "REF", "6R", service.control)
        if rng.random() < 0.4:
            out.add("2110", "AMT", "B6", money(service.paid))
        if rng.random() < 0.3:
            out.add("2110", "LQ", "HE", rng.choice(v.REMARKS))

    def _adjustments(self, loop: str, adjustments: tuple[Adjustment, ...]) -> None:
        for group in dict.fromkeys(a[0] for a in adjustments):
            parts = [part for a in adjustments if a[0] == group for part in (a[1], money(a[2]), "")]
            self.out.add(loop, "CAS", group, *parts)

    def _day(self) -> str:
        return f"{self.served:%Y%m%d}"

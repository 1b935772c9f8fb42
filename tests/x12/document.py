"""X12 documents as tests make them: segments that know their loop, transactions, one interchange."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random

SETS = {
    "837P": ("837", "HC", "005010X222A1"),
    "837I": ("837", "HC", "005010X223A2"),
    "835": ("835", "HP", "005010X221A1"),
}
"""Transaction, functional identifier and implementation of each set that is made."""

Element = str | Sequence[str]


@dataclass(slots=True)
class Segment:
    """One segment of a transaction: `elements[0]` is its id, a composite is one element with `:` between components."""

    loop: str
    elements: list[str]

    @property
    def id(self) -> str:
        return self.elements[0]

    def get(self, number: int) -> str:
        return self.elements[number] if number < len(self.elements) else ""

    def put(self, number: int, value: str) -> None:
        self.elements += [""] * (number + 1 - len(self.elements))
        self.elements[number] = value

    def component(self, number: int, component: int) -> str:
        parts = self.get(number).split(":")
        return parts[component - 1] if component <= len(parts) else ""

    def put_component(self, number: int, component: int, value: str) -> None:
        parts = self.get(number).split(":")
        parts += [""] * (component - len(parts))
        parts[component - 1] = value
        self.put(number, ":".join(parts))


@dataclass(slots=True)
class Transaction:
    """The segments from ST to the one before SE; SE is written when the document is."""

    control: str
    segments: list[Segment] = field(default_factory=list)
    se_count: int | None = None
    se_control: str | None = None

    def add(self, loop: str, segment_id: str, *elements: Element) -> Segment:
        made = Segment(loop, [segment_id, *("".join(joined(element)) for element in elements)])
        while len(made.elements) > 1 and not made.elements[-1]:
            made.elements.pop()
        self.segments.append(made)
        return made

    def rows(self) -> Iterator[tuple[int, Segment]]:
        """Segments with their ordinals: ST is 1."""
        return enumerate(self.segments, start=1)

    def trailer(self) -> Segment:
        count = len(self.segments) + 1 if self.se_count is None else self.se_count
        return Segment("", ["SE", str(count), self.control if self.se_control is None else self.se_control])


@dataclass(frozen=True, slots=True)
class Delimiters:
    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"
    after: str = ""


@dataclass(slots=True)
class Document:
    """One interchange with one functional group. The envelope's counts and numbers follow the content unless set."""

    set: str
    transactions: list[Transaction] = field(default_factory=list)
    delimiters: Delimiters = Delimiters()
    sender: str = "SENDER"
    receiver: str = "RECEIVER"
    interchange: int = 1
    group: int = 1
    date: str = "20250210"
    time: str = "0915"
    version: str = ""
    ge_count: int | None = None
    iea_control: str | None = None

    def bytes(self) -> bytes:
        return self.text().encode("ascii")

    def text(self) -> str:
        """The interchange as it travels."""
        d = self.delimiters
        _, functional, version = SETS[self.set]
        version = self.version or version
        lines = [
            f"ISA*00*          *00*          *ZZ*{self.sender:<15}*ZZ*{self.receiver:<15}*{self.date[2:]}*{self.time}"
            f"*{d.repetition}*00501*{self.interchange:09d}*0*T*:",
            f"GS*{functional}*{self.sender}*{self.receiver}*{self.date}*{self.time}*{self.group}*X*{version}",
        ]
        for transaction in self.transactions:
            lines += ["*".join(s.elements) for s in (*transaction.segments, transaction.trailer())]
        count = len(self.transactions) if self.ge_count is None else self.ge_count
        control = f"{self.interchange:09d}" if self.iea_control is None else self.iea_control
        lines += [f"GE*{count}*{self.group}", f"IEA*1*{control}"]
        table = str.maketrans({"*": d.element, ":": d.component})
        return "".join(line.translate(table) + d.segment + d.after for line in lines)

    def copy(self) -> Document:
        """A copy whose segments can be changed."""
        transactions = [
            replace(t, segments=[Segment(s.loop, list(s.elements)) for s in t.segments])
            for t in self.transactions
        ]
        return replace(self, transactions=transactions)

    def rows(self) -> Iterator[tuple[Transaction, int, Segment]]:
        for transaction in self.transactions:
            for ordinal, segment in transaction.rows():
                yield transaction, ordinal, segment


def joined(element: Element) -> str:
    return element if isinstance(element, str) else ":".join(element).rstrip(":")


def money(amount: Decimal) -> str:
    """An amount as X12 writes it: no trailing zeros, no exponent, no plus."""
    text = f"{amount:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def npi(rng: Random) -> str:
    """A National Provider Identifier whose check digit holds (Luhn over 80840 and the number)."""
    body = "1" + "".join(str(rng.randrange(10)) for _ in range(8))
    return body + check_digit("80840" + body)


def check_digit(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def routing(rng: Random) -> str:
    """A bank routing number whose checksum holds."""
    body = [rng.randrange(10) for _ in range(8)]
    weights = (3, 7, 1, 3, 7, 1, 3, 7)
    return "".join(map(str, body)) + str(-sum(w * d for w, d in zip(weights, body, strict=True)) % 10)


def digits(rng: Random, count: int) -> str:
    return str(rng.randrange(1, 10)) + "".join(str(rng.randrange(10)) for _ in range(count - 1))


DELIMITERS = (
    Delimiters(),
    Delimiters(after="\n"),
    Delimiters(component=">"),
    Delimiters(element="|", after="\r\n"),
)

"""Large X12 files for measurements: an 837P and an 835 of a wanted size, the same on every run, valid by pyx12.

`python -m tests.benchmarks.x12_load 837P 5 out.x12` writes about 5 MB: 9,400 claims in one interchange, group and
transaction, so that a reader that holds a whole transaction shows it. Names, numbers and money are made up.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

MEGABYTE = 1_000_000
_LAST = [
    "ADAMS",
    "BAKER",
    "CLARK",
    "DAVIS",
    "EVANS",
    "FOSTER",
    "GARCIA",
    "HUGHES",
    "IRWIN",
    "JENSEN",
    "KELLER",
    "LOPEZ",
    "MORGAN",
    "NGUYEN",
    "OWENS",
]
_FIRST = [
    "ANNA",
    "BEN",
    "CARLA",
    "DAVID",
    "ELLEN",
    "FRANK",
    "GRACE",
    "HENRY",
    "IDA",
    "JACOB",
    "KAREN",
    "LEO",
    "MARIA",
]
_CITIES = (("ALBANY", "NY", "122071234"), ("DENVER", "CO", "802021234"), ("TAMPA", "FL", "336021234"))
_DIAGNOSES = ["J069", "I10", "E119", "M545", "R05", "K219", "N390"]
_PROCEDURES = ["99213", "99214", "99203", "36415", "80053", "71046", "93000", "97110"]
_CLAIMS_PER_PROVIDER = 50
_NPI = "1234567893"


def claims(megabytes: float) -> Iterator[bytes]:
    """An 837P of about that size in pieces: 50 claims a billing provider, a claim a subscriber, one to three lines."""
    yield _join([*_interchange("HC", "005010X222A1"), "ST*837*0001*005010X222A1"])
    yield _join(
        [
            "BHT*0019*00*LOAD0001*20260105*0930*CH",
            "NM1*41*2*CLEARING SERVICES*****46*CS100",
            "PER*IC*SUPPORT*TE*5185550100",
            "NM1*40*2*NORTHERN HEALTH PLAN*****46*NHP01",
        ]
    )
    size, segments, level, parent, number = 0, 5, 0, 0, 0
    while size < megabytes * MEGABYTE - 600:
        if number % _CLAIMS_PER_PROVIDER == 0:
            level += 1
            parent = level
            block = _provider(level, number)
        else:
            block = []
        level += 1
        block += _subscriber(level, parent, number) + _claim(number)
        number += 1
        segments += len(block)
        piece = _join(block)
        size += len(piece)
        yield piece
    yield _join([f"SE*{segments + 1}*0001", "GE*1*1", "IEA*1*000000001"])


def remittance(megabytes: float) -> Iterator[bytes]:
    """An 835 of about that size in pieces: one to three lines a claim, all of it balances."""
    size, segments, paid, count = 0, 0, 0, 0
    while size < megabytes * MEGABYTE - 900:
        block, amount = _payment(count)
        paid += amount
        count += 1
        segments += len(block)
        size += len(_join(block))
    head = [
        "ST*835*0001",
        f"BPR*I*{_money(paid)}*C*CHK************20260120",
        "TRN*1*CHK0012345*1512345678",
        "DTM*405*20260118",
        "N1*PR*NORTHERN HEALTH PLAN",
        "N3*100 STATE STREET",
        "N4*ALBANY*NY*122071234",
        "PER*BL*PROVIDER SERVICES*TE*5185550111",
        f"N1*PE*LAKESIDE CLINIC*XX*{_NPI}",
        "REF*TJ*512345678",
        "LX*1",
    ]
    yield _join([*_interchange("HP", "005010X221A1"), *head])
    yield from (_join(_payment(number)[0]) for number in range(count))
    yield _join([f"SE*{segments + len(head) + 1}*0001", "GE*1*1", "IEA*1*000000001"])


def _interchange(functional: str, version: str) -> list[str]:
    return [
        "ISA*00*          *00*          *ZZ*LOADSENDER     *ZZ*LOADRECEIVER   *260105*0930*^*00501*000000001*0*T*:",
        f"GS*{functional}*LOADSENDER*LOADRECEIVER*20260105*0930*1*X*{version}",
    ]


def _join(segments: list[str]) -> bytes:
    return ("~\n".join(segments) + "~\n").encode("ascii")


def _money(cents: int) -> str:
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") if rest else str(whole)


def _provider(level: int, number: int) -> list[str]:
    city, state, zip_code = _CITIES[number // _CLAIMS_PER_PROVIDER % len(_CITIES)]
    return [
        f"HL*{level}**20*1",
        "PRV*BI*PXC*207Q00000X",
        f"NM1*85*2*LAKESIDE CLINIC {number // _CLAIMS_PER_PROVIDER}*****XX*{_NPI}",
        f"N3*{100 + number % 900} LAKE ROAD",
        f"N4*{city}*{state}*{zip_code}",
        "REF*EI*512345678",
    ]


def _subscriber(level: int, parent: int, number: int) -> list[str]:
    city, state, zip_code = _CITIES[number % len(_CITIES)]
    birth = f"{1930 + number % 70}{1 + number % 12:02}{1 + number % 28:02}"
    return [
        f"HL*{level}*{parent}*22*0",
        f"SBR*P*18*GRP{number % 977:04}******CI",
        f"NM1*IL*1*{_LAST[number % 15]}*{_FIRST[number % 13]}****MI*NHP{number:08}",
        f"N3*{1 + number % 9999} MAPLE AVENUE",
        f"N4*{city}*{state}*{zip_code}",
        f"DMG*D8*{birth}*{'FM'[number % 2]}",
        "NM1*PR*2*NORTHERN HEALTH PLAN*****PI*NHP01",
    ]


def _charges(number: int) -> list[tuple[str, int]]:
    return [
        (_PROCEDURES[(number + line) % 8], 2500 + (number * 37 + line * 991) % 40000)
        for line in range(number % 3 + 1)
    ]


def _claim(number: int) -> list[str]:
    charges = _charges(number)
    day = f"202601{1 + number % 4:02}"
    second = f"*ABF:{_DIAGNOSES[(number + 1) % 7]}" if number % 2 else ""
    segments = [
        f"CLM*PT{number:07}*{_money(sum(amount for _, amount in charges))}***11:B:1*Y*A*Y*Y",
        f"REF*D9*CLEARINGHOUSE{number:012}",
        f"HI*ABK:{_DIAGNOSES[number % 7]}{second}",
        f"NM1*DN*1*{_LAST[number % 13]}*{_FIRST[number % 5]}****XX*{_NPI}",
        f"NM1*82*1*{_LAST[number % 11]}*{_FIRST[number % 7]}****XX*{_NPI}",
        "PRV*PE*PXC*207Q00000X",
    ]
    for line, (code, amount) in enumerate(charges, 1):
        segments += [
            f"LX*{line}",
            f"SV1*HC:{code}*{_money(amount)}*UN*1***1",
            f"DTP*472*D8*{day}",
            f"REF*6R*{number}L{line}",
        ]
    return segments


def _payment(number: int) -> tuple[list[str], int]:
    lines, charged, paid, owed = [], 0, 0, 0
    day = f"202601{1 + number % 4:02}"
    for line, (code, amount) in enumerate(_charges(number), 1):
        contract, patient = amount // 5, amount // 10
        net = amount - contract - patient
        charged, paid, owed = charged + amount, paid + net, owed + patient
        lines += [
            f"SVC*HC:{code}*{_money(amount)}*{_money(net)}**1",
            f"DTM*472*{day}",
            f"CAS*CO*45*{_money(contract)}",
            f"CAS*PR*2*{_money(patient)}",
            f"REF*6R*{number}L{line}",
            f"AMT*B6*{_money(amount - contract)}",
        ]
    head = [
        f"CLP*PT{number:07}*1*{_money(charged)}*{_money(paid)}*{_money(owed)}*12*ICN{number:09}*11*1",
        f"NM1*QC*1*{_LAST[number % 15]}*{_FIRST[number % 13]}****MI*NHP{number:08}",
        f"NM1*82*1*{_LAST[number % 11]}*{_FIRST[number % 7]}****XX*{_NPI}",
        "DTM*050*20260110",
    ]
    return head + lines, paid


MAKERS = {"837P": claims, "835": remittance}


def write(name: str, megabytes: float, path: Path) -> Path:
    """Write a file of that set and size."""
    with path.open("wb") as file:
        file.writelines(MAKERS[name](megabytes))
    return path


if __name__ == "__main__":
    write(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]))

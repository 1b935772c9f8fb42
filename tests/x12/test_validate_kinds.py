"""Each code of validation, by a change that causes it, with its place and what a 999 says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapper.registry import REGISTRY
from mapper.schema import x12_data
from runtime.codecs.x12 import read
from runtime.errors import DecodeError
from runtime.x12.acknowledge import collect
from runtime.x12.acknowledge.validation import checked_by
from runtime.x12.acknowledge.verdict import of_transaction
from runtime.x12.validate import Validation, X12Finding, engine, load_lists
from runtime.x12.validate.codelists import read_list
from runtime.x12.validate.values import has_format, is_date, is_decimal, is_time, passes_luhn
from tests.x12.claims import claims
from tests.x12.faults import plant
from tests.x12.mutations import mutate, parse, write
from tests.x12.validating import errors, findings, results

Segments = list[list[str]]


def clean() -> Segments:
    return parse(claims("837P", 3, plain=True, size=1).bytes())


def index(segments: Segments, name: str, qualifier: str = "") -> int:
    return next(n for n, s in enumerate(segments) if s[0] == name and (not qualifier or s[1] == qualifier))


@dataclass(frozen=True)
class Case:
    code: str
    place: str
    ack: str
    change: Callable[[Segments], None]


def set_element(name: str, number: int, value: str, qualifier: str = "") -> Callable[[Segments], None]:
    def change(segments: Segments) -> None:
        segment = segments[index(segments, name, qualifier)]
        segment += [""] * (number + 1 - len(segment))
        segment[number] = value

    return change


def insert(name: str, *segments_after: list[str]) -> Callable[[Segments], None]:
    def change(segments: Segments) -> None:
        at = index(segments, name) + 1
        segments[at:at] = [list(each) for each in segments_after]

    return change


def delete(name: str, qualifier: str = "") -> Callable[[Segments], None]:
    def change(segments: Segments) -> None:
        del segments[index(segments, name, qualifier)]

    return change


def lose_loop(segments: Segments) -> None:
    at = index(segments, "NM1", "40")
    del segments[at]


def reorder(segments: Segments) -> None:
    at = index(segments, "N3")
    segments[at], segments[at + 1] = segments[at + 1], segments[at]


def half_a_pair(segments: Segments) -> None:
    segment = segments[index(segments, "PER")]
    segment[5:] = ["EX"]


def dashed_number(segments: Segments) -> None:
    at = index(segments, "NM1", "IL") + 1
    while segments[at][0] in ("N3", "N4", "DMG"):
        at += 1
    segments.insert(at, ["REF", "SY", "123-45-678"])


CASES = (
    Case("R401", "2300/CLM07", "8/1", set_element("CLM", 7, "")),
    Case("R402", "1000A/PER05", "8/2", half_a_pair),
    Case("R403", "2010AA/N303", "8/3", set_element("N3", 3, "X")),
    Case("R404", "2010AA/N301", "8/5", set_element("N3", 1, "A" * 56)),
    Case("R404", "2010AA/N401", "8/4", set_element("N4", 1, "A")),
    Case("R405", "2010AA/N301", "8/6", set_element("N3", 1, "CAF\xc9")),
    Case("R405", "2300/CLM02", "8/6", set_element("CLM", 2, "1,5")),
    Case("R406", "2400/DTP03", "8/8", set_element("DTP", 3, "20240230", "472")),
    Case("R406", "BHT05", "8/9", set_element("BHT", 5, "2500")),
    Case("R407", "2010AA/N301", "8/12", set_element("N3", 1, "A^B")),
    Case("R408", "2010AA/N303", "8/3", set_element("N3", 2, "B")),
    Case("R411", "2010AA/N3", "5", insert("N3", ["N3", "2 ELM"])),
    Case("R412", "1000B/NM1", "4", insert("PER", *(["NM1", "40", "2", "X", "", "", "", "", "46", "1"],) * 2)),
    Case("R413", "2400/LX01", "8/7", set_element("LX", 1, "2")),
    Case("R413", "2000A/HL01", "8/7", set_element("HL", 1, "5")),
    Case("R421", "2000B/SBR01", "8/7", set_element("SBR", 1, "Z")),
    Case("R422", "2300/CLM04", "8/I10", set_element("CLM", 4, "X")),
    Case("R423", "2010AA/N4", "3", delete("N4")),
    Case("R424", "1000B/NM1", "3", lose_loop),
    Case("R426", "2010AA/ZZZ", "1", insert("N3", ["ZZZ", "1"])),
    Case("R426", "2010AA/DMG", "2", insert("N3", ["DMG", "D8", "19700101"])),
    Case("R427", "2010AA/N3", "7", reorder),
    Case("R428", "2010BA/REF02", "8/I12", dashed_number),
    Case("R451", "2010AA/N402", "8/7", set_element("N4", 2, "QQ")),
    Case("R452", "2300/CLM05-1", "8/7", set_element("CLM", 5, "27:B:1")),
    Case("R453", "2010AA/NM109", "8/7", set_element("NM1", 9, "1234567890", "85")),
)


def shown(each: X12Finding) -> str:
    return "/".join(part for part in (each.loop, each.reference) if part)


@pytest.mark.parametrize("case", CASES, ids=lambda each: f"{each.code}-{each.place}")
def test_a_change_causes_its_code(case: Case) -> None:
    segments = clean()
    assert errors(write(segments)) == []
    if case.code == "R408":
        segments[index(segments, "N3")] += ["", ""]
        segments[index(segments, "N3")] = [*segments[index(segments, "N3")][:2], "B", ""]
    else:
        case.change(segments)
    if case.code == "R452":
        for segment in segments:
            if segment[:2] == ["DTP", "472"]:
                segment[3] = "20230930"
    told = [each for each in errors(write(segments)) if each.code == case.code]
    assert (case.place, case.ack) in {
        (shown(each), "/".join(code for code in (each.kind.ik304, each.kind.ik403) if code)) for each in told
    }


def test_segments_and_loops_that_a_guide_does_not_use() -> None:
    """R425: a table with such a place; the guides that ship have none."""
    table = x12_data.set_table("999")
    root = {**table["root"], "children": [dict(each) for each in table["root"]["children"]]}
    root["children"][1]["usage"] = "N"
    made = {**table, "root": root}
    text = (
        "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260105*0930*^*00501*000000001*0*T*:~"
        "GS*FA*A*B*20260105*0930*1*X*005010X231A1~ST*999*0001*005010X231A1~AK1*HC*1*005010X222A1~AK9*A*1*1*1~"
        "SE*4*0001~GE*1*1~IEA*1*000000001~"
    )
    steps = Validation({"999": made}).stream(text.encode())
    told = [each for step in steps for each in step.findings if each.code == "R425"]
    assert [(each.reference, each.ordinal, each.kind.ik304) for each in told] == [("AK1", 2, "I4")]


def test_every_code_of_validation_is_shown() -> None:
    shown_elsewhere = {"R425", "R431", "R432", "R433", "R441", "R442", "R443", "R454", "R455"}
    codes = {code for code in REGISTRY if code.startswith("R4")}
    assert {case.code for case in CASES} | shown_elsewhere == codes


def test_a_list_that_is_not_loaded_is_remembered_once() -> None:
    """R454: codes that were checked for their form only."""
    data = write(clean())
    validation = Validation(x12_data.set_tables())
    for _ in range(2):
        list(validation.stream(data))
    assert validation.not_loaded == sorted(set(validation.not_loaded))
    assert {"cpt", "icd-10-cm"} <= set(validation.not_loaded)


def test_lists_have_days(tmp_path: Path) -> None:
    """The line's day of service decides whether a code is in force."""
    segments = clean()
    code = segments[index(segments, "SV1")][1].split(":")[1]
    day = segments[index(segments, "DTP", "472")][3]
    every = sorted({s[1].split(":")[1] for s in segments if s[0] == "SV1"})
    others = "".join(f"{each},,\n" for each in every if each != code)
    for first, last, expected in (
        ("", "", None),
        ("20300101", "", "R452"),
        ("", "20000101", "R452"),
        (day, day, None),
    ):
        (tmp_path / "cpt.csv").write_text(f"code,from,to\n{code},{first},{last}\n{others}")
        (tmp_path / "hcpcs.tsv").write_text(f"code\tfrom\n{code}\t{first}\n" + others.replace(",", "\t"))
        validation = Validation(x12_data.set_tables(), load_lists([tmp_path]))
        told = [
            each
            for step in validation.stream(write(segments))
            for each in step.findings
            if each.level == "error"
        ]
        assert {each.code for each in told} == ({expected} if expected else set())


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "code,from\nA,2024\n", "code,to\nA,20241301\n"])
def test_what_is_no_list_is_told(text: str) -> None:
    """R455."""
    with pytest.raises(DecodeError) as caught:
        read_list("x", text, "x.csv")
    assert caught.value.finding.code == "R455"
    assert "x.csv" in caught.value.finding.where


def test_an_error_above_claims_rejects_all_of_them() -> None:
    segments = clean()
    segments[index(segments, "NM1", "IL")][9] = ""
    segments[index(segments, "NM1", "IL")][8] = ""
    (result,) = results(write(segments))
    assert result.verdict == "rejected"
    assert result.claims >= 1
    assert result.rejected >= 1


def test_a_fault_rejects_its_claim_and_with_strict_its_transaction() -> None:
    data = next(
        each.data
        for each in (plant("unknown-segment", seed, "837P") for seed in range(30))
        if results(each.data)[0].claims > 1 and results(each.data)[0].rejected == 1
    )
    assert [each.verdict for each in results(data)] == ["accepted in part"]
    strict = Validation(x12_data.set_tables(), load_lists(), x12_data.envelope(), strict=True)
    assert [each.result.verdict for each in strict.stream(data) if each.result] == ["rejected"]
    checks = checked_by(Validation(x12_data.set_tables(), load_lists(), x12_data.envelope()))
    (interchange,) = collect(read(data, x12_data.set_tables()), checks)
    (transaction,) = interchange.groups[0].transactions
    assert (of_transaction(transaction).code, of_transaction(transaction, strict=True).code) == ("E", "R")


def test_hostile_input_is_told_and_never_raised() -> None:
    """Noise of every kind behind a good envelope."""
    base = clean()
    for noise in ("\x1d\x1e\x1f", "*" * 2000, ":" * 500, "^" * 500, "\x00", "é" * 50, "~", "ST*837"):
        segments = [list(each) for each in base]
        segments[index(segments, "N3")][1] = noise
        segments[index(segments, "HI")][1] = noise
        segments[index(segments, "SV1")][2] = noise
        assert findings(write(segments))


@given(st.text(alphabet="0123456789-. +eE", max_size=9))
def test_numbers_are_those_that_decimal_reads(text: str) -> None:
    """What is taken is a plain decimal number; a sign of plus, an exponent or a bare point is none."""
    import re

    assert is_decimal(text) == bool(re.fullmatch(r"-?(\d+(\.\d+)?|\.\d+)", text))


@given(st.dates(min_value=date(1800, 1, 1)))
def test_days_of_the_calendar_are_dates(day: date) -> None:
    assert is_date(f"{day:%Y%m%d}")
    assert has_format("D8", f"{day:%Y%m%d}")
    assert has_format("RD8", f"{day:%Y%m%d}-{day:%Y%m%d}")
    assert not has_format("RD8", f"{day:%Y%m%d}")
    assert not is_date(f"{day:%Y%m}32")


@given(st.text(alphabet="0123456789", min_size=4, max_size=8))
def test_times_are_of_a_day(text: str) -> None:
    right = len(text) in (4, 6, 8) and int(text[:2]) < 24 and int(text[2:4]) < 60 and int(text[4:6] or 0) < 60
    assert is_time(text) == right


@given(st.text(alphabet="0123456789", min_size=9, max_size=9))
def test_one_check_digit_of_ten_is_right(nine: str) -> None:
    """Against the definition: doubled digits of 80840 and the number, from the right."""
    right = [digit for digit in "0123456789" if passes_luhn(nine + digit)]
    digits = [int(each) for each in "80840" + nine + right[0]]
    doubled = [
        each if place % 2 else sum(divmod(2 * each, 10)) for place, each in enumerate(reversed(digits), 1)
    ]
    assert len(right) == 1
    assert sum(doubled) % 10 == 0


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_damage_is_told_and_never_raised(seed: int) -> None:
    """Several changes, and bytes of noise: findings with a place, no exception but that there is no interchange."""
    rng = Random(seed)
    data = claims(rng.choice(("837P", "837I")), seed % 7, plain=True, size=1).bytes()
    for number in range(rng.randint(1, 4)):
        data = mutate(data, (seed, number))[1]
    noisy = bytearray(data)
    for _ in range(rng.randrange(8)):
        noisy[rng.randrange(106, len(noisy))] = rng.randrange(256)
    told = findings(bytes(noisy))
    assert all(each.where for each in told)


def test_an_endless_claim_is_checked_without_its_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory stays bounded: beyond a count of segments nothing is kept for rules, elements are still checked."""
    segments = clean()
    segments[index(segments, "CLM")][2] = "1.00"
    segments[index(segments, "SV1")][2] = "1,0"
    whole = {each.code for each in errors(write(segments))}
    monkeypatch.setattr(engine, "MOST_KEPT", 5)
    kept = {each.code for each in errors(write(segments))}
    assert "R405" in whole
    assert "R405" in kept
    assert not [code for code in kept if code[:3] in ("R43", "R44")]


def test_findings_name_the_data_element() -> None:
    segments = clean()
    segments[index(segments, "NM1", "85")][9] = "1234567890"
    segments[index(segments, "CLM")][7] = "X"
    told = {each.reference: each.data_element for each in errors(write(segments))}
    assert told["NM109"] == "67"
    assert told["CLM07"] == "1359"

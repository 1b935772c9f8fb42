"""The laws of every pair: stable after one round from either side, exact where promised, total on any text."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.lib import codes, dates, ids, numbers, text
from runtime.lib.conversions import CONVERSIONS, Conversion
from runtime.lib.functions import Pair, takes_context
from tests.unit.lib import support
from tests.unit.lib.support import Site

anything = support.text | support.timestamps() | support.digits | support.moments
texts = st.lists(support.text, max_size=4)
numbers_ = st.decimals(allow_nan=True, allow_infinity=True) | st.decimals(-(10**6), 10**6, places=3)
integers = st.integers() | st.integers(-10, 10)
oids = st.from_regex(r"[0-2](\.(0|[1-9][0-9]{0,5})){1,6}", fullmatch=True)
uuids = st.uuids().map(str)
names = st.text(min_size=1, max_size=20)
components = st.lists(
    st.sampled_from(["", "AP", "TEXT", "IM", "Image", "SD", "PDF", "jpeg", "image/png", "x"]), max_size=5
)
media_types = st.from_regex(
    r"(application|text|image|video|model)/[a-z0-9.+-]{1,12}(; ?charset=utf-8)?", fullmatch=True
)

PAIRS: dict[str, tuple[Pair, st.SearchStrategy[Any], st.SearchStrategy[Any]]] = {
    "day": (dates.day, anything, support.partial_dates | anything),
    "date": (dates.date, anything, support.partial_dates | anything),
    "date_told": (dates.date_told, anything, support.partial_dates | anything),
    "date_time": (dates.date_time, anything, support.moments | support.partial_dates | anything),
    "date_time_of_day": (
        dates.date_time_of_day,
        anything,
        support.moments | support.partial_dates | anything,
    ),
    "seconds": (dates.seconds, anything, support.moments | anything),
    "time": (
        dates.time,
        anything | support.timestamps().map(lambda ts: ts[8:]),
        support.moments.map(lambda m: m[11:19]),
    ),
    "number": (numbers.number, anything, numbers_ | integers),
    "integer": (numbers.integer, anything, integers),
    "positive": (numbers.positive, anything, integers),
    "unsigned": (numbers.unsigned, anything, integers),
    "whole": (numbers.whole, anything, numbers_ | integers),
    "negated": (numbers.negated, anything, numbers_ | integers),
    "fewer": (numbers.fewer, anything, integers),
    "words": (text.words, support.text, texts),
    "text_lines": (text.text_lines, texts, support.text),
    "oid": (ids.oid, oids | anything, oids.map("urn:oid:{}".format) | anything),
    "uuid": (ids.uuid, uuids | anything, uuids.map("urn:uuid:{}".format) | anything),
    "namespace": (
        ids.namespace,
        names | anything,
        names.map("https://practice.example/fhir/namespace/{}".format),
    ),
    "base64": (
        codes.base64,
        anything,
        anything | st.binary(max_size=9).map(lambda b: b64encode(b).decode()),
    ),
    "flag": (codes.flag, st.sampled_from(["Y", "N"]) | anything, st.booleans()),
    "icd_dotted": (
        codes.icd_dotted,
        support.text | st.from_regex(r"[A-Z][0-9]{2}[A-Z0-9]{0,4}", fullmatch=True),
        support.text,
    ),
    "mime": (codes.mime, components, media_types | support.text),
}

EXACT: dict[str, tuple[Pair, st.SearchStrategy[str]]] = {
    "date": (dates.date, support.partial_dates.map(lambda day: day.replace("-", ""))),
    "time to the second": (dates.time, support.moments.map(lambda m: m[11:19].replace(":", ""))),
    "integer": (numbers.integer, st.integers(-(2**31), 2**31 - 1).map(str)),
    "decimal": (numbers.number, st.decimals(-(10**9), 10**9, places=2).map(str)),
    "oid": (ids.oid, oids),
    "uuid in lower case": (ids.uuid, uuids),
    "namespace": (ids.namespace, names),
    "base64": (codes.base64, names),
    "icd_dotted": (codes.icd_dotted, st.from_regex(r"[A-Z][0-9]{2}[A-Z0-9]{0,4}", fullmatch=True)),
}


def call(function: Callable[..., Any] | None, site: Site, value: Any) -> Any:
    if function is None:
        return value
    result = function(site, value) if takes_context(function) else function(value)
    return _components(result) if isinstance(result, dict) else result


def _components(parts: dict[int, str]) -> list[str]:
    return [parts.get(number, "") for number in range(1, max(parts) + 1)]


def same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and str(one) == str(other)


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_there_and_back_and_there_again_changes_nothing(name: str, data: st.DataObject) -> None:
    pair, left, _ = PAIRS[name]
    site = data.draw(support.sites)
    went = call(pair.go, site, data.draw(left))
    if went is not None:
        back = call(pair.back, site, went)
        assert back is not None
        assert same(call(pair.go, site, back), went)


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_back_and_there_and_back_again_changes_nothing(name: str, data: st.DataObject) -> None:
    pair, _, right = PAIRS[name]
    site = data.draw(support.sites)
    came = call(pair.back, site, data.draw(right))
    if came is not None:
        there = call(pair.go, site, came)
        assert there is not None
        assert same(call(pair.back, site, there), came)


@pytest.mark.parametrize("name", EXACT)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_promised_to_be_exact_comes_back_as_it_was(name: str, data: st.DataObject) -> None:
    pair, left = EXACT[name]
    site, sent = Site(), data.draw(left)
    assert call(pair.back, site, call(pair.go, site, sent)) == sent


@given(support.moments, support.sites)
def test_an_instant_comes_back_as_the_same_text(moment: str, site: Site) -> None:
    sent = dates.from_instant(site, moment)
    if sent is not None:
        fraction = moment[19:].rstrip("Z").split("+")[0].split("-")[0]
        expected = moment.replace(fraction, fraction[:5]) if fraction else moment
        assert dates.to_instant(site, sent) == (
            expected[:-6] + "Z" if expected.endswith("+00:00") else expected
        )


@given(st.dates(), st.times(), st.sampled_from(support.ZONES))
def test_a_time_without_an_offset_comes_back_without_one(day: Any, time: Any, zone: str) -> None:
    sent = f"{day.year:04}{day:%m%d}{time:%H%M%S}"
    site = Site(zone)
    written = dates.to_date_time(site, sent)
    assert written is not None
    assert dates.from_date_time(site, written) == sent


@pytest.mark.parametrize(
    "function", [text.visible, text.to_code, text.to_id, text.to_uri, codes.to_base64_binary]
)
@given(anything)
def test_what_fits_a_fhir_type_once_fits_it_again(function: Callable[[str], str | None], sent: str) -> None:
    went = function(sent)
    assert went is None or function(went) == went


ONE_WAY = (numbers.low_of, numbers.high_of, numbers.minutes, numbers.number_text, numbers.sequence_text)


@pytest.mark.parametrize("function", ONE_WAY)
@given(anything)
def test_one_way_functions_are_total(function: Callable[[str], object], sent: str) -> None:
    function(sent)


V2_TEXT = {key: found for key, found in CONVERSIONS.items() if key[0] == "hl7v2"}


@given(st.sampled_from(list(V2_TEXT.values())), anything, support.sites)
def test_every_conversion_from_hl7v2_is_total_and_stable(found: Conversion, sent: str, site: Site) -> None:
    went = call(found.pair.go, site, sent)
    if went is not None and found.pair.go is not None:
        back = call(found.pair.back, site, went)
        assert back is not None
        assert same(call(found.pair.go, site, back), went)


def test_a_large_exponent_is_no_number() -> None:
    assert numbers.from_decimal(Decimal("1E+1000000")) is None

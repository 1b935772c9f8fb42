from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from runtime.lib import dates
from tests.unit.lib.support import Site

CHICAGO = "America/Chicago"


@pytest.mark.parametrize(
    ("sent", "date"),
    [
        ("2021", "2021"),
        ("202102", "2021-02"),
        ("20210228", "2021-02-28"),
        ("20240229", "2024-02-29"),
        ("20000229", "2000-02-29"),
    ],
)
def test_a_date_keeps_its_precision(sent: str, date: str) -> None:
    assert dates.to_date(sent) == date
    assert dates.from_date(date) == sent


@pytest.mark.parametrize(
    "sent",
    [
        *("", "20210230", "20230229", "19000229", "202113", "202100", "2021021", "0000"),
        *("00000101", "2021-02", "abcd", "20210100", "２０２１", "2021022a", "20210228120000"),
    ],
)
def test_what_is_no_day_of_the_calendar_is_no_date(sent: str) -> None:
    assert dates.to_date(sent) is None


@pytest.mark.parametrize(
    "date", ["", "2021-02-30", "2021/02/28", "2021-2-8", "20210228", "0000-01-01", "2021-02-28T"]
)
def test_what_is_no_fhir_date_does_not_come_back(date: str) -> None:
    assert dates.from_date(date) is None


@pytest.mark.parametrize(
    ("sent", "zone", "arrives", "comes_back", "told"),
    [
        ("2021", None, "2021", "2021", []),
        ("20210102", None, "2021-01-02", "20210102", []),
        ("20210102153000-0600", None, "2021-01-02T15:30:00-06:00", "20210102153000-0600", []),
        ("20210102153000", CHICAGO, "2021-01-02T15:30:00-06:00", "20210102153000", []),
        ("20210702153000", CHICAGO, "2021-07-02T15:30:00-05:00", "20210702153000", []),
        ("20210102153000-0600", CHICAGO, "2021-01-02T15:30:00-06:00", "20210102153000", []),
        ("20210102153000-0500", CHICAGO, "2021-01-02T15:30:00-05:00", "20210102153000-0500", []),
        ("20210102153000+0000", None, "2021-01-02T15:30:00Z", "20210102153000+0000", []),
        ("20210102153000-0000", None, "2021-01-02T15:30:00-00:00", "20210102153000-0000", []),
        ("20210102153000.5", CHICAGO, "2021-01-02T15:30:00.5-06:00", "20210102153000.5", []),
        ("20210102153000.1230+0100", None, "2021-01-02T15:30:00.1230+01:00", "20210102153000.1230+0100", []),
        (
            "20210102153000.123456+0100",
            None,
            "2021-01-02T15:30:00.1234+01:00",
            "20210102153000.1234+0100",
            ["R215"],
        ),
        ("202101021530", CHICAGO, "2021-01-02T15:30:00-06:00", "20210102153000", ["R207"]),
        ("2021010215+0100", CHICAGO, "2021-01-02T15:00:00+01:00", "20210102150000+0100", ["R207"]),
        ("202101021530", None, "2021-01-02", "20210102", ["R206"]),
        ("20210102153000.5", None, "2021-01-02", "20210102", ["R206"]),
        ("20210102-0600", None, "2021-01-02", "20210102", ["R215"]),
        ("20161231235960+0000", None, "2016-12-31T23:59:60Z", "20161231235960+0000", []),
        ("20211231240000", CHICAGO, "2022-01-01T00:00:00-06:00", "20220101000000", []),
        ("202112312400-0600", None, "2022-01-01T00:00:00-06:00", "20220101000000-0600", []),
    ],
)
def test_a_time_stamp_and_a_date_time(
    sent: str, zone: str | None, arrives: str, comes_back: str, told: list[str]
) -> None:
    site = Site(zone)
    assert dates.to_date_time(site, sent) == arrives
    assert site.told == told
    assert dates.from_date_time(site, arrives) == comes_back


@pytest.mark.parametrize(
    "sent",
    [
        *("2021010225", "202101021560", "20210102153061", "20210102153000.", "20210102153000Z"),
        *("20210102153000-1500", "20210102153000-0660", "20210102 1530", "20210230153000"),
        *("20210102240100", "99991231240000+0000", "2021010215300"),
    ],
)
def test_what_is_no_time_stamp_gives_nothing(sent: str) -> None:
    site = Site(CHICAGO)
    assert dates.to_date_time(site, sent) is None
    assert dates.to_instant(site, sent) is None
    assert site.told == []


def test_an_ambiguous_local_time_is_the_first_of_the_two_and_the_second_keeps_its_offset() -> None:
    site = Site(CHICAGO)
    assert dates.to_instant(site, "20211107013000") == "2021-11-07T01:30:00-05:00"
    assert dates.from_instant(site, "2021-11-07T01:30:00-05:00") == "20211107013000"
    assert dates.from_instant(site, "2021-11-07T01:30:00-06:00") == "20211107013000-0600"


def test_a_skipped_local_time_keeps_the_offset_before_the_change() -> None:
    site = Site(CHICAGO)
    assert dates.to_instant(site, "20210314023000") == "2021-03-14T02:30:00-06:00"
    assert dates.from_instant(site, "2021-03-14T02:30:00-06:00") == "20210314023000"


def test_the_zone_is_right_at_every_hour_of_a_year() -> None:
    site = Site(CHICAGO)
    assert site.zone is not None
    hour = datetime(2021, 1, 1, tzinfo=UTC)
    while hour.year == 2021:
        local = hour.astimezone(site.zone)
        written = dates.to_instant(site, local.strftime("%Y%m%d%H%M%S"))
        assert written is not None
        assert local.fold or datetime.fromisoformat(written) == hour
        hour += timedelta(hours=1)


def test_without_a_zone_there_is_no_instant_and_that_is_told() -> None:
    site = Site()
    assert dates.to_instant(site, "20210102153000") is None
    assert site.told == ["R206"]


def test_a_date_alone_is_no_instant() -> None:
    site = Site(CHICAGO)
    assert dates.to_instant(site, "20210102") is None
    assert dates.from_instant(site, "2021-01-02") is None
    assert site.told == []


@pytest.mark.parametrize(
    "written",
    [
        *("2021-01-02T15:30:00", "2021-01-02T15:30Z", "2021-01-02T15:30:00+15:00"),
        *("2021-01-02 15:30:00Z", "2021-02-30T15:30:00Z", "2021-01-02T24:00:00Z"),
        *("2021-01-02T15:30:00.Z", "2021-01-02T15:30:00z", "2021-01T15:30:00Z"),
    ],
)
def test_what_is_no_fhir_date_time_does_not_come_back(written: str) -> None:
    assert dates.from_date_time(Site(CHICAGO), written) is None
    assert dates.instant_only(written) is None


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ("20210102153000-0600", "2021-01-02"),
        ("202101021530", "2021-01-02"),
        ("2021010215", "2021-01-02"),
        ("20210102240000", "2021-01-02"),
        ("202101", "2021-01"),
        ("2021-0600", "2021"),
        ("20210102153099", None),
        ("20210102x", None),
    ],
)
def test_a_day_is_the_local_date_as_written(sent: str, day: str | None) -> None:
    assert dates.to_day(sent) == day


def test_a_date_where_nobody_asked_for_a_cut_tells_it() -> None:
    site = Site()
    assert dates.to_date_told(site, "20210102153000") == "2021-01-02"
    assert dates.cut_day(site, "202101021530") == "20210102"
    assert dates.cut_date(site, "2021-01-02T15:30:00Z") == "2021-01-02"
    assert dates.from_date_time_cut(site, "2021-01-02T15:30:00Z") == "20210102"
    assert site.told == ["R215"] * 4


@pytest.mark.parametrize(
    ("sent", "time", "comes_back", "told"),
    [
        ("1530", "15:30:00", "153000", ["R207"]),
        ("15", "15:00:00", "150000", ["R207"]),
        ("153000.25", "15:30:00.25", "153000.25", []),
        ("153000-0600", "15:30:00", "153000", ["R215"]),
        ("240000", None, None, []),
        ("2530", None, None, []),
        ("", None, None, []),
    ],
)
def test_a_time_of_day(sent: str, time: str | None, comes_back: str | None, told: list[str]) -> None:
    site = Site()
    assert dates.to_time(site, sent) == time
    assert site.told == told
    if time is not None:
        assert dates.from_time(site, time) == comes_back


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("20210102153000-0600", "30", "2021-01-02T16:00:00-06:00"),
        ("20210102235000.5+0000", "20", "2021-01-03T00:10:00.5Z"),
        ("20210102153000-0600", "soon", None),
        ("20210102", "30", None),
        ("99991231235900+0000", "30", None),
    ],
)
def test_the_end_of_an_appointment(start: str, minutes: str, end: str | None) -> None:
    assert dates.after_minutes(Site(), start, minutes) == end


def test_the_end_of_an_appointment_across_a_change_of_clocks_is_the_right_moment() -> None:
    end = dates.after_minutes(Site(CHICAGO), "20210314013000", "60")
    assert end is not None
    assert datetime.fromisoformat(end) == datetime(2021, 3, 14, 2, 30, tzinfo=timezone(timedelta(hours=-6)))


@pytest.mark.parametrize(
    "sent", ["202101021530", "20210102153000.12345", "20210102153000.5", "20210102153000", "2021010215"]
)
def test_what_was_read_before_is_told_again(sent: str) -> None:
    first, second, other = Site(CHICAGO), Site(CHICAGO), Site("Europe/London")
    assert dates.to_instant(first, sent) == dates.to_instant(second, sent) != dates.to_instant(other, sent)
    assert first.told == second.told == other.told
    back = "2021-01-02T15:30:00.12345-06:00"
    assert dates.from_instant(first, back) == dates.from_instant(second, back) == "20210102153000.1234"
    assert first.told == second.told

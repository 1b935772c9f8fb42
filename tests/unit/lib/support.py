"""A context that records what it is told, and the strategies that the library's tests share."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hypothesis import strategies as st

ZONES = (
    "America/Chicago",
    "Australia/Lord_Howe",
    "UTC",
    "Europe/London",
    "Asia/Kathmandu",
    "America/St_Johns",
)


class Site:
    def __init__(self, zone: str | None = None, base: str = "https://practice.example/fhir") -> None:
        self.zone = ZoneInfo(zone) if zone else None
        self.base = base
        self.told: list[str] = []

    def tell(self, code: str, detail: str) -> None:
        self.told.append(code)


sites = st.sampled_from([*ZONES, None]).map(Site)

_days = st.dates().map(lambda day: f"{day.year:04}{day.month:02}{day.day:02}")
_clocks = st.tuples(
    st.integers(0, 24).map("{:02}".format),
    st.integers(0, 59).map("{:02}".format),
    st.integers(0, 60).map("{:02}".format),
)
_fractions = st.from_regex(r"\.[0-9]{1,6}", fullmatch=True)
_offsets = st.from_regex(r"[+-](0[0-9]|1[0-5])[0-5][0-9]", fullmatch=True) | st.just("")


@st.composite
def timestamps(draw: st.DrawFn) -> str:
    """TS of every precision, most of them legal."""
    day = draw(_days)
    hour, minute, second = draw(_clocks)
    parts = (day[:4], day[4:6], day[6:], hour, minute, second, draw(_fractions))
    return "".join(parts[: draw(st.integers(1, len(parts)))]) + draw(_offsets)


moments = st.builds(
    "{}-{}-{}T{}{}{}".format,
    st.integers(1, 9999).map("{:04}".format),
    st.integers(1, 12).map("{:02}".format),
    st.integers(1, 31).map("{:02}".format),
    st.from_regex(r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)", fullmatch=True),
    st.from_regex(r"(\.[0-9]{1,9})?", fullmatch=True),
    st.from_regex(r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))", fullmatch=True),
)
partial_dates = st.dates().flatmap(
    lambda day: st.sampled_from([4, 7, 10]).map(lambda size: day.isoformat()[:size])
)
text = st.text(max_size=40)
digits = st.from_regex(r"[+-]?[0-9]{0,70}\.?[0-9]{0,70}", fullmatch=True)

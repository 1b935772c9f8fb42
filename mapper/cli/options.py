"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runtime.lib.zones import TO_HL7

if TYPE_CHECKING:
    from mapper.settings import Settings
    from runtime.codecs.x12 import ControlNumbers

site_option = click.option(
    "--site", metavar="NAME|FILE", help="The site: a name of the settings, a standard site, or a .toml file."
)
show_values_option = click.option(
    "--show-values", is_flag=True, help="Show values of messages in the report. They may be patient data."
)


def _received(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """A time as HL7 v2 writes it (TS), from ISO 8601 or TS itself."""
    if value is None:
        return None
    if value == "now":
        return _ts(datetime.now(UTC))
    digits, _, offset = value.replace("-", "+").partition("+")
    if (
        digits.isdigit()
        and len(digits) in (8, 10, 12, 14)
        and (not offset or f"+{offset}" in TO_HL7.values())
    ):
        return value
    try:
        return _ts(datetime.fromisoformat(value))
    except ValueError:
        raise click.BadParameter(
            "a time is wanted, like 2026-04-21T10:15:00-05:00, 20260421101500-0500 or now"
        ) from None


def _ts(moment: datetime) -> str:
    return moment.strftime("%Y%m%d%H%M%S") + (moment.strftime("%z")[:5] if moment.tzinfo else "")


received_option = click.option(
    "--received",
    metavar="TIME",
    callback=_received,
    help="When the message was received ($message.received): ISO 8601, HL7 v2, or now.",
)


# -- X12 -----------------------------------------------------------------------------------------


def _at(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime | None:
    """A local time from ISO 8601: envelopes have no zone."""
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None)
    except ValueError:
        raise click.BadParameter("a time is wanted, like 2025-02-11T08:30") from None


at_option = click.option(
    "--at",
    metavar="TIME",
    callback=_at,
    help="The time in the envelopes of X12 that is written: ISO 8601; now without it.",
)
numbers_option = click.option(
    "--numbers",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file that keeps X12 control numbers; the settings' own by default.",
)


def control_numbers(path: Path | None, settings: Settings, tell: Callable[[str], object]) -> ControlNumbers:
    """The control numbers of a file, by default that of the settings; without one they begin with 1, which is told."""
    from runtime.codecs.x12 import MemoryControlNumbers, StoredControlNumbers

    found = path or settings.control_numbers
    if found is None:
        tell("control numbers begin with 1: --numbers FILE keeps them from being given twice\n")
        return MemoryControlNumbers()
    return StoredControlNumbers(found)

"""Options that several commands share."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from runtime.lib.zones import TO_HL7

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

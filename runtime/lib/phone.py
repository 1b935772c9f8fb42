"""Telephone numbers that XTN gives in parts, as one text (ITU-T E.123, as FHIR recommends)."""

from __future__ import annotations


def phone(country: str = "", area: str = "", local: str = "", extension: str = "") -> str | None:
    """XTN.5 to XTN.8 -> `(217) 555-0100 ext. 12`, `+44 20 79460000`; `None` without a local number."""
    country, area, local, extension = country.strip(), area.strip(), local.strip(), extension.strip()
    if not local:
        return None
    if country:
        number = " ".join([part for part in (_international(country), area, _grouped(area, local)) if part])
    else:
        number = f"({area}) {_grouped(area, local)}" if area else local
    return f"{number} ext. {extension}" if extension else number


def _international(country: str) -> str:
    return country if country.startswith("+") else f"+{country.removeprefix('00')}"


def _grouped(area: str, local: str) -> str:
    """North American numbers are written 3-4; others as they are sent."""
    return f"{local[:3]}-{local[3:]}" if len(area) == 3 and len(local) == 7 and local.isdecimal() else local

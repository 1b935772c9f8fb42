"""Make the long code lists of `mappings/tables` from their published sources.

Run as `python -m mapper.spec.build_tables GUIDE R4 [OUT]`: the folder of the v2-to-FHIR guide's tables, the
`hl7.fhir.r4.core` 4.0.1 package (a `.tgz`), and the folder to write (by default `mappings/tables`). Tables of
a few dozen rows are written by hand; these lists pair a few hundred codes, nearly all with themselves.
"""

from __future__ import annotations

import re
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path

from mapper.spec.guide import CodePair, read_guide

HEADER = "# left code, arrow, right code: made by mapper/spec/build_tables.py"

# File stem -> map of the guide.
LISTS = {
    "body_part": "BodyParts",
    "country": "CountryCode",
    "event_type": "EventType",
    "identifier_type": "IdentifierType",
    "specimen_type": "SpecimenType",
}

# A blank that was read in the wrong encoding ends three codes of table 0550.
MISREAD = "\u00c2\u00a0 "

# Tables with a code system of their own that the R4 package only holds by version, or not at all.
MORE_TABLES = frozenset({"0006", "0112", "0360", "0391"})
# Table 0005 lists codes of the CDC race and ethnicity system.
NOT_OWN = frozenset({"0005"})


def table_numbers(package: Path) -> list[str]:
    """Numbers of the HL7 v2 tables that have a code system in the R4 package."""
    with tarfile.open(package) as archive:
        found = re.findall(r"/CodeSystem-v2-(\d{4})\.json", "\n".join(archive.getnames()))
    return sorted((set(found) | MORE_TABLES) - NOT_OWN)


def list_lines(pairs: Iterable[CodePair]) -> list[str]:
    """One line for each pair; the first code that claims a target reads it back."""
    claimed: set[str] = set()
    lines = [HEADER]
    for pair in pairs:
        code, target = pair.code.rstrip(MISREAD), pair.target_code.rstrip(MISREAD)
        if code:
            lines.append(f"{code}\t{'->' if target in claimed else '<->'}\t{target}")
            claimed.add(target)
    return lines


def coding_system_lines(numbers: Iterable[str]) -> list[str]:
    """`HL7nnnn`, the name that CWE.3 gives a table, and its URI."""
    base = "http://terminology.hl7.org/CodeSystem/v2-"
    return [HEADER, *(f"HL7{number}\t<->\t{base}{number}" for number in numbers)]


def build(guide_folder: Path, package: Path, out: Path) -> None:
    """Write every list below `out`, replacing what is there."""
    guide = read_guide(guide_folder)
    files = {stem: list_lines(guide.code_pairs(name)) for stem, name in LISTS.items()}
    files["code_system"] = coding_system_lines(table_numbers(package))
    for stem, lines in files.items():
        (out / f"{stem}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    arguments = [Path(argument) for argument in sys.argv[1:]]
    build(arguments[0], arguments[1], arguments[2] if len(arguments) > 2 else Path("mappings/tables"))

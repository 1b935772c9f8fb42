"""`python -m tests.judges install` installs node modules; `python -m tests.judges FILE...` judges files."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path

from tests.judges import absent, judge_bundle, judge_hl7v2, medplum


def main(arguments: list[str]) -> int:
    """Exit code 1 when a judge objects."""
    if arguments == ["install"]:
        medplum.install()
        return 0
    for judge, why in absent().items():
        print(f"{judge} does not sit: {why}", file=sys.stderr)
    objections = [f"{name}: {told}" for name in arguments for told in judge_file(Path(name))]
    print("\n".join(objections))
    return 1 if objections else 0


def judge_file(path: Path) -> list[str]:
    """Objections to one file, JSON or HL7 v2 by its first character."""
    data = path.read_bytes()
    if data.lstrip().startswith(b"{"):
        return judge_bundle(json.loads(data, parse_float=Decimal))
    return judge_hl7v2(data)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

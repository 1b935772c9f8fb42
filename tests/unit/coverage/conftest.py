from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mapper.assets import standard_mappings
from mapper.driver.session import Session, open_session


@pytest.fixture(scope="package")
def session() -> Session:
    return open_session("hl7v2_fhir.adt", "ecw_seed")


def messages(folder: Path | None) -> Iterator[Path]:
    """The ADT messages of the repository, and those of the sample folder where there is one."""
    yield from sorted(standard_mappings().rglob("*.hl7"))
    if folder is not None:
        yield from sorted((folder / "samples" / "hl7v2").glob("ADT*.hl7"))

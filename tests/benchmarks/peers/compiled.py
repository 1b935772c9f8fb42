"""The compiled mapping as callables from bytes to bytes, through the same API that `mapper run` uses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Run = Callable[[bytes], bytes]
MAPPING = "hl7v2_fhir.adt"
SITE = Path(__file__).parents[1] / "data" / "lakeside.toml"
SEED_SITE = "ecw_seed"


def compiled(message: str, tracing: bool = False) -> tuple[Run, Run]:
    """There and back for one of the messages; the seed's has its own site. Errors: those of `open_session`."""
    from mapper.driver.session import open_session

    site = SEED_SITE if message.startswith("seed") else str(SITE)
    translator = open_session(MAPPING, site).translator(tracing=tracing)
    return (lambda data: translator.forward(data).data), (lambda data: translator.back(data).data)

"""The compiled mapping as callables from bytes to bytes, through the same API that `mapper run` uses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runtime.translate import Result, Translator

Run = Callable[[bytes], bytes]
MAPPING = "hl7v2_fhir.adt"
SITE = Path(__file__).parents[1] / "data" / "lakeside.toml"
SEED_SITE = "ecw_seed"


def compiled(message: str, tracing: bool = False) -> tuple[Run, Run]:
    """There and back for one of the messages; the seed's has its own site. Errors: those of `open_session`."""
    translator = _translator(message, tracing)
    return (lambda data: translator.forward(data).data), (lambda data: translator.back(data).data)


def accounted(message: str) -> tuple[Run, Run]:
    """The same with the loss report of `mapper run` for each message: what was lost is found in a traced run."""
    from collections import Counter

    from mapper.coverage.accountant import Accountant

    translator, accountant = _translator(message, False), Accountant(_translator(message, True), {})
    sums: Counter[str] = Counter()

    def told(result: Result) -> bytes:
        sums.update(accountant.of(result).counts)
        return result.data

    return (lambda data: told(translator.forward(data))), (lambda data: told(translator.back(data)))


def _translator(message: str, tracing: bool) -> Translator:
    from mapper.driver.session import open_session

    site = SEED_SITE if message.startswith("seed") else str(SITE)
    return open_session(MAPPING, site).translator(tracing=tracing)

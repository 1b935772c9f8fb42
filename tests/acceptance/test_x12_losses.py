"""Loss and traces of the public X12 samples: every populated element of every file of a supported set."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mapper.coverage.accountant import Accountant
from mapper.coverage.accounting import Account
from mapper.driver.session import open_session
from mapper.trace import Trace
from runtime.x12.feed import X12Feed
from tests.unit.coverage.test_x12 import elements, told

MODULES = {
    "837_005010X222A2": "claim_837p",
    "837_005010X223A3": "claim_837i",
    "835_005010X221A1": "remittance",
    "270_005010X279A1": "eligibility_request",
    "271_005010X279A1": "eligibility_response",
}
LEAST_MAPPED = {"837_005010X222A2": 0.9, "837_005010X223A3": 0.85, "835_005010X221A1": 0.9}
"""The share of mapped elements among those that are not structure."""


@pytest.mark.parametrize("folder", MODULES)
def test_every_populated_element_of_the_samples_is_accounted_for(folder: str, data: Path) -> None:
    traced = open_session(f"x12_fhir.{MODULES[folder]}").translator(tracing=True)
    counts: Counter[str] = Counter()
    structure = 0
    for path in sorted((data / "samples" / "x12" / folder).iterdir()):
        content = path.read_bytes()
        accountant = Accountant(traced, {})
        leaves: list[Account] = []
        for unit in X12Feed(traced).forward(content, every=True):
            leaves += accountant.of(unit).leaves if unit.events else ()
            for result in unit.results:
                assert all(set(row.lines) for row in Trace(result).rows if row.sources), path.name
        sent = [leaf for leaf in leaves if leaf.element != "refused transactions"]
        assert told(sent) == elements(content), path.name
        assert all(leaf.verdict.reason for leaf in leaves if leaf.verdict.kind == "ignored"), path.name
        counts.update(leaf.verdict.kind for leaf in leaves)
        structure += sum(leaf.verdict.kind == "ignored" for leaf in leaves)
    share = counts["mapped"] / (counts.total() - structure)
    assert share >= LEAST_MAPPED.get(folder, 0.7), (folder, counts)

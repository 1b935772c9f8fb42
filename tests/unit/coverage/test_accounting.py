"""Each populated leaf is in exactly one class."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapper.assets import standard_mappings
from mapper.cli.coverage import command
from mapper.coverage.accounting import Accounting, fhir_leaves
from mapper.coverage.claimed import CLASSES
from mapper.coverage.loss import loss
from mapper.coverage.text import loss_text
from mapper.driver.session import Session
from runtime.codecs.hl7v2 import leaves
from runtime.errors import MapperError
from tests.unit.coverage.conftest import messages

A01 = standard_mappings() / "hl7v2_fhir/adt/a01_admit.hl7"
A08 = standard_mappings() / "hl7v2_fhir/adt/a08_clear_phone.hl7"


@pytest.fixture(scope="module")
def accounting(session: Session) -> Accounting:
    return Accounting(session.release)


def test_every_leaf_has_one_class(session: Session, accounting: Accounting, data: Path) -> None:
    translator = session.translator(tracing=True)
    count = 0
    for path in messages(data):
        try:
            result = translator.forward(path.read_bytes())
        except MapperError:
            continue
        for account in (accounting.of(result), loss(result, accounting)):
            assert [leaf.position for leaf in account.leaves] == [
                position for position, _, _ in leaves(result.source)
            ]
            assert all(leaf.verdict.kind in CLASSES for leaf in account.leaves)
            assert account.counts == {kind: len(account.of(kind)) for kind in CLASSES}
            assert all(leaf.verdict.reason for leaf in account.of("ignored")), path.name
        back = translator.back(result.data)
        account = loss(back, accounting)
        assert [leaf.position for leaf in account.leaves] == [
            place for place, _, _ in fhir_leaves(back.source)
        ]
        count += 1
    assert count >= 40


def test_what_is_marked_is_mapped(session: Session, accounting: Accounting) -> None:
    account = loss(session.translator(tracing=True).forward(A01.read_bytes()), accounting)
    kinds = {leaf.position: leaf.verdict.kind for leaf in account.leaves}
    assert {kind for position, kind in kinds.items() if position.startswith("PID-5")} == {"mapped"}
    assert kinds["PID-8"] == "mapped"
    assert kinds["PID-1"] == "ignored"


def test_an_explicit_null_tells_what_it_would_clear(session: Session, accounting: Accounting) -> None:
    account = accounting.of(session.translator().forward(A08.read_bytes()))
    removed = {leaf.position: leaf.verdict.targets for leaf in account.of("removed")}
    assert removed
    assert any("Patient.telecom" in target for targets in removed.values() for target in targets)
    assert {finding.code for finding in account.findings()} == {"R208"}


def test_the_text_fits_and_shows_no_values(session: Session, accounting: Accounting) -> None:
    result = session.translator().forward(A01.read_bytes())
    text = loss_text(accounting.of(result), result.findings)
    assert max(map(len, text.splitlines())) <= 80
    family = next(value for position, _, value in leaves(result.source) if position.startswith("PID-5"))
    assert family not in text


def test_the_report_over_messages_hides_values() -> None:
    done = CliRunner().invoke(command, ["hl7v2_fhir.adt", str(A01), "--json"], catch_exceptions=False)
    report = json.loads(done.output)
    assert report["messages"] == 1
    assert all("values" not in row for row in report["lost"])
    assert sum(report["counts"].values()) > 50

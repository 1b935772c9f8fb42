"""The loss report accounts for every populated field of every ADT file: mapped, ignored with a reason, or unmapped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from mapper.coverage.accounting import Account, Accounting
from mapper.coverage.loss import loss
from runtime.translate import Translator
from tests.acceptance.conftest import PLAIN_SITE, translator

Ledger = Mapping[Path, Sequence[Account]]
CLASSES = {"mapped", "ignored", "removed", "unmapped"}


@pytest.fixture(scope="module")
def accounts(traced: Translator, samples: list[Path]) -> Ledger:
    accounting = Accounting(traced.release)
    return {path: loss(traced.forward(path.read_bytes()), accounting).leaves for path in samples}


def test_every_populated_field_is_accounted_for(accounts: Ledger) -> None:
    assert len(accounts) == 57
    for path, leaves in accounts.items():
        told = {each.element.split(".")[0] for each in leaves}
        assert populated(path.read_bytes()) <= told, path.name


def populated(message: bytes) -> set[str]:
    """The fields with a value, read by plain splitting: `PID-3`."""
    found = set()
    for line in re.split(r"[\r\n]+", message.decode("utf-8-sig")):
        segment, *fields = line.rstrip().split("|")
        first = 2 if segment == "MSH" else 1
        for number, text in enumerate(fields, first):
            if re.sub(r"[\^~&\s]", "", text) and not (segment == "MSH" and number == 2):
                found.add(f"{segment}-{number}")
    return found


def test_each_has_one_class_and_what_is_ignored_a_reason(accounts: Ledger) -> None:
    for path, leaves in accounts.items():
        assert {each.verdict.kind for each in leaves} <= CLASSES
        bare = [each.element for each in leaves if each.verdict.kind == "ignored" and not each.verdict.reason]
        assert bare == [], path.name


def test_most_is_mapped(accounts: Ledger) -> None:
    leaves = [each for found in accounts.values() for each in found]
    mapped = sum(each.verdict.kind == "mapped" for each in leaves)
    assert mapped / len(leaves) > 0.9


def test_the_account_shows_no_values(traced: Translator, seed: bytes) -> None:
    account = loss(traced.forward(seed), Accounting(traced.release))
    told = str(account.as_json())
    for value in ("SMITH", "MRN001234", "POLICY987654", "(217)555-0100"):
        assert value not in told


def test_an_explicit_null_is_told(traced: Translator, seed: bytes) -> None:
    account = loss(traced.forward(seed.replace(b"(217)555-0100", b'""')), Accounting(traced.release))
    (removed,) = account.of("removed")
    assert removed.element.startswith("PID-13")
    assert [each.code for each in account.findings()] == ["R208"]


def test_what_is_put_into_a_resource_that_was_never_made_is_lost(traced: Translator) -> None:
    """PD1 speaks of a Patient that PID makes: without PID nothing of it arrives, whatever the lines claim."""
    header = b"MSH|^~\\&|||||20260101||ADT^A01^ADT_A01|1|P|2.5.1\r"
    result = traced.forward(header + b"PD1||||||||Y\r")
    (leaf,) = [each for each in loss(result, Accounting(traced.release)).leaves if each.position == "PD1-8"]
    assert leaf.verdict.kind == "unmapped"
    assert leaf.verdict.reason


def test_a_transaction_carries_a_removal_out(seed: bytes) -> None:
    """The update replaces the Patient, so what was to be removed is missing; no two entries name one resource."""
    release = translator("ecw_seed").release
    acting = Translator(release, PLAIN_SITE, "transaction")
    entries = acting.forward(seed.replace(b"(217)555-0100", b'""')).output["entry"]
    (patient,) = [entry for entry in entries if entry["resource"]["resourceType"] == "Patient"]
    assert patient["request"]["method"] == "PUT"
    assert "telecom" not in patient["resource"]
    named = [(entry["request"]["url"], entry["request"].get("ifNoneExist")) for entry in entries]
    assert len(set(named)) == len(named)
    assert {entry["request"]["method"] for entry in entries} <= {"PUT", "POST"}

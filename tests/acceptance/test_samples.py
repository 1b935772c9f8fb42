"""All ADT files of the public samples: no crash, valid Bundles; at least 95% of the asked events' values arrive."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runtime.translate import Translator
from tests.acceptance.support import Translate, measure, total
from tests.judges import judge_bundle, judge_hl7v2

ASKED = ("ADT-A01-", "ADT-A03-", "ADT-A04-", "ADT-A08-", "ADT-A31-", "ADT01-", "ADT04-")
LEAST = 0.95


@pytest.fixture(scope="module")
def asked(samples: list[Path]) -> list[Path]:
    """The files of A01, A03, A04, A08 and A31."""
    return [path for path in samples if path.name.startswith(ASKED)]


def test_the_files_are_there(samples: list[Path], asked: list[Path]) -> None:
    assert (len(samples), len(asked)) == (57, 15)


def test_every_bundle_is_valid(standard: Translator, samples: list[Path]) -> None:
    wrong: dict[str, list[str]] = {}
    for path in samples:
        told = judge_bundle(json.loads(standard.forward(path.read_bytes()).data))
        wrong |= {path.name: told} if told else {}
    assert wrong == {}


def test_every_bundle_is_valid_without_a_site(bare: Translator, samples: list[Path]) -> None:
    wrong: dict[str, list[str]] = {}
    for path in samples:
        told = judge_bundle(json.loads(bare.forward(path.read_bytes()).data))
        wrong |= {path.name: told} if told else {}
    assert wrong == {}


def test_us_core_minima_where_the_source_has_the_data(standard: Translator, asked: list[Path]) -> None:
    wrong: dict[str, list[str]] = {}
    for path in asked:
        message = path.read_bytes()
        told = judge_bundle(json.loads(standard.forward(message).data), message)
        wrong |= {path.name: told} if told else {}
    assert wrong == {}


def test_every_message_that_comes_back_can_be_read(standard: Translator, samples: list[Path]) -> None:
    for path in samples:
        returned = standard.back(standard.forward(path.read_bytes()).data)
        again = standard.forward(returned.data)
        assert not [each for each in again.findings if each.level == "error"], path.name


def test_a_merge_says_which_record_replaces_which(standard: Translator, data: Path) -> None:
    folder = data / "samples" / "hl7v2"
    for name, pairs in (
        ("ADT-A40-02.hl7", 2),
        ("ADT-A41-02.hl7", 1),
        ("ADT-A47-01.hl7", 1),
        ("ADT-A45-01.hl7", 0),
    ):
        bundle = standard.forward((folder / name).read_bytes()).output
        patients = {
            entry["fullUrl"]: entry["resource"]
            for entry in bundle["entry"]
            if entry["resource"]["resourceType"] == "Patient"
        }
        links = {
            (link["type"], url, link["other"]["reference"])
            for url, patient in patients.items()
            for link in patient.get("link", ())
        }
        assert len(links) == 2 * pairs, name
        for kind, url, other in links:
            assert url != other
            assert ("replaces" if kind == "replaced-by" else "replaced-by", other, url) in links
            assert patients[url].get("active") is (False if kind == "replaced-by" else None)


def test_the_values_arrive(standard: Translator, asked: list[Path], translate: Translate) -> None:
    found = []
    for path in asked:
        message = path.read_bytes()
        found.append(measure(message, json.loads(standard.forward(message).data), translate, path.name))
    whole = total(found)
    assert whole.texts > 2000
    assert whole.share >= LEAST, whole.report()
    assert whole.strict_share >= LEAST, whole.report()


def test_a_raw_copy_would_not_count(standard: Translator, asked: list[Path]) -> None:
    for path in asked:
        message = path.read_bytes()
        output = standard.forward(message).data
        for line in message.decode("utf-8-sig").replace("\n", "\r").split("\r"):
            if line.count("|") > 4:
                assert json.dumps(line)[1:-1].encode() not in output


def test_what_comes_back_from_the_seed_standard_is_hl7(standard: Translator, seed: bytes) -> None:
    assert judge_hl7v2(standard.back(standard.forward(seed).data).data) == []

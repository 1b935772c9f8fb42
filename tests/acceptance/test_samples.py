"""All ADT files of the public samples: no crash, valid Bundles; at least 95% of the asked events' values arrive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.errors import MapperError
from runtime.translate import Translator
from tests.acceptance.support import Translate, measure, total
from tests.judges import judge_bundle, judge_hl7v2

ASKED = ("ADT-A01-", "ADT-A03-", "ADT-A04-", "ADT-A08-", "ADT-A31-", "ADT01-", "ADT04-")
MERGES = ("A40", "A41", "A45", "A47")
"""Events that join or move two records. Read as an update of one patient they would do harm: no mapping takes them."""

LEAST = 0.95


@pytest.fixture(scope="module")
def asked(samples: list[Path]) -> list[Path]:
    """The files of A01, A03, A04, A08 and A31."""
    return [path for path in samples if path.name.startswith(ASKED)]


def test_the_files_are_there(samples: list[Path], asked: list[Path]) -> None:
    assert (len(samples), len(asked)) == (57, 15)


def test_every_file_is_translated_or_refused_with_a_reason(standard: Translator, samples: list[Path]) -> None:
    mapped = list(_mapped(samples))
    assert len(mapped) == 49
    for path in mapped:
        assert standard.forward(path.read_bytes()).data
    for path in set(samples) - set(mapped):
        with pytest.raises(MapperError, match="R214"):
            standard.forward(path.read_bytes())


def _mapped(samples: list[Path]) -> Iterator[Path]:
    return (path for path in samples if not any(f"-{event}-" in path.name for event in MERGES))


def test_every_bundle_is_valid(standard: Translator, samples: list[Path]) -> None:
    wrong: dict[str, list[str]] = {}
    for path in _mapped(samples):
        told = judge_bundle(json.loads(standard.forward(path.read_bytes()).data))
        wrong |= {path.name: told} if told else {}
    assert wrong == {}


def test_every_bundle_is_valid_without_a_site(bare: Translator, samples: list[Path]) -> None:
    wrong: dict[str, list[str]] = {}
    for path in _mapped(samples):
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
    for path in _mapped(samples):
        returned = standard.back(standard.forward(path.read_bytes()).data)
        again = standard.forward(returned.data)
        assert not [each for each in again.findings if each.level == "error"], path.name


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

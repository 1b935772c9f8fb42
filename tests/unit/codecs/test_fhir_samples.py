"""The examples of US Core: every one fits the shapes of R4, and is written with the digits and text that it had."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mapper.schema.fhir import FhirSchema
from mapper.schema.fhir_shapes import shapes
from runtime.codecs.fhir import decode, encode

pytestmark = pytest.mark.data


def examples(data: Path) -> Iterator[tuple[str, bytes]]:
    package = data / "us-core" / "us_core_610.tgz"
    if not package.is_file():
        pytest.skip(f"no {package}")
    with tarfile.open(package) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if "example" in member.name and member.name.endswith(".json") and file is not None:
                yield member.name, file.read()


def test_examples_there_and_back(data: Path) -> None:
    resources = shapes(FhirSchema())
    read = 0
    for name, content in examples(data):
        document = decode(content, resources)
        assert document.findings == [], name
        written = encode(document.value)
        assert json.loads(written, parse_float=str) == json.loads(content, parse_float=str), name
        read += 1
    assert read > 150

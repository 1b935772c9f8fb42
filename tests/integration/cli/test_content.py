"""`mapper run content`: X12 as JSON for a warehouse."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Run
from tests.x12.claims import claims
from tests.x12.remittances import remittances


def lines(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.mark.parametrize("set_name", ["837P", "837I"])
def test_one_line_for_each_claim(mapper: Run, tmp_path: Path, set_name: str) -> None:
    data = claims(set_name, 7, size=3).bytes()
    (tmp_path / "claims.837").write_bytes(data)
    done = mapper("run", "content", "claims.837")
    assert done.exit_code == 0, done.stderr
    kinds = Counter(line["kind"] for line in lines(done.stdout))
    assert kinds["unit"] == data.count(b"CLM")
    assert all(line["accepted"] for line in lines(done.stdout) if line["kind"] == "end")
    first = lines(done.stdout)[0]["content"]
    assert first["2000A"][0]["2010AA"][0]["NM1"][0]["NM101"] == "85"


def test_a_bad_file_is_told_and_the_rest_go_on(mapper: Run, tmp_path: Path) -> None:
    (tmp_path / "a.835").write_bytes(b"no interchange")
    (tmp_path / "b.835").write_bytes(remittances(seed=3).bytes())
    done = mapper("run", "content", "a.835", "b.835", "--json")
    assert done.exit_code == 1
    assert lines(done.stdout), "the good file is there"
    (told,) = [line for line in lines(done.stderr) if line["level"] == "error"]
    assert (told["input"], told["code"]) == ("a.835", "R132")

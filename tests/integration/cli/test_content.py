"""`mapper run content`: X12 as JSON for a warehouse."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib.resources import files
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


def test_a_project_reads_sets_of_its_own_guides(mapper: Run, tmp_path: Path) -> None:
    guide = files("pyx12").joinpath("map", "834.5010.X220.A1.xml").read_bytes()
    (tmp_path / "834.xml").write_bytes(guide)
    (tmp_path / "mapper.toml").write_text('sources = ["."]\n[x12]\nmaps = ["834.xml"]\n')
    (tmp_path / "a.834").write_text(
        "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260101*1200*^*00501*000000001*0*P*:~"
        "GS*BE*A*B*20260101*1200*1*X*005010X220A1~ST*834*0001*005010X220A1~BGN*00*1*20260101*1200****2~"
        "N1*P5*C*FI*123456789~N1*IN*D*FI*987654321~INS*Y*18*030**A***FT~REF*0F*1~NM1*IL*1*E*F~SE*8*0001~"
        "GE*1*1~IEA*1*000000001~"
    )
    done = mapper("run", "content", "a.834")
    assert done.exit_code == 0, done.stderr
    assert lines(done.stdout)[0]["content"]["2000"][0]["INS"][0]["INS03"] == "030"
    (tmp_path / "834.xml").write_bytes(guide.replace(b"<usage>S</usage>", b"<usage>X</usage>", 1))
    done = mapper("run", "content", "a.834")
    assert done.exit_code == 2
    assert re.search(r"834\.xml:\d+: usage is 'X', not R, S or N", done.stderr)
    for command in (["schema", "x12", "834"], ["validate", "a.834"], ["acknowledge", "a.834"]):
        done = mapper(*command)
        assert done.exit_code == 2, command
        assert "834.xml:" in done.stderr


def test_x12_is_browsed(mapper: Run) -> None:
    done = mapper("schema", "x12", "2010AA/NM109")
    assert done.exit_code == 0
    assert done.stdout.startswith(
        "2010AA/NM109  Billing Provider Identifier\n  Data element 67: AN, 2 to 80 characters.\n"
    )
    assert "2010AA" in mapper("schema", "x12", "837P/2000A").stdout
    assert mapper("schema", "x12", "--version", "005010X221A1", "2110/SVC").exit_code == 0
    missing = mapper("schema", "x12", "2010AA/NM199")
    assert missing.exit_code == 2
    assert "2010AA.NM1 has no '99'; the last is 9" in missing.stderr

"""`mapper validate`: tables, JSON, exit codes, code lists, inputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Run
from tests.x12.faults import document, plant


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "clean.837"
    path.write_bytes(document("837P", 1).bytes())
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.837"
    path.write_bytes(plant("pointer-without-diagnosis", 1, "837P").data)
    return path


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_clean_file_is_accepted(mapper: Run, clean: Path) -> None:
    done = mapper("validate", clean)
    assert done.exit_code == 0
    assert "(837P) is accepted" in done.stdout
    assert "0 errors" in done.stdout.splitlines()[-1]
    assert done.stderr == ""


def test_a_finding_stands_in_a_table_that_fits(
    mapper: Run, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = mapper("validate", bad.name)
    assert done.exit_code == 1
    assert max(map(len, done.stdout.splitlines())) <= 80
    place = plant("pointer-without-diagnosis", 1, "837P").place
    row = next(line for line in done.stdout.splitlines() if line.startswith("2400/SV107-"))
    for shown in (f"SV107-{place.component}", str(place.ordinal), "8/I12", "A7:477"):
        assert shown in row
    assert "R443" in done.stdout
    assert "SIT-POINTER" in done.stdout


def test_json_has_a_line_for_each_finding_each_transaction_and_the_sums(mapper: Run, bad: Path) -> None:
    done = mapper("validate", bad.name, "--json")
    *told, sums = lines(done.stdout)
    finding = next(each for each in told if each.get("level") == "error")
    assert finding["input"] == "bad.837"
    assert finding["code"] == "R443"
    assert finding["slug"] == "values-disagree"
    assert (finding["loop"], finding["segment"], finding["element"]) == ("2400", "SV1", 7)
    assert finding["IK403"] == "I12"
    assert "value" not in finding
    verdicts = [each["verdict"] for each in told if "verdict" in each]
    assert verdicts
    assert {*verdicts} & {"rejected", "accepted in part"}
    assert sums["errors"] == 1
    assert "cpt" in sums["lists_not_loaded"]  # type: ignore[operator]


def test_values_are_told_only_when_asked_for(mapper: Run, tmp_path: Path) -> None:
    seeded = plant("too-long", 2)
    (tmp_path / "long.x12").write_bytes(seeded.data)
    assert "AAAAAAAAAA" not in mapper("validate", "long.x12").stdout
    assert "AAAAAAAAAA" not in mapper("validate", "long.x12", "--json").stdout
    assert "AAAAAAAAAA" in mapper("validate", "long.x12", "--json", "--show-values").stdout


def test_snip_bounds_what_is_checked(mapper: Run, bad: Path) -> None:
    assert mapper("validate", bad, "--snip", 3).exit_code == 0
    assert mapper("validate", bad, "--snip", 4).exit_code == 1
    assert mapper("validate", bad, "--snip", 6).exit_code == 2


def test_a_loaded_list_is_looked_up(mapper: Run, clean: Path, tmp_path: Path) -> None:
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "icd-10-cm.csv").write_text("code,from,to\nZ9989,,\n")
    done = mapper("validate", clean, "--codes", "codes", "--json")
    assert done.exit_code == 1
    codes = {each.get("code") for each in lines(done.stdout)}
    assert "R451" in codes
    assert "icd-10-cm" not in lines(done.stdout)[-1]["lists_not_loaded"]  # type: ignore[operator]


def test_a_project_names_its_lists(mapper: Run, clean: Path, tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "icd-10-cm.csv").write_text("code,from,to\nZ9989,2030-01-01,\n")
    (tmp_path / "mapper.toml").write_text('sources = []\n[x12]\ncodes = ["lists"]\n')
    assert mapper("validate", clean).exit_code == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [("no,header\n", "names no column code"), ("code,from\nA,1-1-24\n", "line 2")],
)
def test_an_unreadable_list_is_a_wrong_call(
    mapper: Run, clean: Path, tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "cpt.csv").write_text(text)
    done = mapper("validate", clean, "--codes", "codes")
    assert done.exit_code == 2
    assert "R455" in done.stderr
    assert told in done.stderr


def test_folders_patterns_and_standard_input(mapper: Run, clean: Path, bad: Path) -> None:
    both = mapper("validate", clean.parent, "--json")
    assert {each["input"] for each in lines(both.stdout) if "input" in each} == {str(clean), str(bad)}
    assert mapper("validate", "*.837", "-q").stdout.count("transaction 0001") == 2
    assert mapper("validate", "-", input=clean.read_bytes()).exit_code == 0
    assert mapper("validate", "missing.837").exit_code == 2


def test_what_is_no_x12_is_told(mapper: Run, tmp_path: Path, clean: Path) -> None:
    (tmp_path / "empty.x12").write_bytes(b"")
    done = mapper("validate", "empty.x12", clean)
    assert done.exit_code == 1
    assert "R132" in done.stdout
    assert "is accepted" in done.stdout


def test_a_flood_of_findings_is_cut_in_the_table_only(mapper: Run, tmp_path: Path, clean: Path) -> None:
    (tmp_path / "mapper.toml").write_text("sources = []\n[limits]\nfindings = 1\n")
    data = clean.read_bytes()
    end = data[105:106].decode("latin-1")
    segments = data.decode().split(end)
    at = next(n for n, each in enumerate(segments) if each.strip().startswith("N3"))
    segments[at + 1 : at + 1] = ["ZZZ", "ZZZ", "ZZZ"]
    (tmp_path / "flood.837").write_text(end.join(segments))
    assert "more; --json lists them all" in mapper("validate", "flood.837").stdout
    told = lines(mapper("validate", "flood.837", "--json").stdout)
    assert [each.get("code") for each in told].count("R426") == 3

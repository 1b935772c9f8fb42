"""`mapper trace`, `mapper coverage` and `mapper run --loss` on X12, as an analyst calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.x12_load import claims, remittance
from tests.integration.cli.conftest import ROOT, Run

VISIT = ROOT / "mappings" / "x12_fhir" / "claims" / "office_visit.837"
CLAIMS = b"".join(claims(0.003))
COUNT = CLAIMS.count(b"~\nCLM*")
MODULE = "x12_fhir.claim_837p"


def test_a_claim_is_traced_there_and_back(mapper: Run, tmp_path: Path) -> None:
    wanted = ("Claim.total.value", "2010BA/NM109", "Claim.facility")
    done = mapper("trace", MODULE, VISIT, *wanted)
    assert done.exit_code == 0, done.stderr
    lines = " ".join(done.stdout.split())
    assert "2300/CLM02 (segment 19 of ST 0001), claim_837p.map:" in lines
    assert "2010BA/NM109 went to" in lines
    assert "Coverage.subscriberId" in lines
    assert "Claim.facility is empty. Lines that would write it:" in lines
    assert "2310C" in lines
    assert max(map(len, done.stdout.splitlines())) <= 80

    bundle = tmp_path / "visit.json"
    bundle.write_bytes(mapper("run", MODULE, VISIT, "-q").stdout_bytes)
    back = mapper("trace", MODULE, bundle, "2300/CLM02", "Patient.identifier.value", "--json")
    assert back.exit_code == 0, back.stderr
    total, number = json.loads(back.stdout)["answers"]
    assert total["rows"][0]["from"] == ["Claim.item[*].net.value"]
    assert {row["element"].partition(" (")[0] for row in number["rows"]} == {"2010BA/NM109"}
    read = mapper("trace", MODULE, bundle, "Coverage.subscriberId")
    assert "Coverage.subscriberId: read by a condition claim_837p.map:" in read.stdout


def test_a_file_of_claims_is_traced_claim_by_claim(mapper: Run, tmp_path: Path) -> None:
    (tmp_path / "a.837").write_bytes(CLAIMS)
    first = mapper("trace", MODULE, "a.837", "2300/CLM01")
    last = mapper("trace", MODULE, "a.837", "2300/CLM01", "--number", str(COUNT))
    assert "holds more than this one: --number names another" in first.stderr
    assert last.stderr == ""
    assert first.stdout != last.stdout
    beyond = mapper("trace", MODULE, "a.837", "--number", str(COUNT + 1))
    assert (beyond.exit_code, beyond.stdout) == (2, "")
    assert f"holds no message number {COUNT + 1}" in beyond.stderr


def test_an_output_laid_out_fits_the_terminal(mapper: Run) -> None:
    done = mapper("trace", MODULE, VISIT)
    assert max(map(len, done.stdout.splitlines())) <= 80
    rows = json.loads(mapper("trace", MODULE, VISIT, "--json").stdout)["rows"]
    assert {"Claim.identifier[0].value", "Bundle.identifier.value"} <= {row["element"] for row in rows}


def test_what_cannot_be_traced_is_told(mapper: Run, tmp_path: Path) -> None:
    (tmp_path / "a.835").write_bytes(b"".join(remittance(0.002)))
    done = mapper("trace", MODULE, "a.835")
    assert done.exit_code == 1
    assert "R214" in done.stderr
    (tmp_path / "noise.837").write_bytes(b"ISA*00*")
    assert mapper("trace", MODULE, "noise.837").exit_code == 1


def test_a_single_claim_is_accounted_for_without_being_asked(mapper: Run) -> None:
    plain, asked = (mapper("run", MODULE, VISIT, *options).stderr for options in ((), ("--loss",)))
    assert "populated elements:" in plain
    assert plain == asked


def test_the_loss_of_a_feed_is_summed_up(mapper: Run, tmp_path: Path) -> None:
    (tmp_path / "a.837").write_bytes(CLAIMS)
    assert "populated" not in mapper("run", MODULE, "a.837").stderr
    told = mapper("run", MODULE, "a.837", "--loss").stderr
    report = [
        json.loads(line) for line in mapper("run", MODULE, "a.837", "--loss", "--json").stderr.splitlines()
    ]
    summary = report[-1]["summary"]["loss"]
    total = sum(summary["counts"].values())
    assert f"{total} populated elements:" in told
    lines = [line["loss"]["counts"] for line in report[:-1]]
    assert sum(sum(counts.values()) for counts in lines) == total
    assert sum(counts["mapped"] for counts in lines) == summary["counts"]["mapped"]
    assert [line["message"] for line in report[:-1] if line["mapping"]] == list(range(1, COUNT + 1))


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_coverage_of_a_folder_counts_what_no_line_reads(
    mapper: Run, tmp_path: Path, option: tuple[str, ...]
) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.837").write_bytes(CLAIMS)
    (folder / "b.837").write_bytes(VISIT.read_bytes().replace(b"REF*EA*MRN-778~", b"PWK*OZ*BM***AC*DMN0012~"))
    done = mapper("coverage", MODULE, "inbox", *option)
    assert done.exit_code == 0, done.stderr
    if option:
        report = json.loads(done.stdout)
        assert report["messages"] == COUNT + 1
        envelope = [row for row in report["lost"] if row["element"] == "ISA13"]
        assert [(row["class"], row["count"]) for row in envelope] == [("ignored", 2)]
        assert all("values" not in row for row in report["lost"])
    else:
        assert f"{COUNT + 1} messages (0 more could not be translated)" in done.stdout
        assert "needs no line" in done.stdout
        assert max(map(len, done.stdout.splitlines())) <= 80
        assert "NADIA" not in done.stdout


def test_the_way_back_is_accounted_for(mapper: Run, tmp_path: Path) -> None:
    (tmp_path / "bundles.ndjson").write_bytes(mapper("run", MODULE, VISIT, "-q", "--ndjson").stdout_bytes)
    done = mapper("run", MODULE, "bundles.ndjson", "--back", "--loss")
    assert done.exit_code == 0, done.stderr
    assert "populated elements:" in done.stderr
    report = json.loads(mapper("coverage", MODULE, "bundles.ndjson", "--json").stdout)
    assert report["messages"] == 1
    assert report["counts"]["mapped"] > 50


def test_coverage_of_a_folder_needs_no_mapping(mapper: Run, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.837").write_bytes(CLAIMS)
    named, left_out = mapper("coverage", "auto", "inbox", "--json"), mapper("coverage", "inbox", "--json")
    assert left_out.exit_code == 0, left_out.stderr
    assert left_out.stdout == named.stdout


def test_a_module_goes_before_its_folder_of_examples(mapper: Run, tmp_path: Path) -> None:
    (tmp_path / "visits").mkdir()
    (tmp_path / "visits.map").write_text('use hl7v2 "2.5.1"\nuse fhir "R4"\n')
    done = mapper("coverage", "visits")
    assert "has no mapping of a whole message" in done.stderr

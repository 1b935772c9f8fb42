"""`mapper run` on X12: claims to Bundles, Bundles to interchanges, and transactions that are refused at their end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.x12_load import claims, remittance
from tests.integration.cli.conftest import SEED, Run

AT = ("--at", "2026-01-05T09:30")
CLAIMS = b"".join(claims(0.003))
REMITTANCE = b"".join(remittance(0.002))
REFUSED = CLAIMS.replace(b"~\nSE*", b"~\nSE*9")
COUNT = CLAIMS.count(b"~\nCLM*")


def write(folder: Path, name: str, content: bytes | str) -> str:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


@pytest.fixture
def bundles(mapper: Run, tmp_path: Path) -> str:
    """A Bundle for each claim, as NDJSON."""
    done = mapper("run", "auto", write(tmp_path, "a.837", CLAIMS))
    assert done.exit_code == 0, done.stderr
    assert f"{COUNT} of {COUNT} messages translated" in done.stderr
    assert len(done.stdout.splitlines()) == COUNT
    return done.stdout


def test_auto_takes_bundles_to_x12_and_reads_standard_input_once(mapper: Run, bundles: str) -> None:
    done = mapper("run", "auto", "-", "--back", *AT, input=bundles.encode())
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("ISA*00*")
    assert "*260105*0930*^*00501*000000001*" in done.stdout
    assert done.stdout.count("~CLM*") == COUNT
    assert "control numbers begin with 1" in done.stderr
    assert f"{COUNT} of {COUNT} messages translated" in done.stderr
    message = mapper("run", "auto", SEED, "--site", "ecw_seed").stdout
    assert (
        mapper("run", "auto", "-", "--back", "--site", "ecw_seed", input=message.encode()).stdout[:3] == "MSH"
    )


def test_control_numbers_go_on(mapper: Run, tmp_path: Path, bundles: str) -> None:
    write(tmp_path, "b.ndjson", bundles)
    seen = [mapper("run", "auto", "b.ndjson", "--back", "--numbers", "n.db", *AT, "-q") for _ in range(2)]
    assert [done.stdout[90:99] for done in seen] == ["000000001", "000000002"]
    assert {done.stderr for done in seen} == {""}
    (tmp_path / "mapper.toml").write_text('[x12]\ncontrol_numbers = "n.db"\n')
    third = mapper("run", "auto", "b.ndjson", "--back", *AT)
    assert third.stdout[90:99] == "000000003"
    assert "control numbers begin with 1" not in third.stderr


def test_bundles_of_several_sets_go_into_one_interchange_and_others_are_told(
    mapper: Run, tmp_path: Path, bundles: str
) -> None:
    paid = mapper("run", "auto", write(tmp_path, "a.835", REMITTANCE), "--ndjson").stdout
    lines = [*bundles.splitlines(), '{"resourceType":"Bundle","type":"collection"}', "{", paid.strip()]
    done = mapper("run", "auto", write(tmp_path, "b.ndjson", "\n".join(lines)), "--back", *AT, "--json")
    assert done.exit_code == 1
    assert (done.stdout.count("~CLM*"), done.stdout.count("~ST*835*"), done.stdout.count("ISA*")) == (
        COUNT,
        1,
        1,
    )
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert [
        (each["message"], each["findings"][0]["code"]) for each in told if each.get("failed") is True
    ] == [
        (COUNT + 1, "R214"),
        (COUNT + 2, "R120"),
    ]
    assert (told[-1]["summary"]["messages"], told[-1]["summary"]["failed"]) == (COUNT + 3, 2)


def test_a_refused_transaction_is_recalled(mapper: Run, tmp_path: Path) -> None:
    write(tmp_path, "bad.837", REFUSED + CLAIMS)
    done = mapper("run", "auto", "bad.837")
    assert done.exit_code == 1
    assert len(done.stdout.splitlines()) == 2 * COUNT
    assert f"error[R217 transaction-refused]: transaction 0001 is refused: {COUNT} results" in done.stderr
    assert f"{COUNT} of {2 * COUNT} messages translated, {COUNT} failed" in done.stderr
    told = [json.loads(line) for line in mapper("run", "auto", "bad.837", "--json").stderr.splitlines()]
    assert [each["recalled"] for each in told if "recalled" in each] == [COUNT]


def test_with_hold_nothing_of_it_is_given(mapper: Run, tmp_path: Path) -> None:
    write(tmp_path, "bad.837", REFUSED + CLAIMS)
    good = mapper("run", "auto", write(tmp_path, "a.837", CLAIMS)).stdout
    for done in (
        mapper("run", "auto", "bad.837", "--hold"),
        mapper("run", "auto", "-", "--hold", input=REFUSED + CLAIMS),
    ):
        assert done.exit_code == 1
        assert done.stdout == good
        assert "nothing of it is given" in done.stderr


def test_findings_of_one_claim_are_shown_in_full(mapper: Run, tmp_path: Path) -> None:
    begin = CLAIMS.partition(b"HL*3*")[0]
    count = begin.count(b"~\n") - 2 + 1
    one = begin + b"SE*%d*0001~\nGE*1*1~\nIEA*1*000000001~\n" % count
    done = mapper("run", "auto", write(tmp_path, "one.837", one))
    assert done.exit_code == 0, done.stderr
    assert "messages translated" not in done.stderr
    assert json.loads(done.stdout)["resourceType"] == "Bundle"
    assert done.stdout.startswith("{\n")
    write(tmp_path, "odd.837", one.replace(b"GE*1*1", b"GE*2*1"))
    odd = mapper("run", "auto", "odd.837")
    assert odd.exit_code == 1
    assert odd.stdout == done.stdout
    assert "error[R115 count-mismatch]" in odd.stderr
    assert "messages translated" not in odd.stderr


def test_a_time_that_is_none(mapper: Run) -> None:
    done = mapper("run", "auto", SEED, "--back", "--at", "noon")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "a time is wanted" in done.stderr


def test_a_fault_of_an_answer_leads_to_the_element_and_line_that_made_it(
    mapper: Run, tmp_path: Path, bundles: str
) -> None:
    first = bundles.splitlines()[0]
    one = write(tmp_path, "one.json", first)
    done = mapper("run", "auto", one, "--back", *AT, "--source-map", "map.ndjson")
    assert done.exit_code == 0, done.stderr
    birth = json.loads(first)["entry"]
    dates = [
        each["resource"].get("birthDate", "")
        for each in birth
        if each["resource"]["resourceType"] == "Patient"
    ]
    sent = done.stdout_bytes.replace(f"*{dates[0].replace('-', '')}*".encode(), b"*19739901*")
    assert sent != done.stdout_bytes
    write(tmp_path, "sent.837", sent)
    assert dates[0] not in (tmp_path / "map.ndjson").read_text(), "a source map holds no values"
    answer = mapper("acknowledge", "sent.837", *AT)
    write(tmp_path, "answer.x12", answer.stdout_bytes)
    told = mapper("acknowledged", "answer.x12", "--sent", "sent.837", "--source-map", "map.ndjson", "--json")
    assert "Patient.birthDate" in told.stdout, told.stdout
    assert ".map:" in told.stdout

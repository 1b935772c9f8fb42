"""`mapper acknowledge`, `acknowledged` and `post`: answering X12 files, reading answers, viewing remittances."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from runtime.x12.acknowledge.source_map import Key, MappedSegment, Origin, dump
from tests.integration.cli.conftest import Run
from tests.x12 import judge
from tests.x12.claims import claims
from tests.x12.document import Document
from tests.x12.faults import plant
from tests.x12.remittances import DENIAL, LINES, PROVIDER, REVERSAL, remittances

AT = ("--at", "2025-02-11T08:30")


def lines(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]


def write(folder: Path, name: str, content: Document | bytes) -> str:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.bytes())
    return name


def fits(output: str) -> bool:
    return max(map(len, output.splitlines()), default=0) <= 80


# -- acknowledge ---------------------------------------------------------------------------------


def test_a_valid_file_is_answered_on_standard_output(mapper: Run, tmp_path: Path) -> None:
    done = mapper("acknowledge", write(tmp_path, "a.837", claims("837P", 3, size=1)), *AT)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.count("ISA*") == 2
    assert "ST*999*" in done.stdout
    assert "ST*277*" in done.stdout
    again = mapper("acknowledge", "a.837", *AT)
    assert again.stdout == done.stdout
    assert "a.837: ST 0001 accepted, 0 of" in done.stderr


@pytest.mark.parametrize(("kind", "mark"), [("ta1", "TA1*"), ("999", "ST*999*"), ("277ca", "ST*277*")])
def test_one_kind_alone(mapper: Run, tmp_path: Path, kind: str, mark: str) -> None:
    done = mapper(
        "acknowledge", write(tmp_path, "a.837", claims("837I", 3, size=1)), "--kind", kind, *AT, "-q"
    )
    assert done.exit_code == 0
    assert done.stderr == ""
    assert mark in done.stdout
    assert judge.verdict(done.stdout) == (True, [])


def test_control_numbers_go_on(mapper: Run, tmp_path: Path) -> None:
    write(tmp_path, "a.837", claims("837P", 3, size=1))
    seen = [mapper("acknowledge", "a.837", "--numbers", "n.db", *AT, "-q").stdout[90:99] for _ in range(3)]
    assert seen == ["000000001", "000000003", "000000005"]  # each run answers with a 999 and a 277CA
    (tmp_path / "mapper.toml").write_text('[x12]\ncontrol_numbers = "n.db"\n')
    done = mapper("acknowledge", "a.837", *AT)
    assert done.stdout[90:99] == "000000007"
    assert "control numbers begin with 1" not in done.stderr


def test_answers_go_to_files_and_what_is_rejected_gives_exit_code_1(mapper: Run, tmp_path: Path) -> None:
    seeded = plant("unknown-segment", 3, "837P")
    write(tmp_path, "a.837", seeded.data)
    done = mapper("acknowledge", "a.837", "--out", "out", *AT)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "accepted with errors, 1 of" in done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.1.999", "a.2.277ca"]
    strict = mapper("acknowledge", "a.837", "--strict", *AT)
    assert strict.exit_code == 1
    assert "ST*277*" not in strict.stdout
    assert " rejected" in strict.stderr


def test_what_cannot_be_read_is_told(mapper: Run, tmp_path: Path) -> None:
    write(tmp_path, "noise.837", b"\x00\xff nothing")
    done = mapper("acknowledge", "noise.837", *AT)
    assert done.exit_code == 1
    assert "R132" in done.stderr
    assert mapper("acknowledge", "none.837").exit_code == 2
    assert mapper("acknowledge", "noise.837", "--at", "soon").exit_code == 2


# -- acknowledged --------------------------------------------------------------------------------


def test_a_rejected_claim_is_told_with_its_source(mapper: Run, tmp_path: Path) -> None:
    seeded = plant("unknown-segment", 3, "837P")
    write(tmp_path, "a.837", seeded.data)
    mapper("acknowledge", "a.837", "--out", "out", *AT)
    place = seeded.place
    origin = Origin(("Claim.item[2].note",), ("claim.map:7",))
    held = b"".join(
        dump(
            Key("", "", place.transaction),
            "837P",
            [MappedSegment(place.ordinal, "ZZZ", "2430", {"": origin})],
        )
    )
    write(tmp_path, "a.ndjson", held)
    done = mapper("acknowledged", "out/a.1.999", "--sent", "a.837", "--source-map", "a.ndjson")
    assert done.exit_code == 0  # the transaction is accepted with errors
    assert f"segment {place.ordinal} ZZZ" in done.stdout
    assert "Claim.item[2].note" in done.stdout
    done = mapper("acknowledged", "out/a.2.277ca", "--sent", "a.837", "--rejected", "--json")
    assert done.exit_code == 1
    told = lines(done.stdout)
    assert {each["what"] for each in told} == {"claim", "line"}
    assert all("claim" not in each for each in told)
    named = mapper(
        "acknowledged", "out/a.2.277ca", "--sent", "a.837", "--rejected", "--json", "--show-values"
    )
    (number,) = {each["claim"] for each in lines(named.stdout)}
    assert number.encode() in seeded.data
    assert number not in mapper("acknowledged", "out/a.2.277ca", "--sent", "a.837").stdout


def test_an_answer_to_something_else_is_told(mapper: Run, tmp_path: Path) -> None:
    write(tmp_path, "a.837", claims("837P", 3, size=1))
    write(tmp_path, "b.837", claims("837P", 4, size=1))
    mapper("acknowledge", "a.837", "--out", "out", *AT)
    done = mapper("acknowledged", "out/a.1.999", "--sent", "b.837")
    assert done.exit_code == 0
    assert done.stderr.count("R511") == 2
    alone = mapper("acknowledged", "out/a.1.999")
    assert alone.stderr == ""
    assert mapper("acknowledged", "a.837").exit_code == 1


# -- post ----------------------------------------------------------------------------------------


def test_a_remittance_that_balances(mapper: Run, tmp_path: Path) -> None:
    document = remittances(3, need=frozenset({REVERSAL, PROVIDER, DENIAL, LINES}), size=1)
    done = mapper("post", write(tmp_path, "a.835", document), "--lines")
    assert done.exit_code == 0, done.stdout
    assert fits(done.stdout)
    for shown in ("may be posted", "denial", "reversal", "of an earlier file", "in no sum above", "WO", "L6"):
        assert shown in done.stdout
    told = lines(mapper("post", "a.835", "--json").stdout)
    assert [next(iter(set(each) - {"input"})) for each in told][::-1][0] == "closing"
    assert told[-1]["closing"]["postable"] is True
    assert {each["claim"]["kind"] for each in told if "claim" in each} >= {"payment", "denial", "reversal"}


def test_a_remittance_out_of_balance_is_refused(mapper: Run, tmp_path: Path) -> None:
    write(tmp_path, "a.835", plant("claim-payment", 3).data)
    done = mapper("post", "a.835")
    assert done.exit_code == 1
    assert fits(done.stdout)
    assert "R502" in done.stdout
    assert "refused: difference 0.00, 1 claim refused" in done.stdout
    told = lines(mapper("post", "a.835", "--json").stdout)
    (problem,) = [p for each in told if "claim" in each for p in each["claim"]["problems"]]
    assert problem["code"] == "R502"
    assert float(problem["difference"])


def test_accounts_are_not_shown(mapper: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = next(d for d in map(remittances, range(50)) if "ACH" in d.text())
    bpr = next(s for _, _, s in document.rows() if s.id == "BPR" and s.get(4) == "ACH")
    write(tmp_path, "a.835", document)
    for arguments in (("post", "a.835"), ("post", "a.835", "--json")):
        plain = mapper(*arguments).stdout
        monkeypatch.setenv("MAPPER_ACCOUNT_KEY", "secret")
        keyed = mapper(*arguments).stdout
        monkeypatch.delenv("MAPPER_ACCOUNT_KEY")
        assert plain != keyed
        for number in (7, 9, 13, 15):
            assert bpr.get(number) not in plain + keyed
            assert bpr.get(number)[-4:] in plain


def test_what_is_no_remittance_is_told(mapper: Run, tmp_path: Path) -> None:
    write(tmp_path, "a.837", claims("837P", 3))
    done = mapper("post", "a.837")
    assert done.exit_code == 1
    assert "R507" in done.stderr
    assert mapper("post", write(tmp_path, "noise.835", b"noise")).exit_code == 1
    assert "R132" in mapper("post", "noise.835").stderr


def test_text_of_a_file_cannot_steer_the_terminal(mapper: Run, tmp_path: Path) -> None:
    document = remittances(3, size=1, plain=True)
    for _, _, segment in document.rows():
        if segment.id in ("N1", "CLP"):
            segment.put(2 if segment.id == "N1" else 1, "\x1b[2Jred")
    done = mapper("post", write(tmp_path, "a.835", document))
    assert "\x1b" not in done.stdout
    assert isinstance(io.StringIO(done.stdout).read(), str)

"""`mapper run`: what goes in, what comes out where, and what the exit code says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.cli.conftest import ROOT, SEED, Run

MESSAGE = SEED.read_bytes()
SITE = ("--site", "ecw_seed")


def types(bundle: dict) -> list[str]:
    return [entry["resource"]["resourceType"] for entry in bundle["entry"]]


def test_a_message_becomes_a_bundle_on_standard_output_alone(mapper: Run) -> None:
    done = mapper("run", "auto", SEED, *SITE)
    assert done.exit_code == 0, done.stderr
    bundle = json.loads(done.stdout)
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "message")
    assert {"Patient", "Encounter", "Coverage", "Account"} <= set(types(bundle))
    assert done.stdout.count("\n") > 50, "a single result is laid out"


def test_the_same_input_gives_the_same_bytes(mapper: Run) -> None:
    assert mapper("run", "auto", SEED, *SITE).stdout == mapper("run", "auto", SEED, *SITE).stdout


@pytest.mark.parametrize("back", [("--back",), ()])
def test_a_bundle_becomes_a_message(mapper: Run, tmp_path: Path, back: tuple[str, ...]) -> None:
    (tmp_path / "bundle.json").write_bytes(mapper("run", "auto", SEED, *SITE).stdout_bytes)
    done = mapper("run", "auto", "bundle.json", *SITE, *back)
    assert done.exit_code == 0, done.stderr
    sent, made = MESSAGE.split(b"\r"), done.stdout_bytes.split(b"\r")
    for name in (b"PID", b"PV1", b"IN1"):
        assert [each for each in made if each.startswith(name)] == [
            each for each in sent if each.startswith(name)
        ]


def test_a_transaction(mapper: Run) -> None:
    bundle = json.loads(mapper("run", "auto", SEED, *SITE, "--bundle", "transaction").stdout)
    assert bundle["type"] == "transaction"
    assert all("request" in entry for entry in bundle["entry"])


def test_standard_input_and_ndjson(mapper: Run) -> None:
    done = mapper("run", "hl7v2_fhir.adt.adt", "-", *SITE, "--ndjson", input=MESSAGE)
    assert (done.exit_code, done.stdout.count("\n")) == (0, 1)


def batch(*messages: bytes) -> bytes:
    head, tail = b"FHS|^~\\&|A\rBHS|^~\\&|A\r", b"BTS|%d\rFTS|1\r" % len(messages)
    return head + b"".join(messages) + tail


def test_a_batch_gives_a_line_for_each_message_and_bad_ones_are_told(mapper: Run, tmp_path: Path) -> None:
    bad = MESSAGE.replace(b"ADT^A04", b"ZZZ^Z99")
    (tmp_path / "feed.hl7").write_bytes(batch(MESSAGE, bad, MESSAGE))
    done = mapper("run", "auto", "feed.hl7", *SITE)
    assert done.exit_code == 1
    assert [json.loads(line)["resourceType"] for line in done.stdout.splitlines()] == ["Bundle"] * 2
    at = batch(MESSAGE).index(b"MSH") + len(MESSAGE)
    assert f"feed.hl7:2 (line {3 + MESSAGE.count(bytes([13]))}, byte {at}): error[R214" in done.stderr
    assert "2 of 3 messages translated, 1 failed" in done.stderr


def test_a_batch_of_one_is_a_batch(mapper: Run) -> None:
    done = mapper("run", "auto", "-", *SITE, input=batch(MESSAGE))
    assert (done.exit_code, done.stdout.count("\n")) == (0, 1)


def test_ndjson_goes_back(mapper: Run, tmp_path: Path) -> None:
    (tmp_path / "feed.ndjson").write_bytes(
        mapper("run", "auto", "-", *SITE, input=batch(MESSAGE, MESSAGE)).stdout_bytes
    )
    done = mapper("run", "auto", "feed.ndjson", *SITE)
    assert (done.exit_code, done.stdout_bytes.count(b"MSH|")) == (0, 2), done.stderr


def test_folders_and_patterns(mapper: Run, tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.hl7").write_bytes(MESSAGE)
    (tmp_path / "in" / "deep" / "b.hl7").write_bytes(MESSAGE)
    (tmp_path / "in" / "notes.md").write_text("no message")
    for given in ("in", "in/**/*.hl7"):
        done = mapper("run", "auto", given, *SITE)
        assert (done.exit_code, done.stdout.count("\n")) == (0, 2), done.stderr


def test_the_json_report_has_a_line_for_each_message_and_a_summary(mapper: Run, tmp_path: Path) -> None:
    done = mapper(
        "run",
        "auto",
        "-",
        *SITE,
        "--json",
        "--report",
        "report.ndjson",
        input=batch(MESSAGE, b"MSH|broken\r"),
    )
    lines = [json.loads(line) for line in (tmp_path / "report.ndjson").read_text().splitlines()]
    assert done.stderr == ""
    assert [line.get("failed") for line in lines] == [False, True, None]
    assert lines[-1]["summary"]["messages"] == 2
    assert lines[1]["findings"][0]["code"] == "R102"


BAD = {
    "empty": b"",
    "blank": b"\r\n\r\n",
    "no MSH": b"PID|1||1\r",
    "truncated": b"MSH|^~",
    "bad delimiters": b"MSH|ABCD|A\r",
    "noise": bytes(range(256)) * 20,
    "json noise": b'{"resourceType": "Bundle", ',
    "a list": b"[1, 2]",
    "no bundle": b'{"resourceType": "Patient"}',
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_an_error_that_says_where(mapper: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "bad").write_bytes(BAD[name])
    done = mapper("run", "auto", "bad")
    assert (done.exit_code, done.stdout_bytes) == (1, b"")
    assert done.stderr.startswith("bad:") or "bad:1 (line 1" in done.stderr
    assert "error[R1" in done.stderr


def test_a_huge_field_is_refused(mapper: Run, tmp_path: Path) -> None:
    (tmp_path / "huge.hl7").write_bytes(MESSAGE.replace(b"SMITH", b"S" * 20_000_000, 1) + MESSAGE)
    done = mapper("run", "auto", "huge.hl7", *SITE)
    assert done.exit_code == 1
    assert "error[R103 too-large]" in done.stderr
    assert "1 of 2 messages translated" in done.stderr


def test_reports_show_no_values_unless_asked(mapper: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.hl7").write_bytes(
        MESSAGE.replace(b"|19850622|F|2106-3|", b"|x|").replace(b"19850622", b"NOTADATE")
    )
    plain = mapper("run", "auto", "odd.hl7", *SITE)
    assert "NOTADATE" not in plain.stderr
    assert "SMITH" not in plain.stderr
    shown = mapper("run", "auto", "odd.hl7", *SITE, "--show-values")
    assert "NOTADATE" in shown.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("auot", SEED), "did you mean `auto`?"),
        (("hl7v2_fhir.adr", SEED), "did you mean `hl7v2_fhir.adt`"),
        (("auto", "nosuch.hl7"), "there is no file or folder nosuch.hl7"),
        (("auto", "*.none"), "no file matches *.none"),
        (("auto", SEED, "--site", "ecw_sed"), "did you mean `ecw_seed`?"),
        (("auto", SEED, "--site", "nosuch.toml"), "nosuch.toml"),
        (("auto", SEED, "--received", "noon"), "a time is wanted"),
        (("nosuch.map", SEED), "there is no file nosuch.map"),
        (("auto",), "Missing argument"),
    ],
)
def test_mistakes_of_the_call_are_told_with_what_is_near(
    mapper: Run, arguments: tuple[str, ...], told: str
) -> None:
    done = mapper("run", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.stderr


def test_received_fills_what_the_bundle_lacks(mapper: Run, tmp_path: Path) -> None:
    bundle = json.loads(mapper("run", "auto", SEED, *SITE).stdout)
    del bundle["timestamp"]
    (tmp_path / "bundle.json").write_text(json.dumps(bundle))
    done = mapper("run", "auto", "bundle.json", *SITE, "--received", "2026-04-21T11:00:00-05:00")
    assert done.stdout.split("|")[6] == "20260421110000-0500", done.stderr


BROKEN = """
use hl7v2 "2.5.1"
use fhir "R4"
mapping broken between hl7v2 ADT_A01 and fhir Bundle {
  PIDD-5 <-> name
}
"""


def test_a_broken_mapping_gives_diagnostics(mapper: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.map").write_text(BROKEN)
    done = mapper("run", "broken.map", SEED)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "broken.map:5:3" in done.stderr


FUNCTIONS = """
def bad(text: str) -> str | None:
    return text[99]
"""
FAILS = """
use hl7v2 "2.5.1"
use fhir "R4"

function bad from hl7v2 ST to fhir string "clinicfn:bad"

mapping fails from hl7v2 ADT_A01 to fhir Bundle {
  "collection" -> type
  MSH-10 -> identifier.value using bad
}
"""


def test_a_failing_function_names_the_map_line(mapper: Run, tmp_path: Path) -> None:
    (tmp_path / "mapper.toml").write_text('functions = ["clinicfn"]\nsources = ["."]\n')
    (tmp_path / "clinicfn.py").write_text(FUNCTIONS)
    (tmp_path / "fails.map").write_text(FAILS)
    done = mapper("run", "fails.map", SEED)
    assert done.exit_code == 1
    assert "error[R216 mapping-failed]" in done.stderr
    assert "IndexError raised at clinicfn.py:3" in done.stderr
    assert "(fails.map:9)" in done.stderr


MEASURED = """
import resource, sys
from mapper.cli import main
try:
    main()
finally:
    compiler = [name for name in ("lark", "mapper.check", "mapper.lower", "mapper.emit") if name in sys.modules]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stderr.write(f"\\nloaded {compiler}\\npeak {peak}")
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_feed(tmp_path: Path) -> None:
    """A batch of 100,000 messages may take 20 MB more than one of 1,000: the same for each message, on less of them.

    Every message is another one, so that whatever keeps values would show. Bounded caches fill with the first 10,000
    (4 MB); what comes after them may not grow.
    """

    def told(messages: int, *options: str) -> str:
        feed = tmp_path / f"{messages}.hl7"
        feed.write_bytes(batch(*map(another, range(messages))))
        (tmp_path / "script.py").write_text(MEASURED)
        command = [sys.executable, "script.py", "run", "auto", feed.name, *SITE, *options]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        with (tmp_path / "out").open("wb") as out:
            done = subprocess.run(
                command, stdout=out, stderr=subprocess.PIPE, env=environment, cwd=tmp_path, text=True
            )
        assert (tmp_path / "out").read_bytes().count(b"\n") == messages, done.stderr
        return done.stderr

    def peak(messages: int) -> int:
        last = told(messages, "--ndjson").rsplit("\n", 2)
        assert last[1] == "loaded []", "the compiler's own memory would hide that of the feed"
        return int(last[2].removeprefix("peak "))

    told(1, "--ndjson")  # compiles, if that has not been done yet
    few, many = 10_000, 20_000
    allowed = 20_000 * (many - few) / (100_000 - 1_000)
    assert peak(many) - peak(few) < allowed, "KiB"


ORPHAN = b"MSH|^~\\&|||||20260101||ADT^A01^ADT_A01|1|P|2.5.1\rPD1||||||||Y\r"


def test_the_loss_of_a_message_is_what_really_was_lost(mapper: Run) -> None:
    """PD1 speaks of a Patient, and there is no PID that would make one."""
    done = mapper("run", "auto", "-", input=ORPHAN)
    assert "PD1-8" in done.stderr.split("unmapped: ")[1]


def test_the_loss_of_a_feed_is_what_really_was_lost(mapper: Run, tmp_path: Path) -> None:
    (tmp_path / "feed.hl7").write_bytes(batch(ORPHAN, MESSAGE, ORPHAN))
    done = mapper("run", "auto", "feed.hl7", "--loss")
    assert "2 x unmapped: PD1-8" in done.stderr
    assert done.stdout == mapper("run", "auto", "feed.hl7").stdout, "accounting changes no result"


def another(number: int) -> bytes:
    """The seed's message with other identifiers, name and address."""
    changed = MESSAGE
    for value in (b"MSG98765", b"MRN001234", b"SMITH", b"ACCT554433", b"POLICY987654"):
        changed = changed.replace(value, b"%s%d" % (value[:3], number))
    return changed

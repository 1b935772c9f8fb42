"""Every code has its page, and the examples on the pages do what the pages say (`pytest --update` redraws them)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from mapper.explain import Page, Unknown, explain, listing
from mapper.registry import REGISTRY, Entry
from mapper.render import render
from tests.diagnostics.compiling import check_texts

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "docs" / "errors"
CASES = ROOT / "tests" / "check" / "golden"

FENCE = re.compile(r"```(\w+)(?: (\S+))?\n(.*?)```\n", re.DOTALL)
COMPILED = [entry for entry in REGISTRY.values() if not entry.at_run_time]


@cache
def told_by_the_compiler() -> frozenset[str]:
    """The codes that stand in the source of a stage that `check_texts` runs."""
    stages = [
        path for stage in ("syntax", "resolve", "check") for path in (ROOT / "mapper" / stage).rglob("*.py")
    ]
    return frozenset(
        re.findall(r'"([EW]\d{3})"', "".join(path.read_text(encoding="utf-8") for path in stages))
    )


def page(entry: Entry) -> str:
    return (PAGES / f"{entry.code}.md").read_text(encoding="utf-8")


def files(text: str, heading: str) -> dict[str, str]:
    """The sources of one part of a page by file name; the first is the one to check."""
    part = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return {found[2] or "example.map": found[3] for found in FENCE.finditer(part) if found[1] != "text"}


def runnable(entry: Entry) -> Entry:
    # E100 is about bytes that a Markdown page cannot hold
    if entry.code == "E100" or entry.code not in told_by_the_compiler():
        pytest.skip(f"{entry.code} is told by a command: test_command_pages.py")
    return entry


def test_codes_and_pages_are_the_same_set() -> None:
    assert {path.stem for path in PAGES.glob("[A-Z][0-9]*.md")} == set(REGISTRY)


def test_every_code_in_the_source_is_registered() -> None:
    sources = [path for folder in ("mapper", "runtime") for path in (ROOT / folder).rglob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    assert set(re.findall(r'"([EWR]\d{3})"', text)) - set(REGISTRY) == set()


def test_the_index_lists_every_code() -> None:
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    rows = [f"| [{each.code}]({each.code}.md) | {each.slug} | {each.summary} |" for each in REGISTRY.values()]
    assert [row for row in rows if row not in index] == []


@pytest.mark.parametrize("entry", REGISTRY.values(), ids=lambda entry: entry.code)
def test_a_page_says_all_it_must(entry: Entry) -> None:
    text = page(entry)
    assert text.startswith(f"# {entry.heading}\n\n{entry.summary}\n\n")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    if entry.at_run_time:
        assert headings[:2] == ["What it looks like", "What to do"]
    else:
        assert headings == ["Wrong", "Right", "Why"]
    level = "warning|info" if entry.code.startswith("W") else r"error|warning|info"
    assert re.search(rf"^(?:{level})\[{entry.heading}\]: ", text, re.MULTILINE)


@pytest.mark.parametrize("entry", COMPILED, ids=lambda entry: entry.code)
def test_the_wrong_example_gives_what_the_page_shows(
    entry: Entry, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    text = page(runnable(entry))
    found, sources = check_texts(files(text, "Wrong"), tmp_path)
    assert {each.code for each in found} == {entry.code}
    shown = render(found, sources).rstrip("\n").rsplit("\n", 1)[0].rstrip("\n")
    drawn = re.sub(r"```text\n.*?```\n", lambda _: f"```text\n{shown}\n```\n", text, count=1, flags=re.DOTALL)
    if request.config.getoption("--update"):
        (PAGES / f"{entry.code}.md").write_text(drawn, encoding="utf-8")
    assert page(entry) == drawn


@pytest.mark.parametrize("entry", COMPILED, ids=lambda entry: entry.code)
def test_the_right_example_is_right(entry: Entry, tmp_path: Path) -> None:
    found, _ = check_texts(files(page(runnable(entry)), "Right"), tmp_path)
    errors = [each for each in found if each.severity == "error" or each.code == entry.code]
    assert errors == []


@pytest.mark.skipif(not CASES.is_dir(), reason="the checker's golden cases are not there")
def test_each_code_of_the_checker_has_a_golden_case() -> None:
    wanted = {
        f"{entry.code}_{entry.slug}"
        for entry in COMPILED
        if entry.code[:2] in ("E2", "E3", "E4", "E5", "E6", "W9")
    }
    assert wanted <= {path.stem for path in CASES.iterdir()}


def test_explain_finds_pages_by_code_and_slug() -> None:
    by_code, by_slug = explain("e503"), explain("not-invertible")
    assert isinstance(by_code, Page)
    assert by_code == by_slug
    assert by_code.text.startswith("# E503 not-invertible")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("E999", "there is no code 'E999'; `mapper explain` lists them all"),
        ("not-invertable", "there is no code 'not-invertable'; did you mean E503 (not-invertible)?"),
    ],
)
def test_an_unknown_code_gets_its_neighbours(asked: str, message: str) -> None:
    answer = explain(asked)
    assert isinstance(answer, Unknown)
    assert answer.message.startswith(message[:40])
    if "did you mean" in message:
        assert answer.message == message


def test_the_listing_has_every_code_once() -> None:
    assert sorted(re.findall(r"^  ([EWR]\d{3}) ", listing(), re.MULTILINE)) == sorted(REGISTRY)

"""README and tutorial say what is so: their commands are run, in order, and what they show must be in the output.

A fence ` ```console ` holds commands behind `$` and lines that their output has; `exit=N` is the exit code of them
all, 0 without it.
A fence with a file name writes that file; `after`, `replace` and `append` change one, as the reader is told to.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.x12_load import claims, remittance
from tests.integration.cli.conftest import ROOT

FENCE = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EDIT = re.compile(r'(?:(after|replace|append) )?(\S+)(?: "([^"]*)")?')


class Reader:
    """Does what a page says, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        script = folder / "bin" / "mapper"
        script.parent.mkdir()
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mapper "$@"\n')
        script.chmod(0o755)
        kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        self.environment = kept | {"PATH": f"{script.parent}:{kept['PATH']}", "PYTHONPATH": str(ROOT)}

    def follow(self, page: Path) -> int:
        """Run a page; the number of commands that were run."""
        commands = 0
        for kind, about, text in FENCE.findall(page.read_text(encoding="utf-8")):
            if kind == "console":
                codes = (about.removeprefix("exit=") or "0").split(",")
                commands += self._console(text, {int(code) for code in codes})
            elif about:
                self._file(about, text)
        return commands

    def _console(self, text: str, codes: set[int]) -> int:
        steps = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
        for step in steps:
            command, *shown = step.rstrip("\n").split("\n")
            if command.startswith("cd "):
                self.folder = self.folder / command.removeprefix("cd ")
                continue
            done = subprocess.run(
                ["sh", "-c", command], cwd=self.folder, env=self.environment, capture_output=True, text=True
            )
            output = done.stdout + done.stderr
            assert done.returncode in codes, f"$ {command}\n{output}"
            missing = [line for line in shown if _plain(line) not in _plain(output)]
            assert missing == [], f"$ {command}\n{output}"
        return len(steps)

    def _file(self, about: str, text: str) -> None:
        found = EDIT.fullmatch(about)
        assert found is not None, about
        how, name, place = found.groups()
        path = self.folder / name
        if how is None or how == "append":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text((path.read_text() if how else "") + text)
            return
        lines = path.read_text().splitlines(keepends=True)
        (at,) = [number for number, line in enumerate(lines) if place in line]
        lines[at : at + 1] = [text] if how == "replace" else [lines[at], text]
        path.write_text("".join(lines))


def _plain(text: str) -> str:
    """Without runs of blanks: columns may be wider than the page shows."""
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md"])
def test_the_page_says_what_is_so(page: str, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    shutil.copytree(ROOT / "mappings" / "sites" / "ecw_seed", tmp_path / "seed")
    (tmp_path / "seed" / "claims.837").write_bytes(b"".join(claims(0.003)))
    (tmp_path / "seed" / "remittance.835").write_bytes(b"".join(remittance(0.003)))
    assert reader.follow(ROOT / page) > 3


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md", "docs/README.md"])
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []

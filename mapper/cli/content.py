"""`mapper run content`: what X12 files hold, as JSON for a warehouse, without any mapping."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

from mapper.cli.inputs import Input, opened
from mapper.render.findings import finding_json, render
from mapper.schema import x12_extra
from runtime.codecs.fhir import encode
from runtime.codecs.limits import Limits
from runtime.codecs.x12 import Event, documents, read
from runtime.errors import DecodeError, Finding


def write_content(
    files: Sequence[Input],
    limits: Limits,
    output: BinaryIO,
    told: TextIO,
    as_json: bool = False,
    maps: Sequence[Path] = (),
) -> int:
    """One JSON line on `output` for each claim (or other unit) and each end of a transaction of all files.

    Findings go to `told`, as text or as JSON lines. `maps` are the project's own guides. Gives the exit code: 1 if
    there was an error. Raises `WrongMap`.
    """
    failed = False
    sets = x12_extra.tables(maps)

    def tell(name: str, findings: Sequence[Finding]) -> None:
        nonlocal failed
        failed = failed or any(finding.level == "error" for finding in findings)
        if as_json:
            told.writelines(json.dumps({"input": name} | finding_json(each)) + "\n" for each in findings)
        elif findings:
            told.write(render(findings, name))

    for each in files:
        with opened(each) as stream:
            events = _told(read(stream, sets, limits), each.name, tell)
            try:
                output.writelines(encode(document) + b"\n" for document in documents(events))
            except DecodeError as error:
                tell(each.name, [error.finding])
    output.flush()
    return 1 if failed else 0


def _told(
    events: Iterator[Event], name: str, tell: Callable[[str, Sequence[Finding]], None]
) -> Iterator[Event]:
    for event in events:
        if event.faults:
            tell(name, event.findings)
        yield event

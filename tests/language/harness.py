"""Compiles small programs that are given as text and runs them in both directions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mapper.assets import standard_mappings
from mapper.driver import Compiled, build_release, compile_project
from mapper.resolve import Library
from mapper.source import Span
from runtime.errors import Finding
from runtime.lib.context import Context, Site
from runtime.release import Release
from runtime.translate import Result, Translator

HEAD = """use hl7v2 "2.5.1", "2.5", "2.4", "2.3.1", "2.3"
use fhir "R4"
"""

MESSAGE = """mapping message between hl7v2 {structure} and fhir Bundle {{
  "collection" -> type
  MSH-9.1 <- "{kind}"
  MSH-9.2 <- "{event}"
{lines}
}}
"""

MSH = "MSH|^~\\&|A|B|C|D|20240102030405||{kind}^{event}^{structure}|1|P|2.5.1"

EVENTS = {
    "ADT_A01": ("ADT", "A01"), "ORU_R01": ("ORU", "R01"), "SIU_S12": ("SIU", "S12"), "VXU_V04": ("VXU", "V04"),
    "MDM_T02": ("MDM", "T02"), "DFT_P03": ("DFT", "P03"),
}  # fmt: skip

SITE = Site(
    zone=ZoneInfo("America/New_York"), base="https://clinic.example", values={"application": "MAPPER"}
)


@dataclass
class Program:
    """A compiled program. `site` may be replaced before a run."""

    compiled: Compiled
    release: Release
    structure: str
    site: Site = SITE
    findings: list[Finding] = field(default_factory=list)

    def go(self, *segments: str, version: str = "2.5.1") -> dict[str, Any]:
        """The Bundle of a message with these segments behind its MSH."""
        kind, event = EVENTS[self.structure]
        head = MSH.format(kind=kind, event=event, structure=self.structure).replace("2.5.1", version)
        result = self.run(
            lambda translator: translator.forward("\r".join([head, *segments]).encode(), "main.message")
        )
        return result.output

    def back(self, bundle: Mapping[str, Any]) -> list[str]:
        """The segments behind MSH of the message that a Bundle gives."""
        data = json.dumps(bundle, default=str).encode()
        result = self.run(lambda translator: translator.back(data, "main.message"))
        return result.data.decode().rstrip("\r").split("\r")[1:]

    def run(self, act: Callable[[Translator], Result]) -> Result:
        result = act(Translator(self.release, self.site))
        assert act(Translator(self.release, self.site, tracing=True)).data == result.data
        self.findings = result.findings
        return result

    def both(self, *segments: str) -> list[str]:
        """There and back."""
        return self.back(self.go(*segments))

    def call(self, mapping: str, direction: str, source: Any) -> dict[Any, Any]:
        """What one mapping makes of a value that is no message."""
        out: dict[Any, Any] = {}
        context = Context(self.site)
        self.release.function(self.release.entries[f"main.{mapping}"], direction)(context, source, out)
        self.findings = context.findings
        return out

    def told(self) -> set[str]:
        """The codes of the last run's findings."""
        return {finding.code for finding in self.findings}


@dataclass(frozen=True)
class Maker:
    """Makes programs in a folder of the test's own."""

    folder: Path

    def compile(
        self, text: str, files: Mapping[str, str] | None = None, overlays: tuple[str, ...] = ()
    ) -> Compiled:
        """Compile a program; `files` are further modules and table files beside it."""
        for name, content in {**(files or {}), "main.map": text}.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        library = Library((self.folder, standard_mappings()))
        return compile_project(
            [self.folder / "main.map"], library, overlays, ("runtime.lib", "tests.language")
        )

    def program(
        self,
        text: str,
        files: Mapping[str, str] | None = None,
        overlays: tuple[str, ...] = (),
        structure: str = "ADT_A01",
        partial: bool = False,
    ) -> Program:
        """A program that must compile without an error; a partial one may leave out required elements."""
        compiled = self.compile(text, files, overlays)
        errors = [
            _shown(compiled, d.code, d.message, d.span)
            for d in compiled.diagnostics
            if d.code[0] != "W" and not (partial and d.code == "E404")
        ]
        assert not errors, "\n".join(errors)
        folder = self.folder / "release"
        build_release(compiled, folder)
        return Program(compiled, Release(folder), structure)

    def message(self, lines: str, *, before: str = "", structure: str = "ADT_A01", **kwargs: Any) -> Program:
        """A program with one message mapping of these lines; `before` stands before it."""
        kind, event = EVENTS[structure]
        body = MESSAGE.format(structure=structure, kind=kind, event=event, lines=lines)
        return self.program(f"{HEAD}{before}\n{body}", structure=structure, **kwargs)

    def patient(self, lines: str, *, before: str = "", **kwargs: Any) -> Program:
        """A program whose message fills a Patient from PID with these lines."""
        return self.message(f"PID <-> Patient as patient {{\n{lines}\n}}", before=before, **kwargs)

    def codes(self, text: str, **kwargs: Any) -> set[str]:
        """The codes of what the compiler says about a program, warnings left out."""
        return {d.code for d in self.compile(text, **kwargs).diagnostics if d.code[0] != "W"}


def _shown(compiled: Compiled, code: str, message: str, span: Span | None) -> str:
    if span is None:
        return f"{code} {message}"
    line, column = compiled.sources[span.file].position(span.start)
    return f"{code} {Path(span.file).name}:{line}:{column} {message}"


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path)


def resources(bundle: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """The resources of one type, without their ids."""
    found = [
        entry["resource"] for entry in bundle.get("entry", ()) if entry["resource"]["resourceType"] == kind
    ]
    return [{k: v for k, v in resource.items() if k not in ("id", "resourceType")} for resource in found]


def only(bundle: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The one resource of a type."""
    (found,) = resources(bundle, kind)
    return found


def bundle_of(*held: Mapping[str, Any]) -> dict[str, Any]:
    """A Bundle of resources, each with a full URL of its type and number."""
    entries = [
        {"fullUrl": f"urn:uuid:{r.get('id', number)}", "resource": dict(r)} for number, r in enumerate(held)
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}

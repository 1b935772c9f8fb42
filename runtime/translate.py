"""Runs a message mapping of a release: bytes to bytes in either direction, with findings and, if wanted, a trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.codecs import fhir, hl7v2
from runtime.codecs.hl7v2 import Message
from runtime.codecs.limits import DEFAULT_LIMITS, Limits
from runtime.errors import DecodeError, Finding, MapperError
from runtime.failures import failure
from runtime.lib.bundle import BundleKind, finish
from runtime.lib.context import NO_SITE, Context, Site
from runtime.lib.fhir import without_holes
from runtime.lib.memory import NoCollection
from runtime.release import Entry, Release


@dataclass(slots=True)
class Result:
    """What came of one message: the output as a tree and as bytes, findings, and what a trace needs."""

    output: Any
    data: bytes
    findings: list[Finding]
    source: Any = None
    mapping: str = ""
    context: Context | None = None
    formats: tuple[str, str] = ("hl7v2", "fhir")
    """Those of the input and of the output."""
    excerpt: Any = None
    """Of X12 that was traced: the segments that could be read (`runtime.x12.positions.Excerpt`)."""
    written: Sequence[tuple[Mapping[str, Any], Any]] = ()
    """Of a trace to X12: each transaction's tree, and how it was written (`runtime.codecs.x12.Written`)."""


class Translator:
    """One release with one site. Safe to use for any number of messages, one at a time."""

    def __init__(
        self,
        release: Release,
        site: Site = NO_SITE,
        bundle: BundleKind | None = None,
        limits: Limits = DEFAULT_LIMITS,
        tracing: bool = False,
    ) -> None:
        self.release = release
        self.site = site
        self.bundle = bundle
        self.limits = limits
        self.tracing = tracing
        self._by_structure = {
            name: entry
            for entry in release.entries.values()
            if entry.message and entry.left[0] == "hl7v2"
            for name in entry.left[1]
        }
        self._functions: dict[tuple[str, str], Any] = {}

    # -- HL7 v2 to FHIR ----------------------------------------------------------------------

    def forward(
        self, data: bytes, mapping: str | None = None, message: Mapping[str, str] | None = None
    ) -> Result:
        """An HL7 v2 message to a FHIR Bundle. `message` gives `$message`: `received`, `id`, `channel`.

        Raises `DecodeError` for what is no HL7 v2 message, `MapperError` (R214) for one that no mapping takes.
        """
        with NoCollection():
            return self.forward_message(hl7v2.parse(data, self.structures, self.limits), mapping, message)

    def forward_message(
        self, parsed: Message, mapping: str | None = None, message: Mapping[str, str] | None = None
    ) -> Result:
        """The same for a message parsed already. Raises `MapperError`: R214, or R216 where the mapping fails."""
        entry = self._entry(parsed, mapping)
        context = Context(self.site, message, self.tracing)
        if self.tracing:
            self._place(context, parsed)
        bundle: dict[str, Any] = {}
        self.call(entry, "go", context, parsed.tree, bundle)
        output = finish(bundle, context.made.values(), self.bundle)
        if self.tracing:
            context.trail.into(bundle, output)
        return Result(
            output,
            fhir.encode(output),
            [*parsed.findings, *context.findings],
            parsed,
            entry.qualified,
            context,
        )

    @property
    def structures(self) -> Any:
        """The message structures that this release reads and writes."""
        sets = self.release.structures
        return sets[next(iter(sets))] if sets else {"messages": {}, "events": {}, "version": "2.5.1"}

    def _entry(self, parsed: Message, mapping: str | None) -> Entry:
        if mapping is not None:
            return self.release.entries[mapping]
        entry = self._by_structure.get(parsed.structure)
        if entry is None:
            known = ", ".join(sorted(self._by_structure)) or "none"
            kind = f"{parsed.message_type}^{parsed.trigger}"
            raise MapperError(
                Finding(
                    "R214",
                    "error",
                    f"no mapping takes {_plain(kind)}; structures with a mapping: {known}",
                    "MSH-9",
                )
            )
        return entry

    def _place(self, context: Context, parsed: Message) -> None:
        context.trail.message = parsed
        for number, segment in enumerate(parsed.segments):
            context.trail.place(segment, (number,))

    # -- FHIR to HL7 v2 ----------------------------------------------------------------------

    def back(
        self, data: bytes, mapping: str | None = None, message: Mapping[str, str] | None = None
    ) -> Result:
        """A FHIR Bundle to an HL7 v2 message. Raises `DecodeError` for what is no FHIR, `MapperError` else."""
        with NoCollection():
            document = fhir.decode(data, self.release.shapes, self.limits)
            return self.back_value(document.value, document.findings, mapping, message, document.holes)

    def back_value(
        self,
        value: Any,
        findings: list[Finding] | None = None,
        mapping: str | None = None,
        message: Mapping[str, str] | None = None,
        holes: bool = True,
    ) -> Result:
        """The same for a tree that was decoded already. `holes` says whether its lists may have any (`Document`)."""
        if not isinstance(value, dict) or value.get("resourceType") != "Bundle":
            raise DecodeError(Finding("R123", "error", "the input is no Bundle", "$"))
        entry = self.release.entries[mapping] if mapping is not None else self._entry_for(value)
        context = Context(self.site, message, self.tracing)
        value = without_holes(value) if holes else value
        context.load(value)
        tree: dict[str, Any] = {}
        self.call(entry, "back", context, value, tree)
        structure = self._structure_of(tree, entry)
        left_out = hl7v2.fit(tree, self.structures, structure)
        output = hl7v2.serialize(tree, self.structures, structure, left_out)
        told = [*(findings or ()), *context.findings, *left_out]
        return Result(tree, output, told, value, entry.qualified, context, ("fhir", "hl7v2"))

    def _entry_for(self, bundle: Mapping[str, Any]) -> Entry:
        """The mapping whose messages a Bundle's event belongs to.

        A Bundle without an event goes to the only one, or to the first where all stand in one module.
        """
        candidates = list(dict.fromkeys(self._by_structure.values()))
        event = _event(bundle)
        structures = self.structures
        if event:
            for kind_and_event, structure in structures["events"].items():
                if kind_and_event.split("^")[-1] == event and structure in self._by_structure:
                    return self._by_structure[structure]
        if len({entry.module for entry in candidates}) == 1:
            return candidates[0]
        raise MapperError(Finding("R214", "error", "no mapping takes this Bundle", "Bundle"))

    def _structure_of(self, tree: Mapping[str, Any], entry: Entry) -> str:
        """The message structure that the event of a built message has; the mapping's first where it has none."""
        events = self.structures["events"]
        nine = tree.get("MSH", {}).get(9, {})
        found = events.get(f"{nine.get(1, '')}^{nine.get(2, '')}") if isinstance(nine, dict) else None
        return found if found in entry.left[1] else entry.left[1][0]

    def call(
        self, entry: Entry, direction: str, context: Context, source: Any, target: dict[str, Any]
    ) -> None:
        """Run one direction of a mapping. Raises `MapperError`, R216 where it fails."""
        try:
            self._function(entry, direction)(context, source, target)
        except MapperError:
            raise
        except Exception as error:  # a fault of one mapping must not end a feed
            raise failure(error, self.release.folder) from error

    def _function(self, entry: Entry, direction: str) -> Any:
        key = (entry.qualified, direction)
        if key not in self._functions:
            self._functions[key] = self.release.function(entry, direction, self.tracing)
        return self._functions[key]


def _event(bundle: Mapping[str, Any]) -> str:
    """The trigger event that a message Bundle's header names."""
    for entry in bundle.get("entry", ()):
        resource = entry.get("resource", {})
        if resource.get("resourceType") == "MessageHeader":
            return str(resource.get("eventCoding", {}).get("code", ""))
    return ""


def _plain(text: str) -> str:
    """A message type as it may stand in a finding: codes are no PHI, but garbage might be."""
    return text if len(text) <= 12 and text.replace("^", "").isalnum() else "this message type"

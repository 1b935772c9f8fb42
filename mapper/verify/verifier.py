"""Tries the laws of mappings on inputs made by Hypothesis, and keeps the smallest input that breaks each."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from mapper.check.model import Side, TMapping
from mapper.driver import Compiled, build_release
from mapper.schema.fhir import FhirSchema
from mapper.schema.hl7v2 import Hl7v2Schema
from mapper.schema.x12 import X12Schema
from mapper.verify import judges
from mapper.verify.facts import facts_of
from mapper.verify.laws import LAWS, Broken, Laws
from mapper.verify.strategies import inputs
from mapper.verify.subject import MessageSubject, PartSubject, Subject, site, tell_site_codes
from mapper.verify.x12_subject import PartSubject as X12PartSubject
from mapper.verify.x12_subject import TransactionSubject, subject_of
from runtime.codecs import fhir
from runtime.release import Release

SHRINKING = 5.0
"""Seconds after which a counterexample is small enough."""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """The smallest input found that breaks a law of a mapping."""

    mapping: str
    side: Side
    law: str
    paths: tuple[str, ...]
    text: str
    signatures: frozenset[str]
    given: bytes
    result: bytes
    format: str = "HL7 v2"
    suffix: str = "hl7"


@dataclass(frozen=True, slots=True)
class Options:
    """How hard to try. `most` is how many counterexamples are looked for on each side of a mapping; `known` are
    signatures that are passed over (`survives HD.3`, or a beginning: `valid hl7apy*`).
    """

    examples: int = 200
    seed: int | None = None
    most: int = 5
    known: frozenset[str] = frozenset()
    sides: tuple[Side, ...] = ("left", "right")
    laws: tuple[str, ...] = LAWS
    judge: Callable[[dict[str, Any]], Iterable[str]] = judges.bundle


@dataclass
class Verified:
    """What came of one mapping: counterexamples, known ones that were met again, and why it was not tried at all."""

    mapping: str
    found: list[Counterexample] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    skipped: str = ""


class Verifier:
    """The mappings of one compiled program."""

    def __init__(self, compiled: Compiled, folder: Path) -> None:
        self.compiled = compiled
        build_release(compiled, folder)
        self.release = Release(folder, verify=False)
        tables = {info.name: "" for info in compiled.checked.tables.values() if info.from_site}
        self.site = site(tables)
        self.site_tables = tables

    @classmethod
    def in_scratch(cls, compiled: Compiled) -> tuple[Verifier, tempfile.TemporaryDirectory[str]]:
        """With a release in a temporary folder, which lives as long as the caller keeps it."""
        scratch = tempfile.TemporaryDirectory(prefix="mapper-verify-")
        return cls(compiled, Path(scratch.name) / "release"), scratch

    def subject(self, mapping: TMapping) -> Subject | str:
        """A mapping as a subject, or why it cannot be one."""
        schemas = self.compiled.program.scopes[mapping.info.module].schemas
        left, r4 = schemas.get(mapping.left.format), schemas.get(mapping.right.format)
        entry = self.release.entries[mapping.info.qualified]
        if isinstance(left, X12Schema) and isinstance(r4, FhirSchema):
            return subject_of(mapping, self.release, entry, left, r4, self.site)
        if not isinstance(left, Hl7v2Schema) or not isinstance(r4, FhirSchema):
            return "only mappings of hl7v2 or x12 and fhir are tried"
        kind = left.type(mapping.left.types[0])
        if entry.message:
            return MessageSubject(mapping, self.release, entry, left, r4, self.site)
        if kind is not None and kind.kind == "group":
            return "a group is tried with the message that holds it"
        return PartSubject(mapping, self.release, entry, left, r4, self.site)

    def verify(self, mapping: TMapping, options: Options) -> Verified:
        """Try one mapping from both sides."""
        verified = Verified(mapping.info.qualified)
        subject = self.subject(mapping)
        if isinstance(subject, str):
            verified.skipped = subject
            return verified
        schemas = self.compiled.program.scopes[mapping.info.module].schemas
        facts = facts_of(mapping, self.compiled.checked, schemas.get(mapping.left.format))
        if isinstance(subject, TransactionSubject | X12PartSubject):
            subject.facts = facts.left
        tell_site_codes(facts)
        laws = Laws(subject, facts, dict(self.compiled.sources), options.judge)
        for side in options.sides:
            if side == "left" or subject.two_way:
                self._search(laws, side, options, verified)
        return verified

    def _search(self, laws: Laws, side: Side, options: Options, verified: Verified) -> None:
        passed_over = set(options.known)
        for _ in range(options.most):
            found = _smallest(laws, side, options, passed_over, verified.met)
            if found is None:
                return
            broken, value = found
            passed_over |= broken.signatures
            verified.found.append(_counterexample(laws, side, broken, value))


class _SmallEnough(KeyboardInterrupt):
    """Ends the search for a smaller counterexample; Hypothesis lets this kind of exception pass."""


def _smallest(
    laws: Laws, side: Side, options: Options, known: set[str], met: set[str]
) -> tuple[Broken, Any] | None:
    """The smallest input of a side that breaks a law in a way that is not known."""
    failed: dict[bytes, tuple[Broken, Any]] = {}
    until = [math.inf]

    @settings(
        max_examples=options.examples, deadline=None, database=None, derandomize=options.seed is None,
        suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink), report_multiple_bugs=False,
    )  # fmt: skip
    @given(inputs(laws, side))
    def attempt(value: Any) -> None:
        key = value if isinstance(value, bytes) else fhir.encode(value)
        if key in failed:
            raise failed[key][0]
        if monotonic() > until[0]:
            raise _SmallEnough
        for broken in _tried(laws, side, value):
            if broken.law not in options.laws:
                continue
            if all(is_known(each, known) for each in broken.signatures):
                met.update(broken.signatures)
                continue
            if failed and next(iter(failed.values()))[0].law != broken.law:
                continue  # shrink towards one law
            until[0] = min(until[0], monotonic() + SHRINKING)
            failed[key] = broken, value
            raise broken

    try:
        (seeded(options.seed)(attempt) if options.seed is not None else attempt)()
    except (Broken, _SmallEnough):
        return failed[min(failed, key=lambda key: (len(key), key))]
    return None


def is_known(signature: str, known: Iterable[str]) -> bool:
    """Whether a signature is passed over: as it stands, or by a beginning that ends with `*`."""
    return any(
        signature == each or (each.endswith("*") and signature.startswith(each[:-1])) for each in known
    )


def _tried(laws: Laws, side: Side, value: Any) -> Iterator[Broken]:
    yield from laws.from_left(value) if side == "left" else laws.from_fhir(value)


def _counterexample(laws: Laws, side: Side, broken: Broken, value: Any) -> Counterexample:
    subject = laws.subject
    shown = value if side == "left" else subject.show(value)
    try:
        result = subject.go(value).data if side == "left" else subject.back(value).data
    except Exception as error:  # noqa: BLE001 - the counterexample may be that it raises
        result = f"{type(error).__name__}: {error}".encode()
    qualified = subject.mapping.info.qualified
    return Counterexample(
        qualified, side, broken.law, broken.paths, broken.text, broken.signatures, shown, result,
        subject.format, subject.suffix,
    )  # fmt: skip


def mappings_of(compiled: Compiled, names: Sequence[str]) -> list[TMapping]:
    """The mappings that names ask for: a mapping, a module or a prefix of modules; all of them without names."""
    every = list(compiled.checked.mappings.values())
    return [m for m in every if not names or any(_is_named(m.info.qualified, name) for name in names)]


def _is_named(qualified: str, name: str) -> bool:
    return qualified == name or qualified.startswith(f"{name}.") or qualified.rsplit(".", 1)[-1] == name

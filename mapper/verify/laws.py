"""The laws of a mapping, tried on one input. A broken law is an exception that says where, never a value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mapper.check.model import Side
from mapper.source import SourceFile
from mapper.verify import judges
from mapper.verify.differences import json_differences
from mapper.verify.facts_model import Chain, Facts, Step
from mapper.verify.hl7v2_inputs import QUALIFIED
from mapper.verify.leaves import Leaf
from mapper.verify.subject import CARRIER, Run, Subject, written
from runtime.codecs.findings import DELIMITER_IN_DATA, NO_PLACE, UNWRITABLE_VALUE
from runtime.errors import Finding, MapperError

TOTAL, VALID, SURVIVES, STABLE, SAME = "total", "valid", "survives", "stable", "deterministic"
SLICED = "sliced"
CHANGED = (UNWRITABLE_VALUE, DELIMITER_IN_DATA)
"""What the X12 codec tells of a value that it had to change or that does not fit."""
LACKING = (": Field required", ": Value for the field")
"""How an objection to what is not there ends."""
LAWS = (TOTAL, VALID, SURVIVES, STABLE, SAME, SLICED)


class Broken(Exception):
    """A law does not hold for an input. `paths` are typed paths (`PID-3.4`, `Patient.gender`) that are concerned."""

    def __init__(self, law: str, paths: Iterable[str], text: str, kinds: Iterable[str] | None = None) -> None:
        self.law, self.paths, self.text = law, tuple(dict.fromkeys(paths)), text
        self.kinds = tuple(dict.fromkeys(kinds)) if kinds is not None else self.paths
        super().__init__(f"{law}: {', '.join(self.paths[:6])}: {text}")

    @property
    def signatures(self) -> frozenset[str]:
        """What makes two counterexamples alike: the law with each element (`survives HD.3`) or path."""
        return frozenset(f"{self.law} {kind}" for kind in self.kinds or ("",))


@dataclass
class Laws:
    """The laws of one subject; `excused` are signatures that are known and passed over."""

    subject: Subject
    facts: Facts
    sources: dict[str, SourceFile]
    judge: Callable[[dict[str, Any]], Iterable[str]] = judges.bundle

    # -- from the left side ------------------------------------------------------------------

    def from_left(self, data: bytes) -> Iterator[Broken]:
        """All laws that a message breaks, the gravest first."""
        subject, named = self.subject, self.subject.format
        try:
            subject.read(data)
            gone = self._run("towards FHIR", subject.go, data)
            yield from self._deterministic(gone, subject.go, data)
            yield from self._valid(gone)
            yield from self._sliced(gone, data)
            if not subject.two_way:
                return
            returned = self._run(f"back to {named}", subject.back, gone.tree)
            told = [*gone.findings, *returned.findings]
            yield from self._valid_message(returned, data, self._excused(told))
            yield from self._survives(
                subject.left_leaves(data), subject.left_leaves(returned.data), "left", told
            )
            again = self._run("towards FHIR again", subject.go, returned.data)
            if is_lossy(
                gone.findings
            ):  # what was told as lost may change the rest: hold the second trip to the law
                gone, returned = again, self._run(f"back to {named} again", subject.back, again.tree)
                again = self._run("towards FHIR a third time", subject.go, returned.data)
            yield from self._stable(gone.tree, again.tree)
        except Broken as broken:
            yield broken
        except MapperError:
            return  # a typed refusal

    # -- from FHIR ---------------------------------------------------------------------------

    def from_fhir(self, document: Any) -> Iterator[Broken]:
        """All laws that a FHIR input breaks."""
        subject, named = self.subject, self.subject.format
        try:
            returned = self._run(f"to {named}", subject.back, document)
            yield from self._deterministic(returned, subject.back, document)
            yield from self._valid_message(returned)
            gone = self._run("back to FHIR", subject.go, returned.data)
            yield from self._valid(gone, sparse=subject.format == "X12")
            told = [*returned.findings, *gone.findings]
            if all(finding.code != NO_PLACE for finding in told):  # what a segment held is lost as told
                before, after = subject.right_leaves(document), subject.right_leaves(gone.tree)
                yield from self._survives(before, after, "right", told)
            again = self._run(f"to {named} again", subject.back, gone.tree)
            if not is_lossy(told):
                yield from self._same_message(returned, again, additions=True)
            gone = self._run("back to FHIR again", subject.go, again.data)
            yield from self._same_message(
                again, self._run(f"to {named} a third time", subject.back, gone.tree)
            )
        except Broken as broken:
            yield broken
        except MapperError:
            return

    def _same_message(self, first: Run, second: Run, additions: bool = False) -> Iterator[Broken]:
        """The second message is the first; `additions` allows for what defaults and constants add."""
        if first.data == second.data:
            return
        before, after = (self._by_path(self.subject.left_leaves(run.data)) for run in (first, second))
        changed = [
            path for path, _ in ((before - after) if additions else (before - after) + (after - before))
        ]
        if changed or not additions:
            yield Broken(STABLE, changed or ("order",), "the second message differs")

    # -- single laws -------------------------------------------------------------------------

    def _run(self, what: str, function: Callable[[Any], Run], value: Any) -> Run:
        try:
            return function(value)
        except MapperError as error:
            if error.finding.code == "R216":
                raise Broken(
                    TOTAL, (error.finding.line or "R216",), f"{what}: {error.finding.message}"
                ) from error
            raise
        except Exception as error:
            frames = error.__traceback__
            while frames is not None and frames.tb_next is not None:
                frames = frames.tb_next
            at = f"{frames.tb_frame.f_code.co_name}:{frames.tb_lineno}" if frames is not None else ""
            raise Broken(
                TOTAL, (f"{type(error).__name__}@{at}",), f"{what}: {type(error).__name__}: {error}"
            ) from error

    def _deterministic(self, first: Run, function: Callable[[Any], Run], value: Any) -> Iterator[Broken]:
        if function(value).data != first.data:
            yield Broken(SAME, (), "a second run gives other bytes")

    def _valid(self, run: Run, sparse: bool = False) -> Iterator[Broken]:
        """What judges have against a result; not what it lacks as told, or may lack as its (sparse) source does."""
        if self.subject.whole:
            bundles = run.tree if isinstance(run.tree, list) else [run.tree]
            told = [each for bundle in bundles for each in self.judge(bundle)]
        else:
            told = list(_part_objections(self.subject, run.tree))
        named = {step for finding in run.findings for step in self.subject.concerned(finding)}
        for each in told:
            if each.endswith(LACKING) and (sparse or _lacking(each, run.tree) in named):
                continue
            yield Broken(VALID, (re.sub(r"\[\d+\]", "", each),), each)

    def _valid_message(
        self, run: Run, given: bytes | None = None, lost: Set[Step] = frozenset()
    ) -> Iterator[Broken]:
        for each in self.subject.objections(run, given, lost):
            yield Broken(VALID, (each,), each)

    def _sliced(self, run: Run, data: bytes) -> Iterator[Broken]:
        """What is translated unit by unit is what the whole message gives at once."""
        whole = self.subject.unsliced(data)
        if whole is not None and whole.tree != run.tree:
            found = next(json_differences(whole.tree, run.tree), None)
            place = re.sub(r"\[\d+\]", "", found.path).lstrip(".") if found is not None else ""
            yield Broken(SLICED, (place,), f"a unit on its own differs from the whole at {place}")

    def _survives(
        self, before: list[Leaf], after: list[Leaf], side: Side, told: list[Finding]
    ) -> Iterator[Broken]:
        facts = self.facts.side(side)
        wanted, found = self._by_path(before, side), self._by_path(after, side)
        moved = Counter(_tail(path, value) for path, value in (found - wanted).elements())
        present = {path for path, _ in found}
        name = self._written(side)
        excused, chains = self._excused(told), {name(chain): chain for chain, _ in before}
        lost: list[Chain] = []
        for path, value in (wanted - found).elements():
            chain = chains[path]
            if moved[_tail(path, value)] > 0:  # another line of the same list has claimed it
                moved[_tail(path, value)] -= 1
            elif (
                value.strip() and self._promised(chain, side)
                and not excused.intersection(((chain[0][0], ""), *chain))
                and not (path in present and facts.loose.intersection(self._roots(chain)))
                and not self._stands_in(chain, value, after)
            ):  # fmt: skip
                lost.append(chain)
        if lost:
            text = (
                "comes back in another form" if {name(c) for c in lost} <= present else "does not come back"
            )
            yield Broken(SURVIVES, map(name, lost), text, (".".join(chain[-1]) for chain in lost))

    def _stands_in(self, chain: Chain, value: str, after: list[Leaf]) -> bool:
        """Whether a leaf is left out since another one, which stands for it (`fill`), has its value."""
        return any(
            said == value and not source.isdisjoint(other)
            for filled, by in self.facts.fills
            if any(filled in steps and steps.intersection(chain) for _, steps in self.facts.lines)
            for source in (steps for _, steps in self.facts.lines if by in steps)
            for other, said in after
        )

    @cached_property
    def _referred(self) -> frozenset[str]:
        """Resource types that references lead to."""
        return frozenset(kind for kinds in self.facts.right.targets.values() for kind in kinds)

    def _promised(self, chain: Chain, side: Side) -> bool:
        facts, root = self.facts.side(side), self.subject.mapping.info.qualified
        if side == "right" and self.subject.whole and chain[0][0] in self._referred:
            return False  # what a line promises of it depends on which reference leads there
        own = chain[1:] if chain[0][0] == CARRIER else chain
        return facts.promises(own, root) or facts.promises(chain)

    def _roots(self, chain: Chain) -> Chain:
        """The chain, and the whole value where that is the leaf."""
        return (*chain, ("", "")) if len(chain) == 1 and chain[0][0] == CARRIER else chain

    def _excused(self, findings: Sequence[Finding]) -> set[Step]:
        """The elements that findings name, by path or by the line that told them."""
        excused: set[Step] = set()
        for finding in findings:
            named = set(self.subject.concerned(finding))
            excused |= named
            if finding.code == NO_PLACE:
                excused.add((_segment(finding.where), ""))
            if finding.code in CHANGED:
                # The codec told it, and knows no line: what lines connect with the place is concerned.
                excused |= {each for _, steps in self.facts.lines if named & steps for each in steps}
            if finding.code == "R204" and self.subject.format == "X12":
                # So did a merger, of all that a list or an element of a resource holds.
                excused |= {each for steps in self.facts.places if named & steps for each in steps}
            if finding.line:
                excused |= self._at_line(finding.line)
        qualifiers = {
            (name, str(number))
            for (name, number), other in QUALIFIED.items()
            if (name, str(other)) in excused
        }
        return excused | qualifiers

    def _at_line(self, line: str) -> set[Step]:
        name, _, number = line.rpartition(":")
        steps: set[Step] = set()
        for span, concerned in self.facts.lines:
            source = self.sources.get(span.file)
            if (
                source is not None
                and span.file.endswith(name)
                and str(source.position(span.start)[0]) == number
            ):
                steps |= concerned
        return steps

    def _stable(self, first: Any, again: Any) -> Iterator[Broken]:
        found = list(json_differences(first, again))
        if not found:
            return
        places = [re.sub(r"\[\d+\]", "", each.path).lstrip(".").removeprefix("entry.") for each in found]
        telling = [
            place for place in places if place.rsplit(".", 1)[-1] not in ("id", "reference", "fullUrl")
        ]
        yield Broken(
            STABLE,
            telling or places,
            f"the second result differs at {found[0].path}",
            (telling or places)[:2],
        )

    # -- leaves ------------------------------------------------------------------------------

    def _written(self, side: Side) -> Callable[[Chain], str]:
        return self.subject.written if side == "left" else written

    def _by_path(self, leaves: list[Leaf], side: Side = "left") -> Counter[tuple[str, str]]:
        name = self._written(side)
        return Counter((name(chain), value) for chain, value in leaves)


def _part_objections(subject: Subject, document: Any) -> Iterator[str]:
    if isinstance(document["part"], dict):
        yield from judges.shape(document["part"], subject.mapping.right.types[0], whole=False)


def _lacking(objection: str, bundle: Any) -> Step | None:
    """The element of a resource that is not there: `Bundle.entry[2].resource.insurance: Field required`."""
    found = re.search(r"\bBundle\.entry\[(\d+)\]\.resource\.(\w+):", objection)
    if found is None or not isinstance(bundle, dict):
        return None
    return bundle["entry"][int(found[1])]["resource"]["resourceType"], found[2]


def _segment(slot: str) -> str:
    """The segment of a slot's path: `PROCEDURE.ROL`, `ROL.2`."""
    return next((name for name in reversed(slot.split(".")) if not name.isdigit()), "")


def is_lossy(findings: Iterable[Finding]) -> bool:
    """Whether something was told as left out or changed."""
    return any(finding.code.startswith("R2") or finding.code in (*CHANGED, NO_PLACE) for finding in findings)


def _tail(path: str, value: str) -> tuple[str, str, str]:
    """A leaf without its field or first element: `PID-13.2` and `PID-14.2` are alike."""
    head, _, rest = re.sub("[-.]", "\0", path, count=1).partition("\0")
    return head, rest.partition(".")[2], value

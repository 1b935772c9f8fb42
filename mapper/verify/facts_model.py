"""The facts of a mapping as data: what each side is used for, and which of its places come back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mapper.check.model import Side, TMapping, TStep
from mapper.source import Span

Step = tuple[str, str]
"""An element: its owner's type and its name, `("PID", "3")`, `("Patient.contact", "name")`.

Of X12 what stands in a loop is named by its slot, `("2010AA", "REF_EI")`, and the owner of an element is the wider type
of its segment or composite, `("REF", "2")`.
"""


Chain = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A two-way line's promise about one place: the steps to it, and the mappings that its value passes through.

    Without mappings the value passes as a whole; then only a first component may follow.
    """

    steps: Chain
    through: tuple[str, ...] = ()


@dataclass
class SideFacts:
    """Facts of one side.

    `used` are elements that some line or condition has. `claims` are promises by mapping, relative to its root;
    those below a segment, or below a resource that a reference or a Bundle leads to, stand under `""`. `loose` are
    elements that come back in another form (`("", "")`: the whole value), `firsts` those of which one position is
    taken. `pool` are values that the mapping's conditions and tables know, `targets` the types that followed
    references lead to, `keys` what identifies nodes, `joins` the types of named nodes that references point to. `runs`
    are runs of numbered elements (first, last, step) by the place of their segment, or under `""` by the wider type of
    the segment or composite. `closed` are elements of FHIR that hold the codes of an X12 element, all of which stand in
    `pool`; `longest` are those that go where only so many characters have room.
    """

    used: dict[str, dict[str, None]] = field(default_factory=dict)
    claims: dict[str, list[Claim]] = field(default_factory=dict)
    loose: set[Step] = field(default_factory=set)
    firsts: set[Step] = field(default_factory=set)
    pool: dict[Step, dict[Any, None]] = field(default_factory=dict)
    targets: dict[Step, dict[str, None]] = field(default_factory=dict)
    resources: dict[str, None] = field(default_factory=dict)
    keys: set[Step] = field(default_factory=set)
    joins: dict[Step, dict[str, None]] = field(default_factory=dict)
    runs: dict[Step, dict[tuple[int, int, int], None]] = field(default_factory=dict)
    closed: set[Step] = field(default_factory=set)
    longest: dict[Step, int] = field(default_factory=dict)

    def promises(self, chain: Chain, root: str = "") -> bool:
        """Whether some two-way line carries the leaf at the end of a chain; `root` is the mapping to begin with."""
        return any(self._kept(claim, chain) for claim in self.claims.get(root, ()))

    def _kept(self, claim: Claim, chain: Chain) -> bool:
        length = len(claim.steps)
        if chain[:length] != claim.steps:
            return False
        rest = chain[length:]
        if claim.through:
            return any(self.promises(rest, mapping) for mapping in claim.through)
        return all(name == "1" for _, name in rest)

    def use(self, step: TStep, key: Step) -> None:
        self.used.setdefault(key[0], {})[key[1]] = None
        if step.deref:
            self.targets.setdefault(key, {}).update(dict.fromkeys(step.deref))
        if step.resource:
            self.resources.update(dict.fromkeys(step.types))

    def runs_in(self, place: Step, wide: str) -> list[tuple[int, int, int]]:
        """The runs of a segment at a place, or of a composite, by its wider type."""
        found: dict[tuple[int, int, int], None] = {}
        for key in (place, ("", wide)):
            found.update(self.runs.get(key, {}))
        return list(found)

    def value(self, step: Step, value: Any) -> None:
        self.pool.setdefault(step, {})[value] = None


@dataclass
class Facts:
    """Both sides, and which elements the statement at a line concerns; `places` adds segments and loops to them.

    `fills` are elements that are left out where they equal another one.
    """

    left: SideFacts = field(default_factory=SideFacts)
    right: SideFacts = field(default_factory=SideFacts)
    lines: list[tuple[Span, frozenset[Step]]] = field(default_factory=list)
    places: list[frozenset[Step]] = field(default_factory=list)
    fills: list[tuple[Step, Step]] = field(default_factory=list)
    mappings: dict[str, TMapping] = field(default_factory=dict)

    def side(self, side: Side) -> SideFacts:
        return self.left if side == "left" else self.right

"""How much of a message arrives: counts over distinct values, and what did not arrive, by field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.acceptance.support.landed import landed
from tests.acceptance.support.rules import Ground
from tests.acceptance.support.translations import Translate
from tests.acceptance.support.values import Leaf, leaves
from tests.judges.walk import Json


@dataclass(frozen=True)
class Missing:
    """A value that did not arrive, and the field that has it."""

    place: str
    text: str


@dataclass(frozen=True)
class Arrival:
    """Two counts: of distinct texts, and of distinct pairs of place and text.

    A text has arrived when one of the places that has it arrived: the share that the project promises. The second
    count is stricter: each place must arrive by itself.
    """

    name: str
    texts: int
    texts_arrived: int
    places: int
    places_arrived: int
    missing: tuple[Missing, ...] = field(default=())

    @property
    def share(self) -> float:
        """Of distinct texts, 0 to 1; 1 where there are none."""
        return self.texts_arrived / self.texts if self.texts else 1.0

    @property
    def strict_share(self) -> float:
        """Of distinct places with their texts."""
        return self.places_arrived / self.places if self.places else 1.0

    def by_field(self) -> dict[str, list[str]]:
        """What did not arrive, by field (`PID-13`)."""
        found: dict[str, list[str]] = defaultdict(list)
        for one in self.missing:
            found[one.place.split(".")[0]].append(one.place)
        return dict(sorted(found.items()))

    def report(self, show_values: bool = False) -> str:
        """The counts and, line by line, the places that did not arrive; their values only when asked for."""
        head = (
            f"{self.name}: {self.texts_arrived} of {self.texts} distinct values ({self.share:.1%}), "
            f"{self.places_arrived} of {self.places} by place ({self.strict_share:.1%})"
        )
        lines = [f"  {one.place}{f': {one.text}' if show_values else ''}" for one in self.missing]
        return "\n".join([head, *lines])


def nothing(_table: str, _code: str) -> frozenset[str]:
    """No translation."""
    return frozenset()


def measure(message: bytes, bundle: Json, translate: Translate = nothing, name: str = "message") -> Arrival:
    """What of a message arrived in the Bundle made from it."""
    ground = Ground(landed(bundle, message), translate)
    places: dict[tuple[str, str], bool] = {}
    for leaf in leaves(message):
        key = (leaf.place, leaf.text)
        places[key] = places.get(key, False) or ground.arrived(leaf)
    return _counted(name, places)


def _counted(name: str, places: dict[tuple[str, str], bool]) -> Arrival:
    texts: dict[str, bool] = {}
    for (_, text), arrived in places.items():
        texts[text] = texts.get(text, False) or arrived
    missing = tuple(Missing(place, text) for (place, text), arrived in places.items() if not arrived)
    return Arrival(name, len(texts), sum(texts.values()), len(places), sum(places.values()), missing)


def total(arrivals: Iterable[Arrival], name: str = "all") -> Arrival:
    """The counts of several messages together; each file's distinct values count on their own."""
    found = list(arrivals)
    return Arrival(
        name,
        sum(one.texts for one in found),
        sum(one.texts_arrived for one in found),
        sum(one.places for one in found),
        sum(one.places_arrived for one in found),
        tuple(missing for one in found for missing in one.missing),
    )


__all__ = ["Arrival", "Leaf", "Missing", "measure", "total"]

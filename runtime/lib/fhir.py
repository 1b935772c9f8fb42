"""How generated code reads and builds FHIR values. All total; an absent node is `NOTHING`, an absent leaf `None`.

A primitive of a list is read as a pair, a dict that holds the value under `""` and its extensions under `extension`,
because its extensions live in a second list beside the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from runtime.lib.nodes import join

Node = dict[str, Any]


class Missing(Protocol):
    """Whom to tell of what a look-up does not find."""

    def missed(self, site: str, why: str) -> None:
        """A look-up at a site found nothing."""


NOTHING: Mapping[str, Any] = MappingProxyType({})

NO_ITEM = (NOTHING,)
"""What stands for a list that is not there where its first or last item is read."""

ABSENT_REASON = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def is_valued(node: Any) -> bool:
    """Whether a node holds anything but the reason why it is absent."""
    if not node:
        return False
    if len(node) == 1 and "extension" in node:
        return any(extension.get("url") != ABSENT_REASON for extension in node["extension"])
    return True


def without_holes(value: Any) -> Any:
    """The same tree with empty nodes for holes: items of lists that only say why they are absent.

    Generated code reads what this gives. What holds no hole is given as it is; nothing is changed where it stands.
    """
    if type(value) is dict:
        kept = value
        for key, held in value.items():
            if type(held) in (dict, list) and not (type(held) is list and key[0] == "_"):
                new = without_holes(held)
                if new is not held:
                    kept = {**kept, key: new}
        return kept
    if type(value) is not list:
        return value
    items = [
        {} if type(item) is dict and item and not is_valued(item) else without_holes(item) for item in value
    ]
    return value if all(new is held for new, held in zip(items, value, strict=True)) else items


def items(node: Mapping[str, Any], key: str) -> Sequence[Any]:
    """The items of a list of nodes, for reading only; placeholders of absent ones read as empty nodes."""
    held = node.get(key)
    if not held:
        return ()
    for item in held:
        if len(item) < 2 and not is_valued(item):
            return [item if is_valued(item) else NOTHING for item in held]
    return held  # type: ignore[no-any-return]


def item_at(node: Mapping[str, Any], key: str, number: int) -> Any:
    """The item with that 1-based number (-1 is the last) of a list of nodes; an absent one reads as an empty node."""
    held = node.get(key)
    if not held or number > len(held):
        return NOTHING
    item = held[number - 1 if number > 0 else number]
    return item if len(item) > 1 or is_valued(item) else NOTHING


def pair_at(node: Mapping[str, Any], key: str, number: int) -> Mapping[str, Any]:
    """The primitive with that 1-based number of a list, with its extensions."""
    if f"_{key}" in node:
        return pick(pairs(node, key), number, NOTHING)  # type: ignore[no-any-return]
    values = node.get(key)
    if not values or number > len(values):
        return NOTHING
    return {"": values[number - 1 if number > 0 else number]}


def pairs(node: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    """The items of a list of primitives, each with its extensions."""
    values = node.get(key, ())
    beside = node.get(f"_{key}")
    if not beside:
        return [{"": value} for value in values] if values else ()
    count = max(len(values), len(beside))
    return [
        {"": values[i] if i < len(values) else None, **(beside[i] or {} if i < len(beside) else {})}
        for i in range(count)
    ]


def pick(found: Sequence[Any], number: int, nothing: Any) -> Any:
    """The item with that 1-based number (-1 is the last), or `nothing`."""
    if number == -1:
        return found[-1] if found else nothing
    return found[number - 1] if number <= len(found) else nothing


def extension(node: Mapping[str, Any] | None, url: str) -> Mapping[str, Any]:
    """The first extension with a URL."""
    if node:
        for found in node.get("extension", ()):
            if found.get("url") == url:
                return found  # type: ignore[no-any-return]
    return NOTHING


def by_url(node: Mapping[str, Any] | None) -> Mapping[Any, Any]:
    """The extensions of a node by their URLs, of each URL the first."""
    held = node.get("extension") if node else None
    if not held:
        return NOTHING
    if len(held) == 1:
        return {held[0].get("url"): held[0]}
    return {found.get("url"): found for found in reversed(held)}


def extensions(node: Mapping[str, Any] | None, url: str) -> Sequence[Mapping[str, Any]]:
    """All extensions with a URL."""
    held = node.get("extension") if node else None
    return [found for found in held if found.get("url") == url] if held else ()


def has_code(concept: Mapping[str, Any], system: str | None, code: str) -> bool:
    """Whether any coding of a CodeableConcept has a code (in a system, unless `None`)."""
    for coding in concept.get("coding", ()):
        if coding.get("code") == code and (system is None or coding.get("system") == system):
            return True
    return False


def coding_is(coding: Mapping[str, Any], system: str | None, code: str) -> bool:
    """Whether a Coding is a code (in a system, unless `None`)."""
    return coding.get("code") == code and (system is None or coding.get("system") == system)


# -- building ------------------------------------------------------------------------------------


def append(node: Node, key: str, item: Any) -> None:
    """Add an item to a list of nodes or plain primitives."""
    node.setdefault(key, []).append(item)


def place(node: Node, key: str, number: int, item: Any) -> None:
    """Put an item at a 1-based position; missing ones before it become placeholders that say so."""
    held = node.setdefault(key, [])
    if len(held) >= number and not is_valued(held[number - 1]):
        held[number - 1] = item
        return
    while len(held) < number - 1:
        held.append(hole())
    held.insert(number - 1, item)


def item_for(node: Node, key: str, number: int) -> Node:
    """The node with a 1-based number of a list, to put something into; where there is none, it is made."""
    held = node.setdefault(key, [])
    if len(held) < number or not is_valued(held[number - 1]):
        place(node, key, number, {})
    return held[number - 1]  # type: ignore[no-any-return]


def place_from(node: Node, key: str, first: int, item: Any) -> None:
    """Add an item at the end, but not before a 1-based position."""
    place(node, key, max(first, len(node.get(key, ())) + 1), item)


def place_primitive_from(node: Node, key: str, first: int, pair: Mapping[str, Any]) -> None:
    """Add a primitive at the end, but not before a 1-based position."""
    place_primitive(node, key, max(first, len(node.get(key, ())) + 1), pair)


def place_primitive(node: Node, key: str, number: int | None, pair: Mapping[str, Any]) -> None:
    """Put a primitive with its extensions into a list; without a number at the end.

    Missing ones before it are `null` with a data-absent-reason beside them, as FHIR's JSON form has it.
    """
    values = node.get(key)
    if len(pair) == 1 and "" in pair:
        if values is None:
            if number is None or number == 1:
                node[key] = [pair[""]]
            else:
                node[key] = [*[None] * (number - 1), pair[""]]
                node[f"_{key}"] = [*[hole() for _ in range(number - 1)], None]
            return
        beside = node.get(f"_{key}")
        if beside is None and (number is None or number <= len(values) + 1):
            values.insert(len(values) if number is None else number - 1, pair[""])
            return
    _place_beside(node, key, number, pair)


def hole() -> Node:
    """What stands beside a primitive that is not there."""
    return {"extension": [{"url": ABSENT_REASON, "valueCode": "unknown"}]}


def _place_beside(node: Node, key: str, number: int | None, pair: Mapping[str, Any]) -> None:
    """The same where something stands beside the list, or is to."""
    values = node.get(key)
    beside = node.get(f"_{key}")
    if values is None:
        values = node[key] = []
    at = len(values) if number is None else number - 1
    rest = {k: v for k, v in pair.items() if k} if len(pair) > 1 or "" not in pair else None
    if beside is None and (at > len(values) or rest):
        beside = node[f"_{key}"] = [None] * len(values)
    if beside is not None and at < len(values) and values[at] is None and not is_valued(beside[at]):
        values[at], beside[at] = pair.get(""), rest or None
        if not any(beside):
            del node[f"_{key}"]
        return
    while len(values) < at:
        values.append(None)
        assert beside is not None
        beside.append(hole())
    values.insert(at, pair.get(""))
    if beside is not None:
        beside.insert(at, rest or None)


def place_all(node: Node, key: str, first: int, values: Sequence[Any]) -> None:
    """Put several primitives from a 1-based position on."""
    for number, value in enumerate(values, first):
        place_primitive(node, key, number, {"": value})


def add_extension(node: Node, url: str, value: Node) -> None:
    """Add an extension; `value` holds its `value[x]` or its own extensions."""
    node.setdefault("extension", []).append({"url": url, **value})


def put_primitive(node: Node, key: str, pair: Mapping[str, Any]) -> None:
    """Set a primitive and the extensions beside it."""
    value = pair.get("")
    if value is not None:
        node[key] = value
    rest = {k: v for k, v in pair.items() if k}
    if rest:
        node[f"_{key}"] = rest


def merge(node: Node, key: str, value: Node) -> None:
    """Set a child node, keeping what another line has already put there: nodes join, lists continue."""
    held = node.get(key)
    if not isinstance(held, dict):
        node[key] = value
        return
    join(held, value)


def number_item(node: Node, key: str, item: Node) -> None:
    """Give an item of a list its 1-based number as `sequence`, where no line has given it one."""
    if "sequence" in item:
        return
    held = node[key]
    number = next(at for at in range(len(held), 0, -1) if held[at - 1] is item)
    taken = {other.get("sequence") for other in held}
    item["sequence"] = number if number not in taken else max(each or 0 for each in taken) + 1


def next_number(node: Mapping[str, Any], key: str) -> int:
    """The number that the next item of a list will get."""
    return len(node.get(key, ())) + 1


def pointed(
    node: Mapping[str, Any], key: str, held: Sequence[Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """The items of a list that the numbers under a key point to by their `sequence`."""
    numbers = node.get(key, ())
    return [item for item in held if item.get("sequence") in numbers] if numbers else ()


def point(node: Node, key: str, holder: Node, slot: str, item: Node) -> None:
    """Put an item into a list (unless one that says the same is there), and its number under a key."""
    for other in holder.get(slot, ()):
        if {k: v for k, v in other.items() if k != "sequence"} == item:
            break
    else:
        other = item
        holder.setdefault(slot, []).append(item)
        number_item(holder, slot, item)
    ensure(node, key, other["sequence"])


def positions(
    c: Missing, pairs: Sequence[Mapping[str, Any]], held: Sequence[Mapping[str, Any]], site: str
) -> Sequence[Mapping[str, Any]]:
    """Numbers that point to the items of a list by their `sequence`, as those by their position; others are told."""
    if not pairs:
        return pairs
    places = {item.get("sequence"): at for at, item in enumerate(held, 1)}
    found = []
    for pair in pairs:
        if pair.get("") in places:
            found.append({**pair, "": places[pair[""]]})
        elif "" in pair:
            c.missed(site, "no item has the sequence that a number points to")
    return found


def lacks(node: Mapping[Any, Any], way: Sequence[Any]) -> bool:
    """Whether nothing stands at the end of a way of keys, not even the reason why; lists by their first item."""
    held: Any = node
    for key in way[:-1]:
        held = held.get(key)
        if type(held) is list:
            held = held[0] if held else None
        if type(held) is not dict:
            return True
    return way[-1] not in held and f"_{way[-1]}" not in held


def ensure(node: Node, key: str, value: Any) -> None:
    """Add a value to a list unless it is there already."""
    held = node.get(key)
    if held is None:
        node[key] = [value]
    elif value not in held:
        held.append(value)


def any_code(found: Sequence[Any], system: str | None, code: str) -> bool:
    """Whether any of several CodeableConcepts, Codings or codes is a code."""
    for item in found:
        for coding in item.get("coding", (item,)):
            if coding.get("code") == code and (system is None or coding.get("system") == system):
                return True
        if "" in item and item[""] == code:
            return True
    return False

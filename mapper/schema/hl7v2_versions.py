"""Which segments of a message structure a version has no place for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from mapper.schema import hl7v2_data as data
from mapper.schema.hl7v2 import Hl7v2Schema


def lacking(schema: Hl7v2Schema, message: str) -> dict[str, list[str]]:
    """By version, the slots of a message (`SFT`, `PROCEDURE.ROL`) for which it has no place, where there are any.

    Slots are those of the schema's own structure. A version that lacks the whole structure is asked what any message
    of that type holds (ADT_A05 in 2.3). Declared Z-segments belong to no version and are always written.
    """
    found = {
        version: list(_absent(schema, version, message, _olds(version, message)))
        for version in data.versions()
    }
    return {version: slots for version, slots in found.items() if slots}


def _olds(version: str, message: str) -> list[str]:
    """The structures of a version that a message is compared with."""
    names = data.names(version, "message")
    family = message.split("_", maxsplit=1)[0] + "_"
    return [message] if message in names else [name for name in names if name.startswith(family)]


def _absent(
    schema: Hl7v2Schema, version: str, type_name: str, olds: Sequence[str], path: str = ""
) -> Iterator[str]:
    """The slots below a message or group that none of the version's own `olds` has."""
    levels = [data.nodes(version, old) for old in olds]
    held: Counter[str] = Counter()
    for level in levels:
        held |= Counter(node.name for node in level)
    seen: Counter[str] = Counter()
    for child in schema.elements(type_name):
        seen[child.name] += 1
        if "." in child.types[0]:
            groups = [node.group for level in levels for node in level if node.name == child.name]
            known = [group for group in groups if group is not None]
            yield from _absent(schema, version, child.types[0], known, f"{path}{child.slot}.")
        elif seen[child.name] > held[child.name] and not child.name.startswith("Z"):
            yield f"{path}{child.slot}"

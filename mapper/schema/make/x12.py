"""X12 from pyx12's maps, and what the project declares itself where pyx12 has no map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from mapper.schema.make.x12_declared import declared, own_codes, own_titles
from mapper.schema.store import write
from mapper.schema.x12_map import Types, read_map
from mapper.schema.x12_pack import pack
from mapper.schema.x12_sets import SETS, SetInfo
from mapper.schema.x12_structure import finish
from mapper.schema.x12_xml import parse

# The maps that pyx12 itself uses for these versions. The rewritten 837I and 835 maps that it also carries (`.v2.xml`)
# hold the same structures without the envelope and without the nine digits of a billing ZIP code.
MAPS = {
    "837P": "837.5010.X222.A1.xml",
    "837I": "837Q3.I.5010.X223.A1.xml",
    "835": "835.5010.X221.A1.xml",
    "277CA": "277.5010.X214.xml",
    "999": "999.5010X231.A1.xml",
}
CONTROL = "x12.control.00501.xml"


def build(folder: Path) -> None:
    """Write `x12.json.z` (data elements, code lists, envelope) and `x12_SET.json.z` for each set."""
    types = data_elements(_read("dataele.xml"))
    _, envelope = read_map(_read(CONTROL), types)
    ring = {"id": "ENVELOPE", "kind": "loop", "name": "", "usage": "R", "max": 1, "children": envelope}
    own = dict(own_titles())
    lists = dict(code_lists(_read("codes.xml")))
    shared = {"types": types, "lists": lists, "envelope": pack(finish(ring)), "titles": own}
    write(folder, "x12", shared)
    titles = {
        node.get("ele_num"): node.get("name") for node in parse(_read("dataele.xml")).all("data_ele")
    } | own
    for info in SETS:
        root = _root(info, types, titles) | {"id": info.set, "name": info.name, "usage": "R", "max": None}
        write(folder, f"x12_{info.set}", pack(finish(root)))


def _read(name: str) -> bytes:
    return files("pyx12").joinpath("map", name).read_bytes()


def _root(info: SetInfo, types: Types, titles: Mapping[str, str]) -> dict[str, Any]:
    """The root loop of a set: from its map, from our own declaration, or TA1 out of the envelope."""
    if info.set in MAPS:
        return read_map(_read(MAPS[info.set]), types)[0]
    if info.set == "TA1":
        _, envelope = read_map(_read(CONTROL), types)
        acknowledgement = next(segment for segment in envelope if segment["id"] == "TA1")
        return {"kind": "loop", "children": [acknowledgement | {"order": 0, "usage": "R"}]}
    return declared(info.set, types, titles)


def data_elements(content: bytes) -> dict[str, tuple[str, int, int]]:
    """Number of each data element to its X12 type, shortest and longest length in characters."""
    return {
        node.get("ele_num"): (node.get("data_type"), int(node.get("min_len")), int(node.get("max_len")))
        for node in parse(content).all("data_ele")
    }


def code_lists(content: bytes) -> Iterable[tuple[str, dict[str, Any]]]:
    """External code lists by their name in the maps: what they are called and their codes, in order, ours last."""
    more = dict(own_codes())
    for node in parse(content).all("codeset"):
        codes = dict.fromkeys(
            code.text.strip() for version in node.all("version") for code in version.all("code")
        )
        yield node.get("id"), {"name": node.get("name"), "codes": list(codes) + more.get(node.get("id"), [])}

"""Releases: written in one go, found again by the hash of all that went into them."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mapper import __version__
from mapper.check.model import TMapping
from mapper.claims.data import FILE as COVERAGE
from mapper.claims.data import coverage_data
from mapper.driver.compile import Compiled
from mapper.driver.texts import module_texts
from mapper.ir import identifier
from mapper.schema.fhir import FhirSchema
from mapper.schema.fhir_shapes import shapes
from mapper.schema.hl7v2 import Hl7v2Schema, structures
from mapper.schema.hl7v2_versions import lacking
from mapper.schema.x12 import X12Schema
from runtime.release import MANIFEST


def build_release(compiled: Compiled, folder: Path) -> None:
    """Write a release beside `folder`, then put it there with one rename: a reader sees the old one or the new one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".build-") as scratch:
        made = Path(scratch) / "release"
        made.mkdir()
        _write(compiled, made)
        if folder.exists():
            shutil.rmtree(folder)
        made.replace(folder)


def _write(compiled: Compiled, folder: Path) -> None:
    with module_texts(compiled) as modules:
        _write_data(compiled, folder)
        for name, texts in modules:
            for flavour, text in zip(("plain", "traced"), texts, strict=True):
                path = folder / flavour / Path(*name.split(".")).with_suffix(".py")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    (folder / MANIFEST).write_text(json.dumps(_manifest(compiled, folder), indent=1), encoding="utf-8")


def _write_data(compiled: Compiled, folder: Path) -> None:
    """Write what the runtime needs beside the modules."""
    messages = [m for m in compiled.checked.mappings.values() if _is_message(compiled, m)]
    (folder / "structures.json").write_text(json.dumps(_structures(compiled, messages)), encoding="utf-8")
    if tables := _x12(compiled, messages):
        (folder / "x12.json").write_text(json.dumps(tables), encoding="utf-8")
    (folder / "shapes.json").write_text(json.dumps(_shapes(compiled, messages)), encoding="utf-8")
    (folder / COVERAGE).write_text(json.dumps(_coverage(compiled, messages)), encoding="utf-8")


def _is_message(compiled: Compiled, mapping: TMapping) -> bool:
    schema = compiled.program.scopes[mapping.info.module].schemas.get(mapping.left.format)
    info = schema.type(mapping.left.types[0]) if schema is not None else None
    return info is not None and info.kind == "message"


def _structures(compiled: Compiled, messages: Iterable[TMapping]) -> dict[str, Any]:
    """One structure set for all message mappings: that of the newest declared version, with declared Z-segments."""
    merged: dict[str, Any] = {}
    for mapping in messages:
        schema = compiled.program.scopes[mapping.info.module].schemas.get("hl7v2")
        if isinstance(schema, Hl7v2Schema):
            found = structures(schema, list(mapping.left.types))
            held = merged.setdefault(
                "hl7v2", {"messages": {}, "events": {}, "version": found["version"], "lacking": {}}
            )
            held["messages"].update(found["messages"])
            held["events"].update(found["events"])
            held["lacking"].update({name: lacking(schema, name) for name in found["messages"]})
    return merged


def _x12(compiled: Compiled, messages: Iterable[TMapping]) -> dict[str, Any]:
    """The tables of the X12 sets that message mappings read and write."""
    found: dict[str, Any] = {}
    for mapping in messages:
        schema = compiled.program.scopes[mapping.info.module].schemas.get("x12")
        if mapping.left.format == "x12" and isinstance(schema, X12Schema):
            found |= {name: schema.table(name) for name in _types(mapping, "left")}
    return found


def _shapes(compiled: Compiled, messages: Iterable[TMapping]) -> dict[str, Any]:
    for mapping in messages:
        schema = compiled.program.scopes[mapping.info.module].schemas.get("fhir")
        if isinstance(schema, FhirSchema):
            return shapes(schema)
    return {}


def _coverage(compiled: Compiled, messages: Iterable[TMapping]) -> dict[str, Any]:
    """What each message mapping claims of its source, by its qualified name."""
    found: dict[str, Any] = {}
    for mapping in messages:
        schema = compiled.program.scopes[mapping.info.module].schemas.get("hl7v2")
        found[mapping.info.qualified] = coverage_data(compiled.checked, mapping, schema, compiled.sources)
    return found


def _manifest(compiled: Compiled, folder: Path) -> dict[str, Any]:
    mappings = list(compiled.checked.mappings.values())
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {
        "compiler": __version__,
        "overlays": list(compiled.program.overlays),
        "mappings": [_entry(compiled, mapping) for mapping in mappings],
        "functions": {m.info.qualified: _functions(m) for m in mappings},
        "sources": {name: _hash(source.text.encode()) for name, source in compiled.sources.items()},
        "files": {p.relative_to(folder).as_posix(): _hash(p.read_bytes()) for p in files},
    }


def _entry(compiled: Compiled, mapping: TMapping) -> dict[str, Any]:
    return {
        "name": mapping.info.name,
        "module": mapping.info.module,
        "left": [mapping.left.format, _types(mapping, "left")],
        "right": [mapping.right.format, _types(mapping, "right")],
        "two_way": mapping.two_way,
        "message": _is_message(compiled, mapping),
        "many": mapping.right.many,
    }


def _types(mapping: TMapping, side: str) -> list[str]:
    """All types that the head names on a side, whatever variant of the mapping this is."""
    declaration = mapping.info.declaration
    return [name.text for name in (declaration.left if side == "left" else declaration.right).names]


def _functions(mapping: TMapping) -> dict[str, str]:
    name = identifier(mapping.info.name)
    return {"go": name, **({"back": f"{name}_back"} if mapping.two_way else {})}


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

"""A release: a folder of compiled modules with what they need, checked before anything of it runs."""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

MANIFEST = "manifest.json"
_numbers = itertools.count()


class ReleaseError(Exception):
    """A release that cannot be used: incomplete, changed since it was built, or of another runtime."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A mapping of a release: its name, its module, and the types on its two sides (`("hl7v2", ("ADT_A01",))`)."""

    name: str
    module: str
    left: tuple[str, tuple[str, ...]]
    right: tuple[str, tuple[str, ...]]
    two_way: bool
    message: bool
    structures: str = ""
    many: bool = False
    """Whether the mapping gives many Bundles (`Bundle*`)."""

    @property
    def qualified(self) -> str:
        return f"{self.module}.{self.name}"


class Release:
    """A release folder, opened. Modules are imported when a mapping of them is first asked for."""

    def __init__(self, folder: Path, verify: bool = True) -> None:
        """Raises `ReleaseError` where the folder is no release, or a file's hash is not the manifest's."""
        self.folder = folder
        try:
            self.manifest: Mapping[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ReleaseError(f"{folder} is no release: its manifest cannot be read") from error
        if verify:
            self._verify()
        self._package = f"mapper_release_{next(_numbers)}"
        self.entries = {e.qualified: e for e in map(_entry, self.manifest["mappings"])}

    def _verify(self) -> None:
        for name, wanted in self.manifest["files"].items():
            path = self.folder / name
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
                raise ReleaseError(
                    f"{name} of the release {self.folder} is missing or was changed after the build"
                )

    def function(self, entry: Entry, direction: str, tracing: bool = False) -> Callable[..., Any]:
        """The compiled function of a mapping: `go` or `back`, in the production or the tracing flavour."""
        module = self._module("traced" if tracing else "plain", entry.module)
        name = self.manifest["functions"][entry.qualified][direction]
        return getattr(module, name)  # type: ignore[no-any-return]

    def _module(self, flavour: str, name: str) -> ModuleType:
        package = f"{self._package}.{flavour}"
        if self._package not in sys.modules:
            _package(self._package, self.folder)
        if package not in sys.modules:
            _package(package, self.folder / flavour)
        return importlib.import_module(f"{package}.{name}")

    @cached_property
    def structures(self) -> Mapping[str, Any]:
        """Message structures by the name that entries refer to."""
        return json.loads((self.folder / "structures.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]

    @cached_property
    def x12(self) -> Mapping[str, Any]:
        """The structure tables of the X12 sets that its mappings read and write, by set."""
        path = self.folder / "x12.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    @cached_property
    def shapes(self) -> Mapping[str, Any]:
        """FHIR shapes for the codec."""
        return json.loads((self.folder / "shapes.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _package(name: str, folder: Path) -> None:
    """A package of that name over a folder, so that modules of a release import each other relatively."""
    spec = importlib.util.spec_from_loader(name, loader=None, is_package=True)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__path__ = [str(folder)]
    sys.modules[name] = module


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        row["name"], row["module"], (row["left"][0], tuple(row["left"][1])), (row["right"][0], tuple(row["right"][1])),
        row["two_way"], row["message"], row.get("structures", ""), row.get("many", False),
    )  # fmt: skip

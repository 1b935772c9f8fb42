"""The folders that ship with the compiler: grammar, standard mappings, pages about error codes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_assets"  # a wheel carries the folders here
_CHECKOUT = _PACKAGE.parent  # a checkout and an editable install have them beside the package


@cache
def asset(name: str) -> Path:
    """The folder `name` (`grammar`, `mappings`, `docs/errors`), wherever this installation keeps it.

    Raises `FileNotFoundError` when the installation is incomplete.
    """
    for root in (_INSTALLED, _CHECKOUT):
        if (root / name).is_dir():
            return root / name
    raise FileNotFoundError(f"this installation of mapper lacks its folder {name!r}; install it again")


def grammar() -> Path:
    """Where `mapping.lark` and its page are."""
    return asset("grammar")


def standard_mappings() -> Path:
    """The source root of the standard mappings, tables and sites."""
    return asset("mappings")


def standard_trees() -> Path | None:
    """The syntax trees of the standard mappings, where an installation ships them: a checkout does not."""
    folder = _INSTALLED / "trees"
    return folder if folder.is_dir() else None


def error_pages() -> Path:
    """One Markdown page for each code: `E503.md`."""
    return asset("docs/errors")

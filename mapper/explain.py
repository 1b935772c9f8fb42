"""`mapper explain E503`: the page of a code, or the codes that resemble what was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from mapper.assets import error_pages
from mapper.registry import GROUPS, REGISTRY, Entry, find, nearest


@dataclass(frozen=True, slots=True)
class Page:
    """The Markdown page of one code."""

    entry: Entry
    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No such code; `alike` are the entries that may have been meant, possibly none."""

    asked: str
    alike: tuple[Entry, ...]

    @property
    def message(self) -> str:
        """One line for the person who asked."""
        alike = ", ".join(f"{entry.code} ({entry.slug})" for entry in self.alike)
        return f"there is no code {self.asked!r}; " + (
            f"did you mean {alike}?" if alike else "`mapper explain` lists them all"
        )


def explain(asked: str) -> Page | Unknown:
    """The page for a code (`E503`, any case) or a slug (`not-invertible`)."""
    entry = find(asked)
    if entry is None:
        return Unknown(asked, tuple(nearest(asked)))
    return Page(entry, (error_pages() / f"{entry.code}.md").read_text(encoding="utf-8"))


def listing() -> str:
    """Every code with its meaning, by group."""
    groups: dict[str, list[Entry]] = {}
    for entry in sorted(REGISTRY.values(), key=lambda entry: list(GROUPS).index(entry.code[:2])):
        groups.setdefault(entry.group, []).append(entry)
    return "\n".join(_group(name, entries) for name, entries in groups.items())


def _group(name: str, entries: list[Entry]) -> str:
    width = max(len(entry.slug) for entry in entries)
    lines = [f"  {entry.code}  {entry.slug:<{width}}  {entry.summary}" for entry in entries]
    return "\n".join([name, *lines, ""])

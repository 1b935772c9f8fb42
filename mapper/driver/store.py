"""A folder of entries that can be made again, found by what they were made from."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

_DAY = 86_400.0  # seconds; how exactly it is known when an entry was last used


@dataclass(slots=True)
class Store:
    """Entries by name; of more than `most` the longest unused go when `prune` is called. `shipped` is searched first
    and never written. `written` counts new entries.
    """

    folder: Path
    most: int
    shipped: Path | None = None
    written: int = 0

    def read(self, name: str) -> bytes | None:
        """An entry as it was written, or `None`."""
        for folder in (self.shipped, self.folder):
            if folder is None:
                continue
            try:
                path = folder / name
                found = path.read_bytes()
                if folder is self.folder and time.time() - path.stat().st_mtime > _DAY:
                    os.utime(path)
            except OSError:
                continue
            return found
        return None

    def holds(self, name: str) -> bool:
        """Whether there is an entry."""
        return any(folder is not None and (folder / name).is_file() for folder in (self.shipped, self.folder))

    def write(self, name: str, entry: bytes) -> None:
        """In one rename: a reader sees a whole entry or none. A folder that cannot be written keeps nothing."""
        scratch = self.folder / f".{name}.{os.getpid()}"
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            scratch.write_bytes(entry)
            scratch.replace(self.folder / name)
            self.written += 1
        except OSError:
            scratch.unlink(missing_ok=True)

    def prune(self) -> None:
        """Remove the longest unused beyond those that are kept."""
        if not self.written:
            return
        found = []
        with os.scandir(self.folder) as entries:
            for entry in entries:
                try:
                    found.append((entry.stat().st_mtime, entry.path))
                except OSError:  # another process has just removed it
                    continue
        for _, path in sorted(found, reverse=True)[self.most :]:
            Path(path).unlink(missing_ok=True)

"""A failure inside compiled code, told as a finding that names the `.map` line; never a traceback."""

from __future__ import annotations

import linecache
import re
import traceback
from pathlib import Path

from runtime.errors import Finding, MapperError

_COMMENT = re.compile(r"  # (\S+\.map:\d+)$")


def failure(error: Exception, release: Path) -> MapperError:
    """An R216 for an exception that came out of a release's code or out of a function that it calls.

    The message names the kind of the exception and where it was raised, never what it says: that may quote data.
    """
    frames = traceback.extract_tb(error.__traceback__)
    raised = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
    line = ""
    for frame in frames:
        if frame.lineno is not None and Path(frame.filename).is_relative_to(release):
            line = map_line(frame.filename, frame.lineno) or line
    message = f"the mapping failed on this message ({type(error).__name__} raised at {raised})"
    return MapperError(Finding("R216", "error", message, line=line))


def map_line(file: str, number: int) -> str:
    """The `.map` line that a line of a generated module implements: its own, else the nearest above in its function."""
    for above in range(number, 0, -1):
        text = linecache.getline(file, above).rstrip()
        if found := _COMMENT.search(text):
            return found[1]
        if text.startswith("def "):
            return ""
    return ""

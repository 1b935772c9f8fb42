"""What a wheel carries beyond the checkout: the syntax trees of the standard mappings, so that nobody parses them."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Trees(BuildHookInterface[Any]):
    """Makes the trees in a passing folder that goes into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the trees to a wheel; an editable installation reads the checkout."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from mapper.driver.trees import write_trees

        self._folder = tempfile.TemporaryDirectory(prefix="mapper-trees-")
        texts = [
            path.read_bytes().decode("utf-8-sig")
            for path in sorted(Path(self.root, "mappings").rglob("*.map"))
        ]
        write_trees(texts, Path(self._folder.name))
        build_data["force_include"][self._folder.name] = "mapper/_assets/trees"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the passing folder."""
        if version != "editable":
            self._folder.cleanup()

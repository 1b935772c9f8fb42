"""The checker: from resolved names to the checked tree, with every finding that an analyst can act on."""

from mapper.check.program import check

__all__ = ["check"]

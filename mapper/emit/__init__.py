"""Emitting: from plans to the text of Python modules, in a production and a tracing flavour."""

from mapper.emit.module import emit

__all__ = ["emit"]

"""Where each element of an output came from, where each field of an input went, and why an element is empty."""

from mapper.trace.model import Row, Trace
from mapper.trace.why import Reason, why

__all__ = ["Reason", "Row", "Trace", "why"]

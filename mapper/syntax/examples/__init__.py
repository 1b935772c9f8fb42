"""Examples of mistakes for Lark's `match_examples`: texts that fail in the same parser state as the analyst's line."""

from mapper.syntax.examples.advice import Advice
from mapper.syntax.examples.heads import HEADS
from mapper.syntax.examples.lines import LINES

EXAMPLES: dict[Advice, list[str]] = {**LINES, **HEADS}

__all__ = ["Advice", "EXAMPLES"]

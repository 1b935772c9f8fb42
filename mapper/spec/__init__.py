"""The v2-to-FHIR guide as data: its rows, what a message reaches in them, and what is skipped, and why."""

from mapper.spec.guide import CodePair, Guide, MessageRow, Row, read_guide
from mapper.spec.place import Place, distinct_key, place_of
from mapper.spec.reach import Reach, reach
from mapper.spec.skips import Skip, read_skips, skip_for
from mapper.spec.tables import tables_of

__all__ = [
    "CodePair",
    "Guide",
    "MessageRow",
    "Place",
    "Reach",
    "Row",
    "Skip",
    "distinct_key",
    "place_of",
    "reach",
    "read_guide",
    "read_skips",
    "skip_for",
    "tables_of",
]

"""A careful hand-written ADT to FHIR function and its way back: what compiled mappings are measured against.

It makes the same resources with the same values as the mapping does: deterministic ids, escapes, explicit nulls, and
practitioners, organizations and locations made once; `test_peers.py` compares the two outputs value by value and lists
where the way back differs. It is written for speed as a careful programmer would, without tricks, and for what these
messages hold: it knows no field that they lack.
"""

from tests.benchmarks.peers.by_hand.back import from_fhir
from tests.benchmarks.peers.by_hand.message import ECW_SITE, SITE, to_fhir

__all__ = ["ECW_SITE", "SITE", "from_fhir", "to_fhir"]

"""A careful hand-written ADT to FHIR function and its way back: what compiled mappings are measured against.

It makes the same resources as the mapping does, with deterministic ids, escapes, explicit nulls, and practitioners,
organizations and locations made once. It is written for speed as a careful programmer would, without tricks.
"""

from tests.benchmarks.peers.by_hand.back import from_fhir
from tests.benchmarks.peers.by_hand.message import ECW_SITE, SITE, to_fhir

__all__ = ["ECW_SITE", "SITE", "from_fhir", "to_fhir"]

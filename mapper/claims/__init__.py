"""What each line of a mapping claims of both sides' trees: the static half of coverage and of loss reports."""

from mapper.claims.model import Claim, How, Place, Step
from mapper.claims.walk import claims_of

__all__ = ["Claim", "How", "Place", "Step", "claims_of"]

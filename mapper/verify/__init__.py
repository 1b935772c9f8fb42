"""What the checker cannot prove: examples that must hold, and laws tried on inputs made from schemas and mapping."""

"""X12: documents that are made for tests, and what reads, checks and answers them."""

"""X12 above the codec: validation, acknowledgements, posting. Works on events and structure tables, never on files."""

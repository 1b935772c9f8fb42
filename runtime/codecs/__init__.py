"""Bytes to values that generated code reads, and back: one module for each wire format."""

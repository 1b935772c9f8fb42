"""Diagnostics as text for terminals, JSON, SARIF and GitHub annotations."""

"""The fixture that compiles programs of these tests."""

from tests.language.harness import maker

__all__ = ["maker"]

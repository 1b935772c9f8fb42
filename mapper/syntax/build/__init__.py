"""Builds the syntax tree from what the grammar recognises: one method for each rule, grouped as in the grammar."""

from mapper.syntax.build.declarations import Builder

__all__ = ["Builder"]

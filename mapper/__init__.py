"""mapper: a mapping language for clinical and claims data, and its compiler."""

__version__ = "0.1.0"

"""The functions and values that generated code uses."""

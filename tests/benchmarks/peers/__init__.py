"""What the compiled mapping is measured against."""

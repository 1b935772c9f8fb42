"""What executes compiled mappings: codecs, the functions that generated code calls, and the engine around them."""

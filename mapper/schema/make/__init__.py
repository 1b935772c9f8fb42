"""Makes the compact files in `mapper/schema/data`. Run as `python -m mapper.schema.make`."""

"""FHIR JSON: bytes to plain JSON values that have the shapes of their types, and back; decimals exact."""

from runtime.codecs.fhir.document import Document, conform, decode
from runtime.codecs.fhir.encode import encode
from runtime.codecs.fhir.ndjson import NdjsonItem, read_ndjson, write_ndjson
from runtime.codecs.fhir.shapes import Shapes

__all__ = [
    "Document",
    "NdjsonItem",
    "Shapes",
    "conform",
    "decode",
    "encode",
    "read_ndjson",
    "write_ndjson",
]

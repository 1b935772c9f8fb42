"""Packages from PyPI as callables from bytes; those that are not installed are left out, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import orjson

Peer = Callable[[bytes], Any]


def bridge() -> Peer:
    """hl7v2-fhir-bridge: bytes to the JSON bytes of its transaction Bundle, without its own validation."""
    convert = import_module("v2fhir.convert").convert
    parse = import_module("v2fhir.hl7.parser").parse_bytes
    configuration = import_module("v2fhir.config").load_config(None, {"default_timezone": "America/Chicago"})

    def run(data: bytes) -> bytes:
        return orjson.dumps(convert(parse(data), configuration).bundle)

    return run


def python_hl7() -> Peer:
    """python-hl7: parse only, down to subcomponents."""
    parse = import_module("hl7").parse
    return lambda data: parse(data.decode())


def hl7apy() -> Peer:
    """hl7apy: parse only, with groups."""
    parse = import_module("hl7apy.parser").parse_message
    return lambda data: parse(data.decode(), find_groups=True)


PACKAGES: dict[str, Callable[[], Peer]] = {
    "hl7v2-fhir-bridge 0.1.0": bridge,
    "python-hl7, parse only": python_hl7,
    "hl7apy, parse only": hl7apy,
}


def installed() -> tuple[dict[str, Peer], dict[str, str]]:
    """The packages that can run, and why the others cannot."""
    peers: dict[str, Peer] = {}
    absent: dict[str, str] = {}
    for name, load in PACKAGES.items():
        try:
            peers[name] = load()
        except ImportError as error:
            absent[name] = f"{error.name} is not installed (tests/benchmarks/requirements.txt)"
    return peers, absent

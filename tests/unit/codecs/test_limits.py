from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from runtime.codecs import findings
from runtime.codecs.limits import DEFAULT_LIMITS

DOCUMENT = Path(__file__).parents[3] / "docs" / "codecs.md"


def test_the_defaults_are_documented():
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, value in asdict(DEFAULT_LIMITS).items():
        assert f"| `{name}` | {value} |" in text


def test_each_code_is_used_once():
    codes = [value for name, value in vars(findings).items() if name.isupper() and isinstance(value, str)]
    assert len(set(codes)) == len(codes) > 20
    assert all(code.startswith("R1") and len(code) == 4 for code in codes)

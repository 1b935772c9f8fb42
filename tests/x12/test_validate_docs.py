"""The documentation of validation lists every rule as it is declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.x12.validate import RULES, Rule

PAGE = (Path(__file__).parent.parent.parent / "docs" / "x12-validation.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_documented_as_it_is(rule: Rule) -> None:
    loop = rule.loop if rule.loop != "*" else f"each loop with {rule.when}"
    row = f"| `{rule.id}` | {rule.snip} | {' '.join(rule.sets)} | {loop} | {rule.summary} | {rule.source} |"
    assert row in PAGE
    assert rule.summary.endswith((".", ")."))
    assert rule.source


def test_the_ids_of_rules_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)

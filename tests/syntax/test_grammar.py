"""The grammar as such: no collisions, tables up to date, one builder method for each rule."""

from mapper.syntax import grammar, recover
from mapper.syntax.build import Builder


def test_terminals_do_not_collide() -> None:
    grammar.construct(strict=True)


def test_stored_tables_are_those_of_the_grammar() -> None:
    file = grammar.tables_file()
    assert grammar.fingerprint() in file.read_text(encoding="utf-8"), "run `python -m mapper.syntax.grammar`"


def test_stored_tables_parse_like_fresh_ones() -> None:
    text = 'mapping m between hl7v2 PID and fhir Patient {\n  each PID-5[1].1 -> name when a = "b"\n}\n'
    assert grammar.parser().parse(text) == grammar.construct().parse(text)


def test_each_rule_has_a_builder_method() -> None:
    rules = {rule.alias or rule.origin.name for rule in grammar.parser().rules}
    inlined = {rule.origin.name for rule in grammar.parser().rules if rule.options.expand1 and not rule.alias}
    visible = {name for name in rules if not name.startswith("_")} - {"statement", "declaration"}
    assert {name for name in visible if not hasattr(Builder, name)} - inlined == set()


def test_every_block_is_a_place_to_go_on() -> None:
    kinds = {recover.block_kind(position) for position in recover.anchors()}
    assert kinds == {"top", "CHOOSE", "CASE", "PROOF", "RULE", "EXTENSION", "rows"}

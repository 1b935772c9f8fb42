"""Expressions are written as Python's own `ast.unparse` writes them."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper.emit.expressions import text_of

NAMES = st.sampled_from(["a", "b", "c"]).map(lambda name: ast.Name(name, ast.Load()))
CONSTANTS = st.sampled_from([0, 12, -3, True, None, "it's", 'a"b', "\n", b"x", "", 1.5, ...]).map(
    ast.Constant
)


def _larger(inner: st.SearchStrategy[ast.expr]) -> st.SearchStrategy[ast.expr]:
    """Expressions of all kinds that generated code has, and some that it has not, around others."""
    several = st.lists(inner, max_size=3)
    two = st.lists(inner, min_size=2, max_size=4)
    load = ast.Load()
    tests = st.sampled_from(
        [
            ast.Eq(),
            ast.NotEq(),
            ast.Lt(),
            ast.LtE(),
            ast.Gt(),
            ast.GtE(),
            ast.Is(),
            ast.IsNot(),
            ast.In(),
            ast.NotIn(),
        ]
    )
    return st.one_of(
        st.builds(lambda f, args: ast.Call(f, args, []), inner, several),
        st.builds(lambda f, value: ast.Call(f, [], [ast.keyword("k", value)]), inner, inner),
        st.builds(lambda of: ast.Attribute(of, "get", load), inner),
        st.builds(lambda of, key: ast.Subscript(of, key, load), inner, inner),
        st.builds(lambda of, first: ast.Subscript(of, ast.Slice(first, None), load), inner, inner),
        st.builds(lambda values: ast.Dict(values, values[::-1]), several),
        st.builds(lambda value: ast.Dict([None], [value]), inner),
        st.builds(lambda items: ast.List(items, load), several),
        st.builds(lambda items: ast.Tuple(items, load), several),
        st.builds(ast.BoolOp, st.sampled_from([ast.And(), ast.Or()]), two),
        st.builds(ast.BinOp, inner, st.sampled_from([ast.Add(), ast.Sub(), ast.Mult()]), inner),
        st.builds(ast.UnaryOp, st.sampled_from([ast.Not(), ast.USub()]), inner),
        st.builds(lambda left, op, right: ast.Compare(left, [op], [right]), inner, tests, inner),
        st.builds(ast.IfExp, inner, inner, inner),
        st.builds(
            lambda value: ast.JoinedStr([ast.Constant("x"), ast.FormattedValue(value, -1, None)]), NAMES
        ),
        st.builds(lambda value: ast.NamedExpr(ast.Name("n", ast.Store()), value), inner),
        st.builds(
            lambda item, items, tests: ast.ListComp(
                item, [ast.comprehension(ast.Name("item", ast.Store()), items, tests, 0)]
            ),
            inner,
            inner,
            several,
        ),
    )


@given(st.recursive(NAMES | CONSTANTS, _larger, max_leaves=12))
def test_expressions_are_written_as_python_writes_them(expression: ast.expr) -> None:
    again = ast.parse(ast.unparse(expression), mode="eval").body  # without parts that stand at two places

    assert text_of(again) == ast.unparse(again)


@pytest.mark.parametrize(
    "text",
    [
        "a if b else c",
        "(a, b)",
        "(a,)",
        "()",
        "not a",
        "a or b or (not c)",
        "f(x for x in a)",
        "a[b, c]",
        "a[1:]",
    ],
)
def test_a_text_stays(text: str) -> None:
    expression = ast.parse(text, mode="eval").body

    assert text_of(expression) == ast.unparse(expression)

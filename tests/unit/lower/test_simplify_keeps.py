"""What the simplifier must leave as it is."""

from __future__ import annotations

import pytest

from mapper import ir
from mapper.emit.statements import Writer
from mapper.lower.simplify import simplify
from tests.unit.lower.simplified import SPAN, simplified

KEPT = {
    "a node that is read elsewhere too": """
name = item_at(src, 'name', 1)
family = extension(name, 'own')
if family:
    value = family.get('valueString')
    if value:
        out[1] = value
use(family)
""",
    "a value that is read elsewhere too": """
name = item_at(src, 'name', 1)
family = name.get('family')
if family:
    out[1] = family
use(family)
""",
    "a value that is read later": """
a = src[0]
v = None
if a:
    v = to_date(a)
if v is not None:
    out['x'] = v
done(v)
""",
    "a name that the branch assigns anew": """
if a:
    a = less(a)
if a:
    out['x'] = a
""",
    "a test of a name that was assigned anew": """
a = src[0]
if a:
    a = less(a)
    if a:
        out['x'] = a
""",
    "a read of what has changed since": """
node = src[0]
v = node.get('a')
use(v)
node = src[1]
w = node.get('a')
use(w)
""",
    "a read that another turn of a loop may change": """
for item in src:
    v = item.get('a')
    use(v)
for item in out:
    w = item.get('a')
    use(w)
""",
    "a call that may do something": """
v = made(c)
w = made(c)
use(v, w)
""",
    "a value that is set in a branch only": """
v = src[0]
if a:
    v = src[1]
w = v
use(w)
""",
    "reads in branches of which none need be taken": """
if a:
    use(items(src, 'name'))
if b:
    keep(items(src, 'name'))
""",
    "reads of a node that is being built": """
node = {}
use(items(node, 'name'))
node['name'] = made(c)
use(items(node, 'name'))
""",
    "reads of an item of each turn": """
for a in src:
    use(items(a, 'name'))
for b in src:
    use(items(b, 'name'))
""",
    "far components that something else reads": """
src = src + BLANK_9
a = src[3]
if a:
    out['a'] = a
b = src[4]
if b:
    out['b'] = b
d = src[5]
if d:
    out['d'] = d
use(a, b, d)
""",
}


@pytest.mark.parametrize("name", KEPT)
def test_what_must_stay_stays(name):
    assert simplified(KEPT[name]) == KEPT[name].strip()


def test_the_tracing_flavour_keeps_what_its_marks_read():
    body: list[ir.Stmt] = [
        ir.Assign("place", ir.index(ir.var("src"), 0)),
        ir.Assign("again", ir.index(ir.var("src"), 0)),
        ir.Mark(ir.var("out"), None, ir.var("again"), SPAN),
    ]
    function = simplify(ir.Function("f", ("c", "src", "out"), list(body), "test", SPAN))
    assert "c.trail.mark(out, None, place" in Writer({}, True).function(function)

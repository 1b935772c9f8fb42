"""Simplified functions say the same with less."""

from __future__ import annotations

import pytest

from tests.unit.lower.simplified import simplified

CASES = {
    "a field is read once, and its lines stand together": (
        """
a = src[0]
if a:
    p = a.split('&')
    out['x'] = p[0]
if a:
    q = a.split('&')
    out['y'] = q[1]
""",
        """
a = src[0]
if a:
    p = a.split('&')
    out['x'] = p[0]
    out['y'] = p[1]
""",
    ),
    "what is known is not asked again": (
        """
a = src[0]
if a:
    v = a if a.isalnum() else a and text(a)
    if a:
        out['x'] = v
""",
        """
a = src[0]
if a:
    v = a if a.isalnum() else text(a)
    out['x'] = v
""",
    ),
    "a value's use joins the branch that sets it": (
        """
a = src[0]
v = None
if a:
    v = to_date(a)
    if v is None:
        unfit(c)
if v is not None:
    out['x'] = v
""",
        """
a = src[0]
if a:
    v = to_date(a)
    if v is None:
        unfit(c)
    else:
        out['x'] = v
""",
    ),
    "what is absent is not decoded": (
        """
a = src[0]
v = a if a.isalnum() else a and text(a)
if v:
    out['x'] = v
""",
        """
a = src[0]
if a:
    v = a if a.isalnum() else text(a)
    if v:
        out['x'] = v
""",
    ),
    "nothing is looked for in what was not found": (
        """
name = item_at(src, 'name', 1)
family = name.get('family')
if family:
    out[1] = family
prefix = extension(name.get('_family', NOTHING), 'own')
value = prefix.get('valueString')
if value is not None:
    out[2] = value
""",
        """
name = item_at(src, 'name', 1)
if name:
    family = name.get('family')
    if family:
        out[1] = family
    prefix = extension(name.get('_family', NOTHING), 'own')
    if prefix:
        value = prefix.get('valueString')
        if value is not None:
            out[2] = value
""",
    ),
    "a second name goes, and so does what nothing reads": (
        """
choice = 0
a = src.get('family')
v = a
if v:
    choice = 1
    out[1] = v
""",
        """
a = src.get('family')
if a:
    out[1] = a
""",
    ),
    "what several lines read is read once, before the first of them": (
        """
for a in [x for x in items(src, 'name') if x.get('use') == 'old']:
    use(a)
for b in [y for y in items(src, 'name') if y.get('use') == 'old']:
    keep(b)
for d in [z for z in items(src, 'name') if z.get('use') == 'new']:
    use(d)
""",
        """
name_list = items(src, 'name')
name_items = [item for item in name_list if item.get('use') == 'old'] if name_list else ()
for a in name_items:
    use(a)
for b in name_items:
    keep(b)
for d in [item for item in name_list if item.get('use') == 'new']:
    use(d)
""",
    ),
    "a list that is not there is not filtered": (
        """
a = [x for x in src.get('name', ()) if x.get('use') == 'old']
out[1] = a
""",
        """
name_list = src.get('name', ())
a = [item for item in name_list if item.get('use') == 'old'] if name_list else ()
out[1] = a
""",
    ),
    "the parts of a component behind the first are read where it has several": (
        """
src = src + BLANK
a = src[1]
if a:
    p = a.split('&') + BLANK
    b = p[0]
    if b:
        out['x'] = b
    q = a.split('&') + BLANK
    d = q[1]
    if d:
        out['y'] = d
    r = a.split('&') + BLANK
    e = r[2]
    if e:
        out['z'] = e
""",
        """
src = src + BLANK
a = src[1]
if a:
    p = a.split('&') + BLANK
    b = p[0]
    if b:
        out['x'] = b
    if '&' in a:
        d = p[1]
        if d:
            out['y'] = d
        e = p[2]
        if e:
            out['z'] = e
""",
    ),
    "extensions of one node are indexed once": (
        """
a = extension(src, 'one')
if a:
    out[1] = a.get('valueString')
b = extension(src, 'two')
if b:
    out[2] = b.get('valueString')
""",
        """
src_extensions = by_url(src)
if src_extensions:
    a = src_extensions.get('one', NOTHING)
    if a:
        out[1] = a.get('valueString')
    b = src_extensions.get('two', NOTHING)
    if b:
        out[2] = b.get('valueString')
""",
    ),
    "far components are skipped at once": (
        """
src = src + BLANK_9
a = src[0]
if a:
    out['a'] = a
b = src[4]
if b:
    out['b'] = b
d = src[3]
if d:
    out['d'] = d
e = src[7]
if e:
    out['e'] = e
f = src[1]
if f:
    out['f'] = f
""",
        """
sent = len(src)
src = src + BLANK_9
a = src[0]
if a:
    out['a'] = a
if sent > 3:
    b = src[4]
    if b:
        out['b'] = b
    d = src[3]
    if d:
        out['d'] = d
    e = src[7]
    if e:
        out['e'] = e
f = src[1]
if f:
    out['f'] = f
""",
    ),
    "one call does what two did": (
        """
held = [item for item in items(src, 'name') if item.get('use') == 'old']
first = pick(held, 1, NOTHING)
code = first.get('use')
value = to_text(from_text(c, USE, code, 'here', None))
if value:
    out[1] = value
use(held, first)
""",
        """
name_list = items(src, 'name')
held = [item for item in name_list if item.get('use') == 'old'] if name_list else ()
first = held[0] if held else NOTHING
code = first.get('use')
value = translated(c, USE, code, 'here')
if value:
    out[1] = value
use(held, first)
""",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_less_is_said(name):
    before, after = CASES[name]
    assert simplified(before) == after.strip()

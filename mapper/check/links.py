"""Lines that refer, look up or open a body; a plain line is a copy."""

from __future__ import annotations

from dataclasses import replace

from mapper.check import notation
from mapper.check.alternatives import base_name
from mapper.check.codes import absent
from mapper.check.conditions import resolve_condition
from mapper.check.converters import converter, named
from mapper.check.copies import Copy, directions, fits_cardinality
from mapper.check.env import Env
from mapper.check.given import given_scope, party_of
from mapper.check.model import (
    ByMapping,
    Converter,
    Direction,
    Node,
    Side,
    TAbsent,
    TFound,
    TPath,
    TReference,
    TScope,
    TSelector,
    TStatement,
    source_side,
)
from mapper.check.paths import narrowed_types, resolve_path
from mapper.check.rows import as_row
from mapper.diagnostics import diagnostic
from mapper.resolve.program import MappingInfo
from mapper.source import Span
from mapper.syntax import tree

NOTHING = object()


class Line:
    """One line of a body."""

    def __init__(self, env: Env, link: tree.Link) -> None:
        self.env = env
        self.link = link

    def resolve(self) -> tuple[TStatement | None, Env]:
        """The checked line, and what the lines after it see."""
        link = self.link
        if self._misplaced():
            return None, self.env
        if link.when is not None and link.arrow == "<->":
            self._tell(
                "E501",
                "`when` stands only in a one-way line",
                link.arrow_span,
                "both ways",
                "make two lines, `->` and `<-`, or use `choose`",
            )
            return None, self.env
        if (given := self._given()) is not NOTHING:
            return given, self.env  # type: ignore[return-value]
        if (found := self._found()) is not NOTHING:
            return found, self.env  # type: ignore[return-value]
        if (reference := self._reference()) is not NOTHING:
            return reference, self.env  # type: ignore[return-value]
        if link.body is not None or link.alias_left is not None or link.alias_right is not None:
            return self._scope()
        return Copy(env=self.env, link=link).resolve(), self.env

    def _tell(self, code: str, message: str, span: Span, label: str = "", help: str | None = None) -> None:
        self.env.tell(diagnostic(code, message, span, label, help=help))

    def _misplaced(self) -> bool:
        """Clauses that this line cannot have."""
        link = self.link
        if (under := (*link.under_left, *link.under_right)) and not link.each:
            self._tell(
                "E406",
                "`under` names the lists around the rows of an `each`",
                under[0].span,
                "no rows here",
                "write `each` before the line, or leave `under` out",
            )
            return True
        if (unfit := self._unfit()) is not None:
            self._tell(*unfit)
            return True
        if link.body is not None or link.using is not None or not (link.by or link.key):
            return False
        clause = link.by[0].span if link.by else link.key.span if link.key else link.span
        self._tell(
            "E406",
            "`by` and `key` group the rows that a body fills",
            clause,
            "no body behind this line",
            "open a body with `{`, or leave it out",
        )
        return True

    def _unfit(self) -> tuple[str, str, Span, str, str] | None:
        """What would stand in the line without a meaning: code, message, place, label and help."""
        link = self.link
        opens = link.body is not None or link.alias_left is not None or link.alias_right is not None
        sides = (*link.left, *link.right)
        if not any(isinstance(expr, tree.Read | tree.Arithmetic) for expr in sides):
            return (
                "E407",
                "a line needs a path on one of its sides",
                link.span,
                "two literals",
                "name an element",
            )
        if max(len(link.left), len(link.right)) > 1 and link.using_table is None:
            several = link.left if len(link.left) > 1 else link.right
            help_text = "write a line for each, or `using table` with a table of as many columns"
            return (
                "E407",
                "several paths on one side need a table",
                several[1].span,
                "goes nowhere",
                help_text,
            )
        if opens and link.using_table is not None:
            return (
                "E128",
                "a table translates values, so it fills no body",
                link.using_table.span,
                "no mapping",
                "translate in a line of the body",
            )
        if opens and (defaults := (*link.left_defaults, *link.right_defaults)):
            return (
                "E128",
                "a default stands in for a value, not for a body",
                defaults[0].span,
                "no value here",
                "write the default in a line of the body",
            )
        return None

    def _renamed(self) -> bool:
        """A name for two nodes (E203)."""
        name = self.link.alias_right or self.link.alias_left
        if name is None or name.text not in self.env.aliases:
            return False
        self._tell(
            "E203",
            f"`{name.text}` already names another node",
            name.span,
            "named again",
            "choose another name",
        )
        return True

    # -- references --------------------------------------------------------------------------

    def _alias(self, exprs: tuple[tree.Expr, ...]) -> tree.Step | None:
        match exprs:
            case (tree.Read(path=tree.Path(steps=(step,), window=None)),) if step.name in self.env.aliases:
                return step
            case _:
                return None

    def _reference(self) -> TReference | object | None:
        step = self._alias(self.link.left)
        if step is None or step.selects or self.link.body is not None:
            return NOTHING
        node = self.env.aliases[step.name].right
        if not node.resource or not isinstance(self.link.right[0], tree.Read):
            return NOTHING
        path = resolve_path(self.env, self.link.right[0].path, "right")
        if path is None:
            return None
        if not path.steps or "Reference" not in path.types:
            return NOTHING
        targets = path.steps[-1].element.targets
        if targets and not set(node.types) <= {*targets} and "Resource" not in targets:
            self._tell(
                "E304",
                f"`{path.steps[-1].element.name}` may not point to {node.types[0]}",
                path.span,
                "not a target",
                "it may point to " + ", ".join(targets),
            )
            return None
        return TReference(node, path, self.link.arrow, self.link.span, self._missing(path))

    def _missing(self, path: TPath) -> TAbsent | None:
        """`default absent` beside a reference; nothing else stands in for one."""
        for default in (*self.link.left_defaults, *self.link.right_defaults):
            if isinstance(default, tree.Absent):
                return absent(self.env, default, path.base.format)
            self._tell("E128", "only `absent` stands in for a reference", default.span, "no value here")
        return None

    def _found(self) -> TFound | object | None:
        """A look-up among the pairs of an `each`, or `NOTHING` where the line is none."""
        match self.link.left:
            case (tree.Read(path=tree.Path(steps=(step, *rest), window=None)),) if (
                step.name in self.env.aliases
            ):
                pass
            case _:
                return NOTHING
        alias = self.env.aliases[step.name]
        if not step.selects or not isinstance(self.link.right[0], tree.Read) or self.link.body is not None:
            return NOTHING
        if not alias.left.each or not alias.right.each:
            self._tell(
                "E302",
                f"`{step.name}` names one node, so there is nothing to look up",
                step.span,
                "no rows",
                "name the rows of an `each` line",
            )
            return None
        item = replace(alias.left, parent=self.env.left)
        found = [self._found_condition(item, select) for select in step.selects]
        path = resolve_path(self.env, self.link.right[0].path, "right")
        tail = self._tail(alias.right, rest)
        if path is None or None in found or (rest and tail is None):
            return None
        if tail is None and "Reference" not in path.types:
            self._tell(
                "E304",
                "what is found is a node, and this element cannot refer to it",
                path.span,
                "no reference",
                f"name a part of it, such as `{step.name}[...].sequence`",
            )
            return None
        known = tuple(selector for selector in found if selector is not None)
        return TFound(alias.right, known, path, self.link.arrow, self.link.span, item, tail)

    def _found_condition(self, item: Node, select: tree.Selector | tree.Position) -> TSelector | None:
        if isinstance(select, tree.Position):
            self._tell("E303", "a look-up is by conditions, not by position", select.span, "a position")
            return None
        condition = resolve_condition(self.env.item("left", item), select.condition, "left")
        return TSelector(condition, select.span) if condition is not None else None

    def _tail(self, node: Node, rest: list[tree.Step]) -> TPath | None:
        if not rest:
            return None
        path = tree.Path(tuple(rest), rest[0].span.to(rest[-1].span))
        return resolve_path(self.env.item("right", node), path, "right")

    def _given(self) -> TScope | object | None:
        """`loop 1000A <- $partner.submitter { ... }`: a node from values that the context gives, or `NOTHING`."""
        party = party_of(self.link)
        if party is None:
            return NOTHING
        left = self._one_path(self.link.left, "left")
        if left is None or not fits_cardinality(self.env, self.link, left):
            return None
        return given_scope(self.env, self.link, party, left, self._node(left, None, None))

    # -- bodies ------------------------------------------------------------------------------

    def _scope(self) -> tuple[TStatement | None, Env]:
        from mapper.check.statements import resolve_body, resolve_lines  # lines and bodies contain each other

        link, env = self.link, self.env
        if self._renamed():
            return None, env
        left = self._one_path(link.left, "left", link.under_left)
        right = self._one_path(link.right, "right", link.under_right)
        if left is None or right is None:
            return None, env
        before = len(env.diagnostics)
        using = self._using(left, right)
        if using is None and len(env.diagnostics) == before and (link.body is None or link.using is not None):
            self._tell_no_mapping()
        if using is None and (link.body is None or link.using is not None):
            return None, env
        name = link.alias_right or link.alias_left
        alias = name.text if name else None
        if not fits_cardinality(self.env, link, left) or not fits_cardinality(self.env, link, right):
            return None, env
        row = self._node(left, None, None) if link.by else None
        if row is not None and not self._groups(left, using):
            return None, env
        row_env = env.item("left", row) if row is not None else env
        by = tuple(p for path in link.by if (p := resolve_path(row_env, path, "left")) is not None)
        left_node = self._rows(left, alias) if by else self._node(left, alias, using)
        right_node = self._node(right, alias, using)
        inner = env.at(left_node, right_node, alias)
        for path in (left, right):
            if types := narrowed_types(path.steps):
                inner = inner.narrowed(path.side, types)
        body, after = resolve_lines(inner, link.body.statements) if link.body else ((), inner)
        if not link.each and not by:
            env = env.with_aliases(inner.escaped(after))
        if link.key is not None:
            body = (*resolve_body(inner, [link.key]), *body)
        when = resolve_condition(env, link.when, source_side(directions(link)[0])) if link.when else None
        scope = TScope(
            link.each, link.arrow, left, right, left_node, right_node, using, body, link.span, by, when, row
        )
        return scope, env.with_alias(alias, left_node, right_node) if alias else env

    def _tell_no_mapping(self) -> None:
        """A line with a name or a function and no mapping to fill what it names."""
        link = self.link
        name = link.alias_right or link.alias_left
        if link.using is not None:
            self._tell(
                "E128",
                f"`{link.using.text}` is a function, so it fills no body",
                link.using.span,
                "no mapping",
                "use the function in a line of the body",
            )
        elif name is not None:
            self._tell(
                "E407",
                f"`{name.text}` would name a value, and only nodes have names",
                name.span,
                "a value here",
                "leave `as` out, and name the element where it is needed",
            )

    def _groups(self, left: TPath, using: MappingInfo | None) -> bool:
        """Whether `by` can group here: rows of HL7 v2 in a body of their own."""
        if self.link.each and self.link.body is not None and using is None and left.base.format == "hl7v2":
            return True
        self._tell(
            "E406",
            "`by` groups the rows of an `each` of HL7 v2, and a body says what becomes of each group",
            self.link.by[0].span,
            "cannot group here",
        )
        return False

    def _rows(self, path: TPath, alias: str | None) -> Node:
        """What holds one group's rows: the parent of the list, with those rows only."""
        index = path.each_index() or 0
        types = path.steps[index - 1].types if index else path.base.types
        parent = replace(path, steps=path.steps[:index], types=types)
        names = tuple(name for name in path.base.names if name != path.base.alias) if not index else types
        if alias:
            names = (*names, alias)
        return Node(
            "left", path.base.format, types, names, self.env.left, parent, alias, each=True, rows=True
        )

    def _one_path(
        self, exprs: tuple[tree.Expr, ...], side: Side, under: tuple[tree.Name, ...] = ()
    ) -> TPath | None:
        if len(exprs) != 1 or not isinstance(exprs[0], tree.Read):
            self._tell("E407", "a line with a body or a name needs one path on each side", exprs[0].span)
            return None
        found = resolve_path(self.env, exprs[0].path, side, under)
        return as_row(self.env, found) if found is not None else None

    def _using(self, left: TPath, right: TPath) -> MappingInfo | None:
        """What fills the nodes before the body's lines: the named mapping, or without a body the fitting one."""
        link = self.link
        direction = directions(link)[0]
        if link.using is not None:
            source, target = (left, right) if direction == "go" else (right, left)
            found = named(self.env, link.using, source.type, target.type, direction)
            return found.mapping if isinstance(found, ByMapping) else None
        if link.body is not None:
            return None
        found = self._between(left, right, direction)
        return found.mapping if isinstance(found, ByMapping) else None

    def _between(self, left: TPath, right: TPath, direction: Direction) -> Converter | None:
        source, target = (left, right) if direction == "go" else (right, left)
        return converter(self.env, self.link, source.type, target.type, direction, self.link.span)

    def _node(self, path: TPath, alias: str | None, using: MappingInfo | None) -> Node:
        env, side = self.env, path.side
        names = [
            *path.types,
            *([path.steps[-1].element.name, base_name(path.steps[-1].element)] if path.steps else []),
            *([alias] if alias else []),
        ]
        if path.steps:
            step = path.steps[-1]
            names.append(notation.join(path.base.format, [step.owner, step.element.name]))
            names.append(notation.shown(path.base.format, step.owner, step.element.name))
        info = env.schema(side, path.span).type(path.types[0])
        resource = info is not None and info.kind == "resource"
        place = (path.steps[-1].owner, path.steps[-1].element.name) if path.steps else path.base.element
        return Node(
            side,
            path.base.format,
            path.types,
            tuple(dict.fromkeys(names)),
            next((s.level for s in reversed(path.steps) if s.level is not None), env.node(side)),
            path,
            alias,
            using,
            resource,
            self.link.each,
            place,
        )

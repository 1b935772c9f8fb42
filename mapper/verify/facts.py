"""What a checked mapping says of the elements on its sides: which it reads, which come back, which values it tests."""

from __future__ import annotations

from mapper.check.model import (
    ByFunction,
    ByMapping,
    ByTable,
    Checked,
    Converter,
    Side,
    TAnd,
    TArithmetic,
    TCall,
    TChoose,
    TCodeIs,
    TCompare,
    TCond,
    TConst,
    TCopy,
    TExpr,
    TFill,
    TFound,
    TIgnore,
    TInList,
    TInTable,
    TKey,
    TLookup,
    TMapping,
    TNot,
    TOr,
    TPath,
    TQuantified,
    TRead,
    TReference,
    TRequire,
    TScope,
    TStatement,
    TStep,
    TTranslated,
    TValued,
    Way,
)
from mapper.resolve.program import MappingInfo, TableInfo
from mapper.schema.model import Schema
from mapper.verify.facts_model import Claim, Facts, Step


def facts_of(mapping: TMapping, checked: Checked, left: Schema | None = None) -> Facts:
    """The facts of a mapping and of all mappings that it uses; `left` is the schema of its left side."""
    collector = _Collector(checked, left)
    collector.mapping(mapping.info)
    collector.facts.left.firsts -= collector.open.get("left", set())
    return collector.facts


class _Collector:
    def __init__(self, checked: Checked, left: Schema | None) -> None:
        self.checked = checked
        self.x12 = left if left is not None and left.format == "x12" else None
        self.facts = Facts()
        self.cases = 0
        self.current = ""
        self.open: dict[Side, set[Step]] = {}

    def mapping(self, info: MappingInfo | None) -> None:
        if info is None or info.qualified in self.facts.mappings:
            return
        mapping = self.checked.mappings.get(info.qualified)
        if mapping is None:
            return
        self.facts.mappings[info.qualified] = mapping
        outer, self.current = (self.current, self.cases), info.qualified
        self.cases = 0
        for variant in self.checked.variants.get(info.qualified, (mapping,)):
            self.statements(variant.body)
        self.current, self.cases = outer

    def statements(self, body: tuple[TStatement, ...]) -> None:
        for statement in body:
            self.statement(statement)

    def statement(self, statement: TStatement) -> None:
        match statement:
            case TCopy():
                self.copy(statement)
            case TScope():
                self.scope(statement)
            case TReference(path=path, node=node):
                self.path(path)
                if path.steps:
                    joined = self.facts.side(path.side).joins.setdefault(self.key_of(path.steps[-1]), {})
                    joined.update(dict.fromkeys(node.types))
            case TChoose():
                self.choose(statement)
            case TKey(paths=paths) | TIgnore(paths=paths):
                for path in paths:
                    self.path(path)
                    if isinstance(statement, TKey) and path.steps:
                        self.facts.side(path.side).keys.add(self.key_of(path.steps[0]))
            case TRequire(condition=condition):
                self.condition(condition)
            case TFill(path=path, source=source):
                self.path(path)
                self.path(source)
                self.facts.fills.append((self.key_of(path.steps[-1]), self.key_of(source.steps[-1])))
            case TFound():
                self.found(statement)

    def found(self, found: TFound) -> None:
        self.path(found.path)
        for selector in found.conditions:
            self.condition(selector.condition)

    def scope(self, scope: TScope) -> None:
        self.path(scope.left)
        self.path(scope.right)
        self.mapping(scope.using)
        steps = (*scope.left.steps, *scope.right.steps)
        self.facts.places.append(frozenset(self.key_of(step) for step in steps))
        if scope.arrow == "<->" and scope.using is not None:
            for path in (scope.left, scope.right):
                if self.is_whole(path):
                    self.promise(path, (scope.using.qualified,))
        if scope.when is not None:
            self.condition(scope.when)
        self.statements(scope.body)

    def choose(self, choose: TChoose) -> None:
        self.cases += 1
        for case in choose.cases:
            for guard in (case.left, case.right):
                if guard is not None:
                    self.condition(guard)
            self.statements(case.body)
        self.statements(choose.otherwise)
        self.cases -= 1

    # -- steps -------------------------------------------------------------------------------

    def key_of(self, step: TStep) -> Step:
        """The element that a step takes."""
        info = self.x12.type(step.owner) if self.x12 is not None else None
        if info is None:
            return step.owner, step.element.name
        if info.kind in ("group", "message"):
            return step.owner, step.element.slot
        return info.general or step.owner, step.element.name

    def is_structural(self, step: TStep) -> bool:
        """Whether a step leads to a segment or a group rather than into one."""
        info = self.x12.type(step.owner) if self.x12 is not None else None
        if info is not None:
            return info.kind in ("group", "message")
        return not step.element.name.isdigit() and step.element.slot.split(".")[0].isupper()

    # -- lines -------------------------------------------------------------------------------

    def copy(self, copy: TCopy) -> None:
        steps = [step for path in (*copy.left, *copy.right) for step in path.steps]
        self.facts.places.append(frozenset(self.key_of(step) for step in steps))
        inner = [step for step in steps if self.x12 is None or not self.is_structural(step)]
        self.facts.lines.append((copy.span, frozenset(self.key_of(step) for step in inner)))
        for path in (*copy.left, *copy.right, *copy.by):
            self.path(path)
        for way in (copy.go, copy.back):
            if way is not None:
                self.way(way)
        if copy.back is not None:
            self.bounds(copy, copy.back)
        if copy.go is not None and copy.back is not None:
            self.claim(copy, copy.go, copy.back)

    def bounds(self, copy: TCopy, back: Way) -> None:
        """What a place of X12 wants of the text that a line brings there: a code of its list, a length."""
        plain = all(not isinstance(each, ByTable) and not is_loose(each) for _, each in back.converters)
        for left in copy.left if plain and self.x12 is not None else ():
            element = left.steps[-1].element if left.steps else None
            for right in copy.right if element is not None else ():
                if not right.steps or element is None:
                    continue
                key, facts = self.key_of(right.steps[-1]), self.facts.right
                if element.length:
                    facts.longest[key] = min(element.length, facts.longest.get(key, element.length))
                bound = element.binding
                if (
                    bound is not None
                    and bound.codes
                    and not any(isinstance(c, ByMapping) for _, c in back.converters)
                ):
                    facts.closed.add(key)
                    for code in sorted(code for codes in bound.codes.values() for code in codes):
                        facts.value(key, code)

    def way(self, way: Way) -> None:
        for expr in (*way.sources, *(default for default, _ in way.defaults)):
            self.expr(expr)
        if way.when is not None:
            self.condition(way.when)
        for _, converter in (*way.converters, *(("", each) for _, each in way.defaults)):
            self.converter(converter, way)

    def claim(self, copy: TCopy, go: Way, back: Way) -> None:
        """A two-way line promises its places on both sides."""
        converters = [converter for way in (go, back) for _, converter in way.converters]
        through = tuple(dict.fromkeys(c.mapping.qualified for c in converters if isinstance(c, ByMapping)))
        tables = [c for c in converters if isinstance(c, ByTable)]
        loose = any(is_loose(converter) for converter in converters) or go.defaults or back.defaults
        for path in (*copy.left, *copy.right):
            facts = self.facts.side(path.side)
            if loose:
                facts.loose.add(self.key_of(path.steps[-1]) if path.steps else ("", ""))
            if any(isinstance(each, ByFunction) and each.raw for each in converters):
                continue  # a function over a whole composite says itself what it keeps
            coded = path.side == "right" and tables and path.types[0] in ("Coding", "CodeableConcept")
            if not coded and self.is_whole(path):
                self.promise(path, through)
                if tables and tables[0].beside is not None:
                    self.promise(path, (tables[0].beside.qualified,))

    def is_whole(self, path: TPath) -> bool:
        """Whether a line promises all of its place. FHIR can say more than HL7 v2: what a line takes only in a case
        or from a narrowed list is not promised there.
        """
        return path.side == "left" or not (self.cases or any(is_narrowed(step) for step in absolute(path)))

    def promise(self, path: TPath, through: tuple[str, ...]) -> None:
        """Record a promise under the mapping's root, or under none where a segment or resource begins on the way."""
        steps = absolute(path)
        begun = [n for n, step in enumerate(steps) if step.resource or step.deref or self.is_structural(step)]
        root = "" if begun else self.current
        own = steps[begun[-1] + 1 :] if begun else steps
        x12 = path.base.format == "x12"
        if x12 and begun:
            own = steps[begun[-1] :]  # segments of one id differ by their place
        if path.side == "left" and any(step.selectors for step in (steps if x12 else own)):
            return  # what no selector takes is another line's, if anyone's
        facts = self.facts.side(path.side)
        claim = Claim(tuple(self.key_of(step) for step in own), through)
        facts.claims.setdefault(root, []).append(claim)
        for step in steps:
            narrow = (
                path.side == "left" and step.position is not None and step.position.single and step.repeats
            )
            (facts.firsts if narrow else self.open.setdefault(path.side, set())).add(self.key_of(step))

    def converter(self, converter: Converter, way: Way) -> None:
        match converter:
            case ByMapping(mapping=mapping):
                self.mapping(mapping)
            case ByTable():
                self.mapping(converter.beside)
                self.rows(converter.table, way)
            case _:
                pass

    def rows(self, table: TableInfo, way: Way) -> None:
        reads = [source.path for source in way.sources if isinstance(source, TRead)]
        for side, paths in (("left", reads), ("right", reads)):
            for number, path in enumerate(each for each in paths if each.side == side):
                if path.steps:
                    self.table(table, path, number)

    def table(self, table: TableInfo, path: TPath, number: int = 0) -> None:
        facts = self.facts.side(path.side)
        for row in table.rows[:60]:
            cells = row.left if path.side == "left" else row.right
            cell = cells[number] if number < len(cells) else None
            if cell is not None:
                facts.value(
                    self.key_of(path.steps[-1]),
                    cell.code if path.side == "left" else (cell.system, cell.code),
                )

    # -- paths, expressions, conditions ------------------------------------------------------

    def path(self, path: TPath) -> None:
        facts = self.facts.side(path.side)
        place: Step | None = None
        for step in absolute(path):
            place = self.key_of(step) if self.is_structural(step) else place
            if step.run is not None:
                info = self.x12.type(step.owner) if self.x12 is not None else None
                inner = info is not None and info.kind == "composite"
                key = ("", self.key_of(step)[0]) if inner or place is None else place
                facts.runs.setdefault(key, {})[step.run.first, step.run.last, step.run.step] = None
        for step in path.steps:
            facts.use(step, self.key_of(step))
            for selector in step.selectors:
                self.condition(selector.condition)

    def expr(self, expr: TExpr) -> None:
        match expr:
            case TRead(path=path):
                self.path(path)
            case TCall(args=args):
                for argument in args:
                    self.expr(argument)
            case TTranslated(path=path, table=table):
                self.path(path)
                if path.steps:
                    self.table(table, path)
            case TLookup():
                self.lookup(expr)
            case TArithmetic(left=left, right=right):
                self.expr(left)
                self.expr(right)
            case _:
                pass

    def lookup(self, found: TLookup) -> None:
        """The keys of rows are values worth trying, each for itself."""
        for (key, _), column in zip(found.keys, found.table.keys, strict=True):
            self.expr(key)
            number = found.table.declaration.columns.index(column)
            for row in found.table.rows[:60]:
                cell = row.cells[number]
                if isinstance(key, TRead) and key.path.steps and column.type == "text":
                    self.facts.side(key.path.side).value(self.key_of(key.path.steps[-1]), cell)
        if found.day is not None:
            self.expr(found.day)

    def condition(self, condition: TCond) -> None:
        match condition:
            case TAnd(terms=terms) | TOr(terms=terms):
                for term in terms:
                    self.condition(term)
            case TNot(term=term):
                self.condition(term)
            case TQuantified(path=path, term=term):
                self.path(path)
                self.condition(term)
            case TCompare():
                self.compare(condition)
            case TCodeIs(path=path):
                self.path(path)
                if path.steps:
                    code = (condition.system or "", condition.code)
                    self.facts.side(path.side).value(self.key_of(path.steps[-1]), code)
            case TValued() | TInTable() | TInList():
                self.tested(condition)
            case _:
                self.path(condition.path)

    def tested(self, condition: TValued | TInTable | TInList) -> None:
        expr = condition.expr
        self.expr(expr)
        if isinstance(condition, TInTable) and isinstance(expr, TRead) and expr.path.steps:
            self.table(condition.table, expr.path)
        if isinstance(condition, TInList):
            for item in condition.items:
                self.constant(expr, item)

    def compare(self, compare: TCompare) -> None:
        for one, other in ((compare.left, compare.right), (compare.right, compare.left)):
            self.expr(one)
            if isinstance(other, TConst):
                self.constant(one, other)

    def constant(self, expr: TExpr, constant: TConst) -> None:
        if isinstance(expr, TRead) and expr.path.steps and isinstance(constant.value, str | bool | int):
            self.facts.side(expr.path.side).value(self.key_of(expr.path.steps[-1]), constant.value)


def is_narrowed(step: TStep) -> bool:
    """Whether a step takes only some items of its list: the others need not come back through it."""
    return bool(step.selectors) or (step.position is not None and step.repeats)


def is_loose(converter: Converter) -> bool:
    """Whether a value may come back in another form: a normalising function, a table with one-way rows."""
    if isinstance(converter, ByTable):
        return any(row.arrow != "<->" for row in converter.table.rows) or bool(converter.table.otherwise)
    return isinstance(converter, ByFunction) and converter.normalises is not None


def absolute(path: TPath) -> tuple[TStep, ...]:
    """The steps from the root of the path's mapping."""
    base = path.base.path
    return (*(absolute(base) if base is not None else ()), *path.steps)

"""What stands at the top of a file, but for rule packs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mapper.source import Span
from mapper.syntax.tree.statements import Body
from mapper.syntax.tree.values import Arrow, Code, Date, Expr, Name, String


@dataclass(frozen=True, slots=True)
class Types:
    """`hl7v2 CWE, CNE` or `fhir Bundle*`."""

    format: str
    names: tuple[Name, ...]
    repeats: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Use:
    """`use hl7v2 "2.5.1", "2.3"`."""

    format: str
    versions: tuple[String, ...]
    profile: String | None
    span: Span


@dataclass(frozen=True, slots=True)
class Import:
    """`import module (name, name)`."""

    module: Name
    names: tuple[Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class System:
    """`system loinc "uri"`."""

    name: Name
    uri: String
    span: Span


@dataclass(frozen=True, slots=True)
class Field:
    """`1 portal_status ID * "text"` in a segment."""

    number: int
    name: Name
    type: Name
    repeats: bool
    text: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Segment:
    """`segment ZPD after PID optional "text" { fields }`."""

    name: Name
    after: Name
    required: bool
    text: str
    fields: tuple[Field, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Extension:
    """`extension name Type [*] "url"`, or with members instead of a type."""

    name: Name
    type: Name | None
    repeats: bool
    url: String
    members: tuple[Extension, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Extend:
    """`extend fhir Patient { ... }`."""

    format: str
    types: tuple[Name, ...]
    members: tuple[Segment | Extension, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class NoCode:
    """`none` as a cell of a table row."""

    span: Span


Cell: TypeAlias = "String | Code | NoCode"


@dataclass(frozen=True, slots=True)
class Row:
    """`"M" <-> "male"`; several cells on a side make a tuple."""

    left: tuple[Cell, ...]
    arrow: Arrow
    right: tuple[Cell, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class OtherwiseRow:
    """`otherwise ARROW "code"`, or `otherwise ARROW function`."""

    arrow: Arrow
    code: String | Code | None
    function: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class IgnoreRow:
    """`ignore "A", "B" "reason"` in a table."""

    codes: tuple[String, ...]
    reason: str
    span: Span


TableRow: TypeAlias = "Row | OtherwiseRow | IgnoreRow"


@dataclass(frozen=True, slots=True)
class CodeTable:
    """`table name systems ARROW systems [from site|"file"] { rows }`; `origin` is `"site"` as a
    `Name` or a file as a `String`.
    """

    name: Name
    left: tuple[String, ...]
    arrow: Arrow
    right: tuple[String, ...]
    origin: Name | String | None
    rows: tuple[TableRow, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a look-up table."""

    name: Name
    key: bool
    type: Literal["number", "money", "date", "text"]
    span: Span


@dataclass(frozen=True, slots=True)
class LookupRow:
    """`"a", 3 from 2024-01-01 to 2024-12-31`."""

    values: tuple[Expr, ...]
    first: Date | None
    last: Date | None
    span: Span


@dataclass(frozen=True, slots=True)
class LookupTable:
    """`table name(column key, column type) dated from "file"`."""

    name: Name
    columns: tuple[Column, ...]
    dated: bool
    origin: Name | String | None
    rows: tuple[LookupRow, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Function:
    """`function f between A and B "module:name" [normalises]`, or `from A to B`."""

    name: Name
    left: Types
    right: Types
    two_way: bool
    target: String
    normalises: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """`mapping m between A and B { }`, or `from A to B` (then not `two_way`)."""

    name: Name
    left: Types
    right: Types
    two_way: bool
    body: Body
    span: Span


@dataclass(frozen=True, slots=True)
class OverrideMapping:
    """`override mapping m { }`."""

    name: Name
    body: Body
    span: Span


@dataclass(frozen=True, slots=True)
class OverrideTable:
    """`override table t { }`."""

    name: Name
    rows: tuple[TableRow, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Example:
    """`example "in.hl7" <-> "out.json"`."""

    left: String
    arrow: Arrow
    right: String
    span: Span

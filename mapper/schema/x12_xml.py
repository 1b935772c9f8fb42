"""X12 map files as plain trees: elements, attributes, text and the line they stand on. No entities, no network."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

MOST_BYTES = 16_000_000
MOST_NODES = 400_000
DEEPEST = 40


class MapError(Exception):
    """What is wrong with a map file, and the 1-based line where it is (0: the file as a whole)."""

    def __init__(self, what: str, line: int = 0) -> None:
        self.what = what
        self.line = line
        super().__init__(f"line {line}: {what}" if line else what)


@dataclass(slots=True)
class Xml:
    """An XML element. `get` reads a property wherever the two forms of map files keep it: attribute or child."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[Xml] = field(default_factory=list)

    def get(self, name: str) -> str:
        """An attribute, or the text of the child of that name; empty where there is neither."""
        if name in self.attributes:
            return self.attributes[name].strip()
        return next((child.text.strip() for child in self.children if child.tag == name), "")

    def all(self, *tags: str) -> list[Xml]:
        """The children with one of the names, in order."""
        return [child for child in self.children if child.tag in tags]


def parse(content: bytes) -> Xml:
    """The root element of an XML text. Raises `MapError` for what is not XML, is too large, or declares a DTD."""
    if len(content) > MOST_BYTES:
        raise MapError(f"the file is larger than {MOST_BYTES:,} bytes")
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        raise MapError(f"not well-formed XML: {expat.errors.messages[error.code]}", error.lineno) from None
    except (ValueError, LookupError, RecursionError) as error:  # an encoding that Python does not know
        raise MapError(f"not readable as XML: {type(error).__name__}", reader.line) from None
    return reader.root


class _Reader:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        # Entities can only be declared in a DTD, and no map file needs one.
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.root = Xml("", {}, 0)
        self._open: list[Xml] = []
        self._count = 0

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_NODES:
            raise MapError(f"more than {MOST_NODES:,} XML elements", self.line)
        if len(self._open) >= DEEPEST:
            raise MapError(f"XML elements nest deeper than {DEEPEST}", self.line)
        node = Xml(tag, attributes, self.line)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._open[-1].text += text

    def _doctype(self, *_: object) -> None:
        raise MapError("a DTD is not accepted", self.line)

"""XML of strangers: each element of one name as a tree with its line, whatever is wrong behind it. Pure.

Entities and document types are refused by defusedxml, which also fetches nothing; depth and the number of elements are
bounded here, so that a small file cannot become a large tree.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, InputSource, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

MOST_DEPTH = 40
MOST_ELEMENTS = 400_000
MOST_IN_ONE = 2_000
"""Elements of a question; the largest have some hundred."""


@dataclass(slots=True)
class Element:
    """An element: its name, attributes, line, text (that of all pieces together) and children."""

    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def first(self, name: str) -> "Element | None":
        return next((one for one in self.children if one.name == name), None)

    def every(self, name: str) -> Iterator["Element"]:
        return (one for one in self.children if one.name == name)

    def said(self, *names: str) -> str:
        """The text of the first child of a child …, "" when there is none."""
        found: Element | None = self
        for name in names:
            found = found.first(name) if found else None
        return found.text.strip() if found else ""


@dataclass(frozen=True, slots=True)
class Grown:
    """The elements that were whole, and where and why reading ended early ("" when it did not)."""

    root: str
    elements: list[Element]
    code: str = ""
    line: int = 1


class _TooDeep(Exception):
    pass


class _Grower(ContentHandler):
    def __init__(self, name: str, most: int) -> None:
        super().__init__()
        self._name, self._most = name, most
        self._open: list[Element] = []
        self._depth = self._count = self._own = 0
        self._where: Locator | None = None
        self.root = ""
        self.elements: list[Element] = []

    @property
    def line(self) -> int:
        return (self._where.getLineNumber() or 1) if self._where else 1

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802  # the handler's own names
        self._where = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        self._depth += 1
        self._count += 1
        self._own = self._own + 1 if self._open else 0
        is_large = self._count > MOST_ELEMENTS or self._own > MOST_IN_ONE
        if self._depth > MOST_DEPTH or is_large or len(self.elements) > self._most:
            raise _TooDeep
        self.root = self.root or name
        if self._open or name == self._name:
            made = Element(name, self.line, dict(attrs.items()))
            if self._open:
                self._open[-1].children.append(made)
            self._open.append(made)

    def characters(self, content: str) -> None:
        if self._open:
            self._open[-1].pieces.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        self._depth -= 1
        if self._open:
            done = self._open.pop()
            if not self._open:
                self.elements.append(done)


def grow(content: bytes, *, name: str, most: int) -> Grown:
    """Every element called `name` that is no part of another such; reading ends behind `most` of them."""
    grower = _Grower(name, most)
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(grower)
    grower.setDocumentLocator(parser)  # fed in pieces, it would not do so itself
    source = InputSource()
    try:
        parser.prepareParser(source)
        parser.feed(content)
        parser.close()
    except DefusedXmlException:
        return Grown(grower.root, grower.elements, "xml_forbidden", grower.line)
    except SAXParseException as error:
        return Grown(grower.root, grower.elements, "xml_broken", error.getLineNumber() or 1)
    except (SAXException, ValueError, LookupError):  # an encoding nobody knows is a LookupError
        return Grown(grower.root, grower.elements, "xml_broken", grower.line)
    except _TooDeep:
        code = "too_many" if len(grower.elements) > most else "xml_deep"
        return Grown(grower.root, grower.elements, code, grower.line)
    return Grown(grower.root, grower.elements)

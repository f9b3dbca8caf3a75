"""Reads the XML of a request before any other parser sees it: no entities, no doctype, nothing twice."""

from __future__ import annotations

from xml.parsers import expat

from .fault import BadRequest

_DEPTH = 6  # elements within each other; WeChat's deepest (pictures from the menu) has four


def read_fields(body: bytes) -> tuple[str, dict[str, str]]:
    """The document as text, and the text of each element directly below its root `xml`.

    Raises BadRequest for what is not well-formed UTF-8 XML, declares entities, a doctype or another encoding, has attributes,
    or names a field twice.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRequest("not UTF-8") from None
    reader = _Reader()
    try:
        reader.parser.Parse(text.strip().encode(), True)
    except expat.ExpatError:
        raise BadRequest("malformed XML") from None
    return text.strip(), reader.fields


class _Reader:
    """One pass of expat."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._path: list[str] = []
        self._texts: list[str] = []
        self.parser = expat.ParserCreate("utf-8")
        self.parser.XmlDeclHandler = self._declared
        self.parser.StartDoctypeDeclHandler = self._refused
        self.parser.EntityDeclHandler = self._refused
        self.parser.ProcessingInstructionHandler = self._refused
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "utf8"):
            raise BadRequest("another encoding declared")

    def _refused(self, *_: object) -> None:
        raise BadRequest("doctype or entities")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if attributes or len(self._path) >= _DEPTH or (not self._path and name != "xml"):
            raise BadRequest("not a message")
        if len(self._path) == 1 and name in self.fields:
            raise BadRequest("a field twice")
        self._path.append(name)
        if len(self._path) == 2:
            self._texts = []

    def _end(self, name: str) -> None:
        if len(self._path) == 2:
            self.fields[name] = "".join(self._texts).strip()
        self._path.pop()

    def _text(self, text: str) -> None:
        if len(self._path) == 2:
            self._texts.append(text)

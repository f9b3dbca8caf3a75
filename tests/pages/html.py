"""A page as tests look at it: elements with their text, and whether every tag is closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br"}


@dataclass
class Element:
    """One element; `text` is that of everything in it, unescaped."""

    tag: str
    attributes: dict[str, str]
    inside: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def all(self, tag: str = "", **wanted: str) -> list[Element]:
        """Elements below this one by tag and attributes; `of` is one of the classes."""
        of = wanted.pop("of", "")
        found = []
        for element in self.inside:
            fits = tag in ("", element.tag) and (not of or of in element.attributes.get("class", "").split())
            if fits and all(element.attributes.get(key) == value for key, value in wanted.items()):
                found.append(element)
            found += element.all(tag, **wanted, **({"of": of} if of else {}))
        return found


class Tree(HTMLParser):
    """Builds the tree; raises ValueError for a tag that is closed in the wrong place or never."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]
        self.feed(html)
        self.close()
        if len(self.open) > 1:
            raise ValueError(f"<{self.open[-1].tag}> is never closed")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len({name for name, _ in attrs}) != len(attrs):
            raise ValueError(f"<{tag}> has an attribute twice")
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag != tag:
            raise ValueError(f"</{tag}> closes <{self.open[-1].tag}>")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.pieces.append(data)


def tree(html: str) -> Element:
    """The page as a tree. Raises ValueError where it is not well formed."""
    return Tree(html).root

"""What every page shares: the frame, the footer, the day it is made for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.answering import Kit
from bot.knowledge import Knowledge

from .accuracy import Accuracy
from .structured import Data, script, trail
from .telephone import day_text, tel

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(tel=tel, day=day_text)


@dataclass(frozen=True)
class Site:
    """What pages are made from. `address` is the public one, as https://bot.example, empty where none is configured."""

    kit: Kit
    day: date
    accuracy: Accuracy | None = None
    address: str = ""

    @property
    def knowledge(self) -> Knowledge:
        """Shorthand for the knowledge of the kit."""
        return self.kit.knowledge


@dataclass(frozen=True)
class Page:
    """One page as sent."""

    html: str
    status: int = 200

    @cached_property
    def etag(self) -> str:
        """A digest of the page itself: it changes with the knowledge, the day, the accuracy card and the templates.

        Weak, because the same page may be sent compressed.
        """
        return f'W/"{hashlib.sha256(self.html.encode()).hexdigest()[:20]}"'


def render(
    site: Site,
    template: str,
    crumbs: tuple[tuple[str, str], ...],
    description: str,
    data: tuple[Data, ...] = (),
    status: int = 200,
    **values: Any,
) -> Page:
    """A page in the common frame. `crumbs` are the names and paths of the way to it, itself the last."""
    title, path = crumbs[-1]
    way = (("首页", "/"), *crumbs)
    blocks = (*data, trail(way, site.address)) if status == 200 else ()
    html = _TEMPLATES.get_template(template).render(
        title=title,
        path=path if status == 200 else "",
        crumbs=way,
        description=description,
        data=[script(block) for block in blocks],
        site=site,
        say=site.kit.say,
        county=site.knowledge.county,
        knowledge=site.knowledge,
        general=site.knowledge.general_phone(),
        **values,
    )
    return Page(html, status)

"""The addresses of the pages made from the knowledge: brochures, schemes, telephone numbers."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.answering import Kit
from bot.pages import Accuracy, Page, Site, page_at, robots, sitemap
from bot.settings import today

from .headers import PAGE_HEADERS

# Kept by the browser, but asked for again each time: a page changes with the day.
_HEADERS = {**PAGE_HEADERS, "Cache-Control": "no-cache"}
_KEPT = 256  # pages: there are about a hundred and twenty, filtered indexes included


def pages(kit: Callable[[], Kit], accuracy: Accuracy | None = None, address: str = "") -> Blueprint:
    """The routes. `address` is the public one, as https://bot.example, empty where none is configured."""
    blueprint = Blueprint("pages")
    kept: dict[tuple[object, ...], Page] = {}

    async def show(request: Request, **_: str) -> HTTPResponse:
        site = Site(kit(), today(), accuracy, address)
        query = {key: request.args.get(key) for key in ("for", "group", "open", "place") if key in request.args}
        path = unquote(request.path)
        key = (site.knowledge.version, site.day, path, *sorted(query.items()))
        page = kept.get(key)
        if page is None:
            page = page_at(site, path, query)
            if page.status == 200:
                if len(kept) >= _KEPT:
                    kept.clear()
                kept[key] = page
        return _answer(request, page)

    for path in (
        "/policy",
        "/policy/<id:str>",
        "/schemes",
        "/schemes/<id:str>",
        "/phones",
        "/phones/<id:str>",
        "/privacy",
    ):
        blueprint.add_route(show, path, methods=("GET", "HEAD"), name=path)

    @blueprint.get("/robots.txt")
    async def robots_txt(request: Request) -> HTTPResponse:
        return response.text(robots(address), headers=_HEADERS)

    if address:

        @blueprint.get("/sitemap.xml")
        async def sitemap_xml(request: Request) -> HTTPResponse:
            return response.text(
                sitemap(kit().knowledge, address), headers=_HEADERS, content_type="application/xml; charset=utf-8"
            )

    return blueprint


def not_found(request: Request, kit: Kit, accuracy: Accuracy | None = None, address: str = "") -> HTTPResponse:
    """The page for an address that is none of ours."""
    return _answer(request, page_at(Site(kit, today(), accuracy, address), unquote(request.path), {}))


def _answer(request: Request, page: Page) -> HTTPResponse:
    if page.status != 200:
        return response.html(page.html, status=page.status, headers=_HEADERS)
    headers = {**_HEADERS, "ETag": page.etag}
    if matches(request.headers.get("if-none-match", ""), page.etag):
        return response.empty(status=304, headers=headers)
    return response.html(page.html, headers=headers)


def matches(header: str, etag: str) -> bool:
    """Whether an If-None-Match header names this page."""
    return header.strip() == "*" or etag.removeprefix("W/") in {
        each.strip().removeprefix("W/") for each in header.split(",")
    }

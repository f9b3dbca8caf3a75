"""The page, the widget, the styles and printed results: compressed, with an ETag."""

from __future__ import annotations

import functools
import gzip
import hashlib
from html import escape
from pathlib import Path

from sanic import Blueprint, Sanic, response
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.headers import PAGE_HEADERS
from bot.conversation.runtime import kit
from bot.rendering import sheet_html
from bot.settings import today

_FOLDER = Path(__file__).resolve().parents[2] / "web"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_KEPT = "public, max-age=600, stale-while-revalidate=86400"
_LEAST = 1000  # bytes; smaller answers gain nothing
_COMPRESSED = ("text/html", "text/css", "text/javascript", "application/xml", "text/plain")
_NEVER = ("/api/", "/wechat", "/sheet/")  # addresses whose answers hold a token, or what a person said or was told


def files() -> Blueprint:
    """`/`, `/static/…`, `/sheet/…` and the sign of life."""
    web = Blueprint("files")
    served = {path.name for path in _FOLDER.iterdir() if path.suffix in _TYPES}

    @web.route("/", methods=("GET", "HEAD"))
    async def page(request: Request) -> HTTPResponse:
        text = (_FOLDER / "index.html").read_text(encoding="utf-8")
        headers = {**PAGE_HEADERS, "Cache-Control": "no-cache"}
        return response.html(text.replace("{{bot}}", escape(kit().knowledge.county.bot)), headers=headers)

    @web.route("/static/<name:str>", methods=("GET", "HEAD"))
    async def static(request: Request, name: str) -> HTTPResponse:
        if name not in served:
            return response.text("", status=404)
        path = _FOLDER / name
        body, tag = read(path, path.stat().st_mtime_ns)
        # Another site loads the widget's files too, and some of those allow only what says so.
        headers = {"ETag": tag, "Cache-Control": _KEPT, "Cross-Origin-Resource-Policy": "cross-origin", **_SAFE}
        if request.headers.get("if-none-match") == tag:
            return response.raw(b"", status=304, headers=headers)
        return response.raw(body, content_type=_TYPES[path.suffix], headers=headers)

    @web.route("/sheet/<code:str>", methods=("GET", "HEAD"))
    async def sheet(request: Request, code: str) -> HTTPResponse:
        try:
            found = await kit().sheets.load(code, today())
        except OSError:
            return response.text("现在打不开，请过一会儿再试。", status=503, headers={"Cache-Control": "no-store"})
        if found is None:
            raise NotFound(request.path)
        headers = {**PAGE_HEADERS, "Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
        return response.html(sheet_html(found), headers=headers)

    @web.route("/health", methods=("GET", "HEAD"))
    async def health(request: Request) -> HTTPResponse:
        return response.json({"status": "live", "knowledge": kit().knowledge.version})

    return web


_SAFE = {"X-Content-Type-Options": "nosniff"}


@functools.lru_cache(maxsize=32)
def read(path: Path, changed: int) -> tuple[bytes, str]:
    """The bytes of a file and their ETag; read again when it has changed."""
    body = path.read_bytes()
    return body, f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'


@functools.lru_cache(maxsize=256)
def _zipped(body: bytes) -> bytes:
    """Kept for what has an ETag: a page or a file, the same for everybody."""
    return gzip.compress(body, 9, mtime=0)


def compress(app: Sanic) -> None:
    """Send pages and files gzipped to those who take it; what is one person's own stays as it is."""

    @app.middleware("response")
    async def zip_body(request: Request, answer: HTTPResponse) -> None:
        kind = (answer.content_type or "").partition(";")[0]
        body = answer.body
        if request.method != "GET" or request.path.startswith(_NEVER):
            return
        if kind not in _COMPRESSED or not body or len(body) < _LEAST:
            return
        answer.headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            answer.body = _zipped(body) if "ETag" in answer.headers else gzip.compress(body, 6, mtime=0)
            answer.headers["Content-Encoding"] = "gzip"

"""A page of another site that shows the widget, to try the embedding on one machine (docs/embedding.md)."""

from __future__ import annotations

from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[1] / "web"
_FILES = {
    "/": ("demo/index.html", "text/html"),
    "/host.css": ("demo/host.css", "text/css"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}


def content_security_policy(bot: str) -> str:
    """What a site must allow so that the widget of the bot at the origin `bot` works."""
    return f"default-src 'self'; script-src 'self' {bot}; style-src 'self' {bot}; connect-src 'self' {bot}"


class _Handler(BaseHTTPRequestHandler):
    """Serves the files of the demo under the policy of a strict site."""

    def __init__(self, bot: str, *args: object) -> None:
        self._bot = bot
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """A file, or 404."""
        name, kind = _FILES.get(self.path.partition("?")[0], ("", ""))
        if not name:
            self.send_error(404)
            return
        body = (_FOLDER / name).read_text(encoding="utf-8").replace("{{bot}}", self._bot).encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", content_security_policy(self._bot))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the terminal belongs to the hint on how to try it."""


def demo_server(bot: str, port: int) -> ThreadingHTTPServer:
    """The demo on 127.0.0.1, not yet serving; `bot` is the origin of the bot. Raises OSError where the port is taken."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, bot))

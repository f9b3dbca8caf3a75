"""A running bot, a foreign site that embeds the widget, and Debian's Chromium.

`BOT_TEST_URL=http://127.0.0.1:5005` takes a bot that runs already, with its own BOT_DATA and BOT_ORIGINS set here too.
"""

from __future__ import annotations

import contextlib
import http.server
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from .chat import Chat
from .said import EVERYTHING

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
PATIENCE = 15_000  # milliseconds; much is running beside


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(params=SIZES)
def size(request):
    """A phone, then a desktop."""
    return request.param


@pytest.fixture(scope="session")
def running():
    """The address of a bot that was started by hand, or None."""
    return os.environ.get("BOT_TEST_URL")


@pytest.fixture(scope="session")
def listed(running):
    """The origins of two other sites, which the bot has on its list."""
    return os.environ["BOT_ORIGINS"].split() if running else [f"http://127.0.0.1:{free_port()}" for _ in range(2)]


@pytest.fixture(scope="session")
def data_folder(running, tmp_path_factory):
    """What the running bot keeps."""
    return Path(os.environ["BOT_DATA"]) if running else tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def bot(request, running, listed, data_folder):
    """`bot serve` as staff start it; its address."""
    if running:
        yield running
        return
    request.getfixturevalue("trained")
    port = free_port()
    env = {**os.environ, "BOT_DATA": str(data_folder), "BOT_ORIGINS": " ".join(listed)}
    with open(data_folder / "log", "w") as log:
        process = subprocess.Popen(
            [Path(sys.executable).parent / "bot", "serve", "--port", str(port)],
            cwd=ROOT,
            env=env,
            stderr=log,
            stdout=log,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            if process.poll() is not None:
                pytest.fail("bot serve ended: " + (data_folder / "log").read_text()[-2000:])
            with contextlib.suppress(OSError), urllib.request.urlopen(address + "/health"):
                break
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@contextlib.contextmanager
def running_in_a_thread(server):
    """A server that answers until the end of the block; its origin."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def port_of(origin):
    return int(origin.rpartition(":")[2])


@pytest.fixture(scope="session")
def site(bot, listed):
    """Another site with rude styles and a strict policy, as `bot demo` serves it; its address."""
    from bot.channels.demo import demo_server

    with running_in_a_thread(demo_server(bot, port_of(listed[0]))) as origin:
        yield origin


@pytest.fixture(scope="session")
def unlisted(bot):
    """The same on an origin that the bot does not know."""
    from bot.channels.demo import demo_server

    with running_in_a_thread(demo_server(bot, 0)) as origin:
        yield origin


class OwnPage(http.server.BaseHTTPRequestHandler):
    """Answers everything with the one page of the server."""

    def do_GET(self):
        body = self.server.html.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Nothing."""


@pytest.fixture(scope="session")
def own_site(bot, listed):
    """A listed site whose page is what a test writes to `html`; its server, with its `origin`."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port_of(listed[1])), OwnPage)
    server.html = ""
    with running_in_a_thread(server) as server.origin:
        yield server


@pytest.fixture(scope="package")  # Playwright's event loop would be in the way of tests that have one of their own
def browser():
    if CHROMIUM is None:
        if os.environ.get("BOT_TEST_BROWSER") == "required":
            pytest.fail("no Chromium: apt-get install chromium")
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


def say(context, bot, messages):
    """Sends messages of the visitor whose browser this is, before a page is opened."""
    if messages:
        context.request.post(bot + "/api/v1/sessions", data={})
    for message in messages:
        answer = context.request.post(bot + "/api/v1/messages", data={"id": uuid.uuid4().hex, **message})
        assert answer.ok, answer.text()


@pytest.fixture(scope="package")
def everything(browser, bot):
    """The cookie of a visitor who has said EVERYTHING, for tests that only look: `visit(storage_state=everything)`."""
    context = browser.new_context()
    say(context, bot, EVERYTHING)
    yield context.storage_state()
    context.close()


@pytest.fixture()
def open_page(browser, bot):
    """`open_page(size, url, **context options)`: a page of a fresh visitor. At the end nothing may have gone wrong: no
    console error but those that `page.context.expected` matches, no uncaught error, no dialog, no request to an origin that
    was not meant to be asked. `said` are messages of this visitor before; `ready(page)` runs before anything is loaded."""
    opened = []

    def open_(size="phone", url=None, allow=(), said=(), ready=None, expected=None, **options):
        width, height = SIZES.get(size, size)
        options = {"has_touch": size == "phone", "is_mobile": size == "phone", **options}
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **options)
        context.set_default_timeout(PATIENCE)
        opened.append((context, (bot, *allow)))
        context.expected, context.faults, context.requests = expected, [], []
        context.on("page", watch)
        say(context, bot, said)
        page = context.new_page()
        if ready:
            ready(page)
        page.goto(url or bot + "/")
        return page

    def watch(page):
        context = page.context
        page.on("console", lambda message: context.faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: context.faults.append(str(error)))
        page.on("request", lambda request: context.requests.append(request.url))
        page.on("dialog", lambda dialog: (context.faults.append("dialog: " + dialog.message), dialog.dismiss()))

    yield open_
    faults, strangers = [], []
    for context, origins in opened:
        faults += [each for each in context.faults if not (context.expected and re.search(context.expected, each))]
        strangers += [url for url in context.requests if not url.startswith((*origins, "data:", "blob:"))]
        context.close()
    assert not faults
    assert not strangers


@pytest.fixture()
def visit(open_page, bot):
    """`visit(size, said=…)`: the chat of a fresh visitor on the bot's own page, greeted."""

    def visit_(size="phone", path="/", **options):
        chat = Chat(open_page(size, bot + path, **options), bot)
        chat.cards.first.wait_for()
        return chat

    return visit_


@pytest.fixture()
def embed(open_page, bot, site):
    """`embed(size)`: the chat of a fresh visitor of the other site, not yet opened."""

    def embed_(size="phone", **options):
        chat = Chat(open_page(size, site + "/", allow=(site,), **options), bot)
        chat.launcher.wait_for()
        return chat

    return embed_

"""Pictures of the website for the docs, in Debian's Chromium, of a bot and a demo site that are started for them.

    .venv/bin/python -m benchmarks.screenshots [FOLDER] [NAME …]

All pictures into docs/images, or those that are named.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from bot.channels.demo import demo_server

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
COLOURS = 96  # text on flat colours; a phone's picture has some 80 KB then
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}

Message = dict[str, Any]
PLACE = "kyqq"
QUESTION: Message = {"text": "失业登记要带啥"}
CHECK: list[Message] = [{"choice": "check:living_aid"}, *[{"text": "是"}] * 3]
VERDICT: list[Message] = [
    {"choice": "check:unemployment_registration"},
    *({"text": each} for each in ("是", "30", "是", "是")),
]
MATCH: list[Message] = [
    {"choice": "match"},
    {"choice": "who:hardship"},
    *({"text": each} for each in ("35", "否", "是", "脱贫人口", "否")),
]


@dataclass(frozen=True)
class Picture:
    """`said` before the page at `path` is opened ({sheet} is the last printed result), then `show` what is to be seen."""

    said: list[Message] = field(default_factory=list)
    path: str = "/"
    show: Callable[[Page], object] = lambda page: None
    device: dict[str, Any] = field(default_factory=lambda: PHONE)
    look: dict[str, Any] = field(default_factory=dict)
    site: bool = False


def last(page: Page) -> Locator:
    return page.locator(".card").last


def unfold(page: Page) -> None:
    last(page).locator("summary").click()


def from_menu(role: str, name: str) -> Callable[[Page], None]:
    def choose(page: Page) -> None:
        page.get_by_role("button", name="菜单").click()
        page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]
        page.reload()
        last(page).wait_for()

    return choose


def fill_form(page: Page) -> None:
    last(page).get_by_label("工资").fill("4000")
    last(page).get_by_label("平日加班的时间").fill("10")


def ask_on_site(page: Page) -> None:
    page.locator("policy-bot .launcher").click()
    page.locator(".card").first.wait_for()
    page.get_by_role("textbox").fill("失业登记要带啥")
    page.keyboard.press("Enter")
    page.locator(".card").nth(1).wait_for()


PICTURES = {
    "page-phone": Picture([QUESTION]),
    "page-desktop": Picture([QUESTION], device=DESKTOP),
    "answer": Picture([QUESTION], show=unfold),
    "expired": Picture([{"text": "失业补助金能领多久"}]),
    "check": Picture(CHECK),
    "verdict": Picture(VERDICT),
    "match": Picture(MATCH),
    "calculator": Picture([{"choice": "calculator:overtime_pay"}], show=fill_form),
    "sheet": Picture([*VERDICT, {"choice": "sheet"}], path="{sheet}"),
    "feedback": Picture([QUESTION], show=lambda page: last(page).get_by_role("button", name="没帮上").click()),
    "places": Picture(show=lambda page: page.locator("button.place").click()),
    "menu": Picture(show=lambda page: page.get_by_role("button", name="菜单").click()),
    "dark": Picture([QUESTION], look={"color_scheme": "dark"}),
    "contrast": Picture([QUESTION], show=from_menu("menuitemcheckbox", "高对比")),
    "large": Picture([QUESTION], show=from_menu("menuitemradio", "特大")),
    "site-closed": Picture(site=True, device=DESKTOP),
    "site-open": Picture(site=True, device=DESKTOP, show=ask_on_site),
    "schemes": Picture(path="/schemes"),
    "policy": Picture(path="/policy/jyfw#jyfw-3-3"),
    "phones": Picture(path="/phones"),
}


def take(browser: Browser, bot: str, site: str, picture: Picture) -> bytes:
    """The picture as PNG of few colours."""
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce", **picture.device, **picture.look)
    context.request.post(bot + "/api/v1/sessions", data={"place": PLACE})
    path = picture.path
    for message in picture.said:
        answer = context.request.post(bot + "/api/v1/messages", data={"id": uuid.uuid4().hex, **message}).json()
        path = answer["reply"]["sheet"]["url"] if answer["reply"]["sheet"] else path
    page = context.new_page()
    page.goto(site if picture.site else bot + path)
    if path == "/":
        page.locator("policy-bot .launcher" if picture.site else ".card").first.wait_for()
    picture.show(page)
    page.wait_for_load_state("networkidle")
    image = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))
    context.close()
    small = io.BytesIO()
    image.convert("RGB").quantize(COLOURS).save(small, "PNG", optimize=True)
    return small.getvalue()


@contextlib.contextmanager
def started() -> Iterator[tuple[str, str]]:
    """A bot with a folder of its own and a site that shows its widget; both origins."""
    bot_port, site_port = _free_port(), _free_port()
    bot, site = (f"http://127.0.0.1:{port}" for port in (bot_port, site_port))
    with tempfile.TemporaryDirectory() as data, open(Path(data, "log"), "w+") as log:
        env = {**os.environ, "BOT_DATA": data, "BOT_ORIGINS": site}
        command = [sys.executable, "-m", "bot.cli", "serve", "--port", str(bot_port)]
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        server = demo_server(bot, site_port)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            _wait(bot + "/health", process, Path(data, "log"))
            yield bot, site
        finally:
            server.shutdown()
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url):
            return
        time.sleep(0.3)
    sys.exit("bot serve ended before it answered:\n" + log.read_text()[-2000:])


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs/images")
    names = sys.argv[2:] or list(PICTURES)
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or sys.exit("chromium is not installed")
    with started() as (bot, site), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name in names:
            data = take(browser, bot, site, PICTURES[name])
            (folder / f"{name}.png").write_bytes(data)
            print(f"{name}.png {len(data) // 1000} KB")
        browser.close()


if __name__ == "__main__":
    main()

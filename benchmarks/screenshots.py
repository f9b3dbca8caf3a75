"""Pictures of the page for the docs, taken in Debian's chromium against a running bot.

.venv/bin/python -m benchmarks.screenshots http://127.0.0.1:5005 docs/images
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ASKED = ("失业登记要带啥", "我在前旗")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


def talk(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".card")
    for text in ASKED:
        before = page.locator(".card").count()
        page.fill("#text", text)
        page.keyboard.press("Enter")
        page.locator(".card").nth(before).wait_for()


def main() -> None:
    address, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or sys.exit("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, width, height in (("page-phone", 390, 844), ("page-desktop", 1100, 800)):
            context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
            page = context.new_page()
            talk(page, address)
            page.screenshot(path=str(folder / f"{name}.png"))
            context.close()
        browser.close()


if __name__ == "__main__":
    main()

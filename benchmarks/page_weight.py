"""What the website costs a visitor: bytes, requests, and the time to the first answer, in Debian's Chromium.

    .venv/bin/python -m benchmarks.page_weight http://127.0.0.1:5005 [ROUNDS]

Bytes are those on the wire, headers included. The phone is Chromium with its processor slowed six times on a link of 1.6 Mbit/s
and 150 ms, what a cheap phone on a weak network is commonly taken for.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.screenshots import FLAGS

QUESTION = "失业登记要带什么"
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}


def visit(browser: Browser, address: str, slow: bool) -> dict[str, float]:
    """One visit with an empty cache: open the page, ask, wait for the answer."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    if slow:
        session.send("Network.emulateNetworkConditions", SLOW)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    start = time.perf_counter()
    page.goto(address)
    box = page.get_by_role("textbox").first
    page.get_by_role("article").first.wait_for()
    usable = time.perf_counter()
    loaded, requests = sum(sizes), len(sizes)
    before = page.get_by_role("article").count()
    box.fill(QUESTION)
    asked = time.perf_counter()
    page.keyboard.press("Enter")
    page.get_by_role("article").nth(before).wait_for()
    answered = time.perf_counter()
    page.wait_for_timeout(200)
    context.close()
    return {
        "kB until usable": loaded / 1000,
        "requests until usable": requests,
        "kB of one answer": (sum(sizes) - loaded) / 1000,
        "ms until usable": (usable - start) * 1000,
        "ms from Enter to the answer": (answered - asked) * 1000,
    }


def main() -> None:
    address, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    chromium = shutil.which("chromium") or sys.exit("chromium is not installed")
    rows: dict[str, dict[str, Any]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        visit(browser, address, False)
        for name, slow in (("this machine", False), ("a cheap phone", True)):
            found = [visit(browser, address, slow) for _ in range(rounds)]
            for key in found[0]:
                rows.setdefault(key, {})[name] = statistics.median(each[key] for each in found)
        browser.close()
    print("| median of", rounds, "visits |", " | ".join(next(iter(rows.values()))), "|\n|---|---|---|")
    for key, row in rows.items():
        print(f"| {key} |", " | ".join(f"{value:.1f}" for value in row.values()), "|")


if __name__ == "__main__":
    main()

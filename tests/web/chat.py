"""What a visitor sees and does in the widget."""

from __future__ import annotations

import json
import re
from functools import cached_property

from playwright.sync_api import expect

INPUT = re.compile("说说您想问的事|說說您想問的事")

AT = "2026-11-23T20:15:00+08:00"

# The element in focus, however deep.
FOCUSED = """() => {
  let element = document.activeElement;
  while (element && element.shadowRoot && element.shadowRoot.activeElement) element = element.shadowRoot.activeElement;
  return element;
}"""


class Chat:
    """The widget of a page, by what is on it. `bot` is the origin that it belongs to."""

    def __init__(self, page, bot):
        self.page, self.bot = page, bot

    @cached_property
    def widget(self):
        return self.page.locator("policy-bot")

    @cached_property
    def launcher(self):
        return self.widget.locator(".launcher")

    @cached_property
    def panel(self):
        return self.widget.locator(".panel")

    @cached_property
    def log(self):
        return self.widget.get_by_role("log")

    @cached_property
    def input(self):
        return self.widget.get_by_role("textbox", name=INPUT)

    @cached_property
    def cards(self):
        return self.widget.locator(".card")

    @cached_property
    def mine(self):
        return self.widget.locator(".mine:visible")

    @cached_property
    def failure(self):
        return self.widget.locator(".failure")

    @property
    def last(self):
        """The newest card; it stays this card when others come."""
        return self.cards.nth(self.cards.count() - 1)

    def open(self):
        """Opens the panel and waits for the greeting."""
        self.launcher.click()
        self.cards.first.wait_for()
        return self

    def send(self, text):
        """Types and sends, without waiting for the answer."""
        self.input.fill(text)
        self.input.press("Enter")

    def say(self, text):
        """Types and sends; the card of the answer."""
        return self.after(lambda: self.send(text))

    def press(self, name, inside=None, role="button"):
        """Presses a button of the newest card; the card of the answer."""
        button = (inside or self.last).get_by_role(role, name=name, exact=True)
        return self.after(button.click)

    def choose(self, entry, role="menuitem"):
        """Opens the menu and takes an entry."""
        self.widget.get_by_role("button", name=re.compile("^(菜单|菜單)$")).click()
        self.widget.get_by_role(role, name=entry, exact=True).click()

    def after(self, act):
        """The card that comes after `act()`."""
        before = self.cards.count()
        act()
        expect(self.cards).to_have_count(before + 1)
        return self.cards.nth(before)

    def messages(self):
        """The conversation as the server keeps it for this visitor; of the bot's own page only."""
        return self.page.request.get(self.bot + "/api/v1/messages").json()["messages"]

    def reply(self):
        """The last reply as the server keeps it."""
        return self.messages()[-1]["reply"]

    def answered_with(self, reply):
        """From now on every message is answered with this reply, which the server did not make."""

        def fulfil(route):
            sent = route.request.post_data_json
            exchange = {"id": sent["id"], "at": AT, "text": sent.get("text"), "reply": reply, "vote": None}
            route.fulfill(status=200, content_type="application/json", body=json.dumps(exchange))

        self.page.route("**/api/v1/messages", fulfil)

    def unfold(self):
        """Opens everything that is folded; a vote that this needs is not kept."""
        self.page.route("**/api/v1/feedback", lambda route: route.fulfill(status=200, body='{"saved": true}'))
        for summary in self.log.locator("summary").all():
            summary.click()
        for down in self.log.get_by_role("button", name="没帮上").all()[:2]:
            down.click()

    def shown(self):
        """All bubbles and cards as text, in their order."""
        return self.widget.locator(".mine:visible, .card").all_inner_texts()

    def focused(self):
        """The element in focus."""
        return self.page.evaluate_handle(FOCUSED).as_element()

    def focused_name(self):
        """Its label or text."""
        return self.focused().evaluate("e => e.getAttribute('aria-label') || e.textContent || e.tagName")

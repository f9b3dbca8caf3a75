"""Traditional characters for those who want them; what is quoted stays as it is printed."""

from __future__ import annotations

import pytest
from opencc import OpenCC
from playwright.sync_api import expect

from .said import EVERYTHING

# What the widget says of itself: all text but quotes, what the visitor said, and the name of the other script.
SAID = """(host) => {
  const own = (e) => !e.closest('blockquote, .source, .mine, details');
  const found = [];
  for (const e of host.shadowRoot.querySelectorAll('.panel *')) {
    for (const name of ['aria-label', 'placeholder']) if (own(e) && e.getAttribute(name)) found.push(e.getAttribute(name));
    for (const node of e.childNodes) if (own(e) && node.nodeType === 3 && node.data.trim()) found.push(node.data.trim());
  }
  return found.filter((text) => text !== '简体');
}"""


@pytest.fixture(scope="module")
def convert():
    return OpenCC("s2t").convert


def traditional(convert, text):
    """Whether nothing is left to convert, in the sentence or character by character: OpenCC knows more than one way."""
    return convert(text) == text or all(convert(one) == one for one in text)


def test_everything_that_is_said_is_in_traditional_characters(visit, everything, convert):
    chat = visit(storage_state=everything)
    chat.choose("繁體", role="menuitemradio")
    expect(chat.cards).to_have_count(len(EVERYTHING) + 1)
    texts = chat.widget.evaluate(SAID)
    assert "政策册子" not in str(texts)
    assert [text for text in texts if not traditional(convert, text)] == []


def test_a_reply_is_in_traditional_characters_and_its_quote_as_printed(visit, convert):
    chat = visit()
    plain = chat.say("失业登记要带啥")
    lead, quote = plain.locator(".lead").inner_text(), chat.reply()["citations"][0]["quote"]
    chat.choose("繁體", role="menuitemradio")
    expect(chat.input).to_have_attribute("placeholder", convert("说说您想问的事"))
    expect(chat.cards).to_have_count(2)
    card = chat.say("失業登記要帶啥")
    expect(card.locator(".lead")).to_have_text(convert(lead))
    card.locator("summary").click()
    expect(card.locator("blockquote").first).to_have_text(quote)
    chat.page.reload()
    expect(chat.cards).to_have_count(3)
    expect(chat.input).to_have_attribute("placeholder", convert("说说您想问的事"))


def test_the_language_of_the_page_is_told(visit):
    chat = visit()
    root = chat.page.locator("html")
    expect(root).to_have_attribute("lang", "zh-CN")
    chat.choose("繁體", role="menuitemradio")
    expect(root).to_have_attribute("lang", "zh-Hant")
    chat.choose("简体", role="menuitemradio")
    expect(root).to_have_attribute("lang", "zh-CN")


def test_the_language_of_another_site_is_left_alone(embed):
    chat = embed().open()
    chat.choose("繁體", role="menuitemradio")
    expect(chat.widget).to_have_attribute("lang", "zh-Hant")
    expect(chat.page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_what_was_typed_is_kept_when_the_script_changes(visit):
    chat = visit()
    chat.input.fill("失业登记")
    chat.choose("繁體", role="menuitemradio")
    expect(chat.input).to_have_value("失业登记")

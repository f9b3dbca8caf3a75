"""The widget's two files: how much is sent, and nothing in them that a strict site or an old phone refuses."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "bot" / "web"
MOST = 15 * 1024  # bytes
SCRIPT = (WEB / "widget.js").read_text(encoding="utf-8")
STYLES = (WEB / "widget.css").read_text(encoding="utf-8")

# Comments, strings and regular expressions, of which the last begin where a value can.
TEXTS = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`"""
    r"""|(?<=[(=,:;!&|?{}\n])\s*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*""",
    re.DOTALL,
)
CODE = TEXTS.sub('""', SCRIPT)

NEWER = {
    "optional chaining": r"\?\.(?!\d)",
    "nullish coalescing": r"\?\?",
    "logical assignment": r"(?:\|\||&&)=",
    "private field": r"(?<![\w\"'])#[a-zA-Z_]",
    "static block or field": r"\bstatic\b",
    "class field": r"^\s+[a-zA-Z_]\w* = [^;]*;\s*$(?=\s*constructor)",
    "numeric separator": r"\b\d+_\d",
    "BigInt": r"\b\d+n\b",
    "dynamic import or module": r"\b(?:import|export)\b",
    "top-level or async iteration": r"\bfor await\b",
    "methods of later years": r"\.(?:replaceAll|at|flatMap|flat|matchAll|findLast|hasOwn|toSorted|replaceChildren|allSettled|any)\(",
    "constructed style sheets": r"adoptedStyleSheets|structuredClone",
}


def test_the_files_are_small():
    sent = {path: len(gzip.compress((WEB / path).read_bytes(), 9, mtime=0)) for path in ("widget.js", "widget.css")}
    assert sum(sent.values()) <= MOST, sent


@pytest.mark.parametrize("feature", NEWER)
def test_the_script_is_of_2019_at_most(feature):
    assert re.findall(NEWER[feature], CODE, re.MULTILINE) == []


@pytest.mark.parametrize(
    "refused",
    [
        "eval(",
        "new Function",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "javascript:",
        "srcdoc",
    ],
)
def test_the_script_runs_no_text_and_makes_no_html_of_it(refused):
    assert refused not in SCRIPT


def test_the_script_makes_no_styles_that_a_policy_refuses():
    assert '"style"' not in SCRIPT
    assert not re.search(r"\bcssText\b|style\s*[:=]\s*[\"'`]", SCRIPT)


def test_the_files_load_nothing_else():
    addresses = re.findall(r"https?://[^\s\"')]+|@import|url\(", SCRIPT + STYLES)
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize(
    ("code", "feature"),
    [
        ("a?.b", "optional chaining"),
        ("a ?? b", "nullish coalescing"),
        ("a ||= b", "logical assignment"),
        ("this.#x", "private field"),
        ("1_000", "numeric separator"),
        ("text.replaceAll(a, b)", "methods of later years"),
    ],
)
def test_the_patterns_find_what_is_newer(code, feature):
    assert re.search(NEWER[feature], TEXTS.sub('""', code), re.MULTILINE)


def test_the_patterns_overlook_texts():
    assert not re.search(NEWER["private field"], TEXTS.sub('""', 'let a = "#b"; // #c\nb(/#d"/, `#e`);'))
    assert not re.search(NEWER["optional chaining"], "a?.5:1")

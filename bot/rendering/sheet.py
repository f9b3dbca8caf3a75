"""The result of a check on one page: as text for the shell and for forwarding, as HTML to print."""

from __future__ import annotations

from html import escape

from bot.eligibility.sheets import Sheet


def sheet_text(sheet: Sheet) -> str:
    """Plain text."""
    lines = [f"{sheet.title} {sheet.code} {sheet.day}", sheet.head, sheet.note]
    for section in sheet.sections:
        lines += ["", section.title, *(f"  {row}" for row in section.rows)]
    return "\n".join(lines)


def sheet_html(sheet: Sheet) -> str:
    """A page without script that prints on A4. Everything of the sheet is escaped."""
    parts = []
    for section in sheet.sections:
        items = "".join(f"<li>{escape(row)}</li>" for row in section.rows)
        parts.append(f'<section class="{section.kind}"><h2>{escape(section.title)}</h2><ul>{items}</ul></section>')
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(sheet.title)}：{escape(sheet.head)}</title>"
        '<link rel="icon" href="/static/icon.svg" type="image/svg+xml">'
        '<link rel="stylesheet" href="/static/sheet.css"></head>'
        f'<body><main><h1>{escape(sheet.title)}</h1><p class="verdict">{escape(sheet.head)}</p><p>{escape(sheet.note)}</p>'
        f"{''.join(parts)}<footer><b>{escape(sheet.code)}</b> {escape(sheet.day)}</footer></main></body></html>"
    )

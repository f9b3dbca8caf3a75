"""Structured data for search engines (schema.org, JSON-LD): only what the knowledge says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from bot.knowledge import Brochure, Phone
from bot.knowledge.schemes import Scheme

Data = Mapping[str, Any]


def script(data: Data) -> Markup:
    """JSON that may stand in a script element: nothing in it can end the element or begin a comment."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def trail(crumbs: Iterable[tuple[str, str]], address: str) -> Data:
    """The way from the first page to this one; `crumbs` are names and paths."""
    items = [
        {"@type": "ListItem", "position": i, "name": name, "item": address + path}
        for i, (name, path) in enumerate(crumbs, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def booklet(brochure: Brochure) -> Data:
    """A brochure as it was issued."""
    return {
        "@type": "CreativeWork",
        "name": brochure.title,
        "inLanguage": "zh-CN",
        "datePublished": brochure.issued,
        "publisher": {"@type": "GovernmentOrganization", "name": brochure.issuer},
        "audience": {"@type": "Audience", "audienceType": brochure.audience},
    }


def service(scheme: Scheme, office: str, area: str, audiences: Iterable[str], path: str) -> Data:
    """A scheme that one may apply for."""
    benefit = "；".join(benefit.says for benefit in scheme.benefit)
    return {
        "@type": "GovernmentService",
        "name": scheme.name,
        "url": path,
        "inLanguage": "zh-CN",
        "serviceOperator": {"@type": "GovernmentOrganization", "name": office},
        "areaServed": {"@type": "AdministrativeArea", "name": area},
        **({"description": benefit} if benefit else {}),
        "audience": [{"@type": "Audience", "audienceType": label} for label in audiences],
    }


def office(name: str, area: str, lines: Iterable[tuple[str, Phone]]) -> Data:
    """An office with its numbers; `lines` are business lines and phones."""
    return {
        "@type": "GovernmentOffice",
        "name": name,
        "areaServed": {"@type": "AdministrativeArea", "name": area},
        "contactPoint": [
            {
                "@type": "ContactPoint",
                "contactType": line,
                "telephone": phone.number,
                "areaServed": phone.office,
                "availableLanguage": "zh",
            }
            for line, phone in lines
        ],
    }

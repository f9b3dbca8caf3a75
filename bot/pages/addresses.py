"""Which address shows which page, and what search engines may read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from bot.knowledge import Knowledge

from . import phones, policy, privacy, schemes
from .site import Page, Site, render

Link = tuple[str, str]  # label, address


def page_at(site: Site, path: str, query: Mapping[str, str]) -> Page:
    """The page of an address below the root; one with status 404 and suggestions where there is none."""
    page: Page | None = None
    match path.strip("/").split("/"):
        case ["policy"]:
            page = policy.index(site)
        case ["policy", id]:
            page = policy.brochure(site, id)
        case ["schemes"]:
            page = schemes.index(site, schemes.read_filter(site.knowledge, query))
        case ["schemes", id]:
            page = schemes.scheme(site, id)
        case ["phones"]:
            wanted = query.get("place", "")
            page = phones.place(site, wanted) if wanted else phones.index(site)
        case ["phones", id]:
            page = phones.place(site, id)
        case ["privacy"]:
            page = privacy.index(site)
    return page or _not_found(site, path, query)


def addresses(knowledge: Knowledge) -> tuple[str, ...]:
    """Every address that shows a page, filters left out."""
    return (
        "/policy",
        *(f"/policy/{id}" for id in knowledge.brochures),
        "/schemes",
        *(f"/schemes/{id}" for id in knowledge.schemes),
        "/phones",
        *(f"/phones/{id}" for id in knowledge.places),
        "/privacy",
    )


def robots(address: str) -> str:
    """robots.txt: pages may be read, conversations and printed results may not."""
    rows = ["User-agent: *", "Disallow: /api/", "Disallow: /sheet/", "Disallow: /schemes?"]
    return "\n".join([*rows, *([f"Sitemap: {address}/sitemap.xml"] if address else []), ""])


def sitemap(knowledge: Knowledge, address: str) -> str:
    """sitemap.xml for the public address."""
    rows = "".join(f"<url><loc>{escape(address + path)}</loc></url>\n" for path in ("/", *addresses(knowledge)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    )


def _not_found(site: Site, path: str, query: Mapping[str, str]) -> Page:
    knowledge = site.knowledge
    section, _, wanted = path.strip("/").partition("/")
    wanted = wanted or query.get("place", "")
    brochures = [(f"《{each.title}》", f"/policy/{each.id}") for each in knowledge.brochures.values()]
    places = [(each.name, f"/phones/{each.id}") for each in knowledge.places.values()]
    listed: list[Link] = {"policy": brochures, "phones": places}.get(section, [])
    return render(
        site,
        "not_found.html",
        (("没有这一页", path),),
        "没有这一页。",
        status=404,
        printed=section == "sheet",
        near=_near(knowledge, section, wanted),
        listed=listed,
    )


def _near(knowledge: Knowledge, section: str, wanted: str) -> list[Link]:
    """What may have been meant: a clause whose brochure was left out, a scheme or place by name, an id with a slip."""
    if wanted in knowledge.clauses:
        clause = knowledge.clauses[wanted]
        return [(f"《{knowledge.brochures[clause.brochure].title}》里的这一条", f"/policy/{clause.brochure}#{wanted}")]
    if section == "schemes":
        named = [s for s in knowledge.schemes.values() if wanted == s.name or wanted in s.words]
        close = [knowledge.schemes[id] for id in _close(wanted, knowledge.schemes)]
        return [(scheme.name, f"/schemes/{scheme.id}") for scheme in dict.fromkeys((*named, *close))]
    if section == "phones":
        called = [place for place in knowledge.places.values() if wanted in place.aliases]
        return [(place.name, f"/phones/{place.id}") for place in called]
    return []


def _close(wanted: str, known: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(wanted, list(known), n=3, cutoff=0.6)

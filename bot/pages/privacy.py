"""What is kept of people who ask, in plain words."""

from __future__ import annotations

from .site import Page, Site, render


def index(site: Site) -> Page:
    """The page that privacy.yml describes."""
    privacy, county = site.knowledge.privacy, site.knowledge.county
    blanks = {
        "bot": county.bot,
        "office": county.office,
        "phone": site.knowledge.general_phone().number,
        "days": str(site.kit.retention_days),
    }
    title = site.kit.say("page_privacy")
    return render(
        site,
        "privacy.html",
        ((title, "/privacy"),),
        f"{county.bot}{title}：留下什么、为什么、留多久、谁能看、怎么删。",
        lead=privacy.lead.format(**blanks),
        parts=[(part.title, [text.format(**blanks) for text in part.rows]) for part in privacy.parts],
        updated=privacy.updated,
    )

"""Telephone numbers: all of them by business line, and those of one place."""

from __future__ import annotations

from bot.knowledge import Knowledge

from .site import Page, Site, render
from .structured import office
from .telephone import Row, by_place, calls, checked

INDEX = ("咨询电话", "/phones")
_KINDS = {
    "website": "网站",
    "app": "手机应用",
    "mini_program": "小程序",
    "wechat_account": "微信公众号",
    "douyin": "抖音号",
}


def index(site: Site) -> Page:
    """Every number by business line, addresses and online services."""
    knowledge = site.knowledge
    lines = [(d.name, phone) for d in knowledge.directories.values() for phone in d.phones.values()]
    lines += [(hotline.name, phone) for hotline in knowledge.hotlines.values() for phone in hotline.phones]
    online = [
        (name, [each for each in knowledge.online.values() if each.kind == kind]) for kind, name in _KINDS.items()
    ]
    return render(
        site,
        "phones.html",
        (INDEX,),
        f"{knowledge.county.name}各旗县市就业服务、创业、失业保险、培训、档案等咨询电话。",
        (office(knowledge.county.office, knowledge.county.name, lines),),
        directories=[(each, by_place(knowledge, each.phones.values())) for each in knowledge.directories.values()],
        hotlines=[(each, by_place(knowledge, each.phones)) for each in knowledge.hotlines.values()],
        incubators=calls(
            knowledge,
            (
                Row(i.name, i.phone, kind=f"{knowledge.places[i.phone.place].name}，{i.kind}")
                for i in knowledge.incubators
            ),
        ),
        hours_known=_hours_known(knowledge),
        online=[(name, listed) for name, listed in online if listed],
    )


def place(site: Site, id: str) -> Page | None:
    """The numbers of one place; None where there is no such place."""
    found = site.knowledge.places.get(id)
    if found is None:
        return None
    knowledge = site.knowledge
    hotlines = [hotline for hotline in knowledge.hotlines.values() if hotline.phones[0].place == id]
    incubators = [incubator for incubator in knowledge.incubators if incubator.phone.place == id]
    lines = [(directory.name, directory.phones[id]) for directory in knowledge.directories.values()]
    return render(
        site,
        "place.html",
        (INDEX, (f"{found.name}咨询电话", f"/phones/{id}")),
        f"{found.office}各项业务的咨询电话。",
        (office(found.office, found.name, lines),),
        place=found,
        lines=[(each, checked(knowledge, each.phones[id])) for each in knowledge.directories.values()],
        hotlines=[(each, by_place(knowledge, each.phones)) for each in hotlines],
        incubators=calls(knowledge, (Row(i.name, i.phone, kind=i.kind) for i in incubators)),
        hours_known=_hours_known(knowledge),
    )


def _hours_known(knowledge: Knowledge) -> bool:
    """Whether somebody has said for any business line when it answers; if not, one sentence says so for all."""
    return any(directory.hours for directory in knowledge.directories.values())

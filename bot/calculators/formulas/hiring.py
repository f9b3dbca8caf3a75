"""How many people a small firm must newly hire before it may borrow: a share of its staff, the next whole person up."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from bot.calculators.display import percent, plain
from bot.calculators.model import Part, Result
from bot.calculators.sheet import Formula, Sheet


def _run(sheet: Sheet) -> Result:
    staff = sheet.need("staff")
    share = _share(sheet, staff)
    least = _whole(staff * share)
    other = _with_new_hires(sheet, staff)
    for figure in ("share", "share_large"):
        sheet.figure(figure)
    filled = {"rate": percent(share), "total": plain(least)}
    first = sheet.say("first", **filled)
    if sheet.has("hired"):
        hired = sheet.number("hired")
        first = sheet.say("enough" if hired >= least else "short", rest=plain(least - hired), **filled)
    sheet.note(sheet.say("which"))
    sheet.note(sheet.say("open_same") if other == least else sheet.say("open", other=plain(other)))
    parts = [Part(sheet.say("other_label"), other, "人")] if other != least else []
    working = f"{plain(staff)}人 × {percent(share)} = {plain(staff * share)} → {plain(least)}人"
    return sheet.result(least, sheet.calculator.unit, first, [working], parts)


def _share(sheet: Sheet, staff: Decimal) -> Decimal:
    return sheet.figure("share_large" if staff > sheet.figure("large") else "share")


def _whole(people: Decimal) -> Decimal:
    return people.quantize(Decimal(1), ROUND_CEILING)


def _with_new_hires(sheet: Sheet, staff: Decimal) -> Decimal:
    """The least number h that is the share of staff + h: h ≥ share × staff ÷ (1 - share). More hires may lift a firm
    past the
    size from which the smaller share holds."""
    size = sheet.figure("large")
    large = sheet.figure("share_large")
    past = max(_whole(staff * large / (1 - large)), size + 1 - staff)
    share = sheet.figure("share")
    below = _whole(staff * share / (1 - share))
    return below if staff + below <= size and below < past else past


HIRING = Formula(
    _run,
    figures=("share", "share_large", "large"),
    inputs=("staff", "hired"),
    says={
        "first": ("rate", "total"),
        "enough": ("rate", "total"),
        "short": ("rate", "total", "rest"),
        "which": (),
        "open": ("other",),
        "open_same": (),
        "other_label": (),
    },
)

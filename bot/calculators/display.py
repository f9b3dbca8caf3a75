"""How amounts are shown: 1689.66元, 44万元, 3.65%, 2年, 2022年9月5日."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .quantities import YEARLESS

FEN = Decimal("0.01")
_WAN = Decimal(10_000)


def fen(amount: Decimal) -> Decimal:
    """An amount of money rounded to the fen, half up."""
    return amount.quantize(FEN, ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """A number without needless zeros, at most four places after the point."""
    shortened = value.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    text = format(shortened.normalize(), "f")
    return "0" if text == "-0" else text


def yuan(amount: Decimal) -> str:
    """Money to the fen; a whole amount without its .00, one of round 万 in 万元."""
    amount = fen(amount)
    if amount and amount % _WAN == 0:
        return f"{plain(amount / _WAN)}万元"
    return f"{plain(amount)}元" if amount == amount.to_integral_value() else f"{amount:f}元"


def yuan_and_wan(amount: Decimal) -> str:
    """Money in yuan, with 万元 beside it where that is shorter: 54000元（5.4万元）."""
    amount = fen(amount)
    text = f"{plain(amount)}元" if amount == amount.to_integral_value() else f"{amount:f}元"
    return f"{text}（{plain(amount / _WAN)}万元）" if abs(amount) >= _WAN and amount % 100 == 0 else text


def percent(share: Decimal) -> str:
    """A fraction of one in percent, at most four places after the point."""
    return f"{plain(share * 100)}%"


def duration(months: Decimal, unit: str = "") -> str:
    """Months in whole years where they are, or where years are the unit."""
    if months % 12 == 0 and (months or unit == "年"):
        return f"{plain(months / 12)}年"
    return f"{plain(months / 12)}年" if unit == "年" and months % 6 == 0 else f"{plain(months)}个月"


def calendar(day: date) -> str:
    """A date as written in Chinese; one given without a year is shown without one, or as 次年."""
    year = {YEARLESS: "", YEARLESS + 1: "次年"}.get(day.year, f"{day.year}年")
    return f"{year}{day.month}月{day.day}日"

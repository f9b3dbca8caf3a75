"""Read the keys of a calculator that make its form: `form` and `form_also`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.knowledge.reader import Key, Reader

from .model import Input, Joining

_MOST = 6  # a form that asks for more is not filled in on a phone
_FEWEST_OPTIONS = 2

FormKeys = tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[Joining, ...]]


def read_form(reader: Reader, key: Key, row: Mapping[str, Any], inputs: Mapping[str, Input | None]) -> FormKeys:
    """The inputs of the form, the groups of which only one is filled in, and the inputs that join once they are told.

    Faults are noted for unknown and repeated names, and for choices without readable options.
    """
    groups = [tuple(entry.split("|")) for entry in reader.words(row["form"], (*key, "form"))]
    form = tuple(name for group in groups for name in group)
    if not 1 <= len(form) <= _MOST:
        reader.fault((*key, "form"), f"{len(form)} 项", f"1 到 {_MOST} 项输入", "挑算出结果必需的几项。")
    joining = tuple(
        Joining(tuple(str(names).split()), reader.words(instead, (*key, "form_also", names)))
        for names, instead in row.get("form_also", {}).items()
    )
    first = [each.names[0] for each in joining if each.names]
    for name in {name for name in (*form, *first) if (*form, *first).count(name) > 1}:
        reader.fault((*key, "form"), name, "每项只写一次", "form 和 form_also 里重复的请删掉。")
    for name in form:
        _check(reader, (*key, "form"), name, inputs)
    for each in joining:
        if not each.names:
            reader.fault((*key, "form_also"), "空的名称", "inputs 里的名称", "写成“名称: [代替的几项]”。")
        for name in each.names:
            _check(reader, (*key, "form_also", " ".join(each.names)), name, inputs)
        for name in each.instead:
            reader.known(name, (*key, "form_also", " ".join(each.names)), form, "form 里的名称")
    opening = inputs.get(form[0]) if form else None
    if opening and not opening.ask:
        reader.fault((*key, "inputs", form[0]), "缺少 ask", "问这一项的话", "表单先问第一项，请补上 ask。")
    return form, tuple(group for group in groups if len(group) > 1), joining


def _check(reader: Reader, key: Key, name: str, inputs: Mapping[str, Input | None]) -> None:
    """An input of a form is there; a choice among them has options that people can read."""
    if not reader.known(name, key, inputs, "inputs 里的名称"):
        return
    entry = inputs[name]
    if entry and entry.measure == "choice" and len(entry.labels) < _FEWEST_OPTIONS:
        remedy = "在这项输入里写 labels，给每个值一个中文名称。"
        reader.fault((*key, name), f"{len(entry.labels)} 个选项", "至少两个有名称的选项", remedy)

"""bot schemes, bot check, bot match: eligibility from the command line."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any, NoReturn, Optional

import typer
from rich.console import Console
from rich.table import Table

from bot.eligibility import Assessment, Interview, Outcome, Verdict, assess, best_combination, matching, one_step_away
from bot.eligibility.wording import Line, in_words
from bot.knowledge import Knowledge, load_knowledge
from bot.knowledge.fault import did_you_mean
from bot.knowledge.schemes import Fact, Group, Leaf, Scheme, Value, ValueFault, parse_value
from bot.rendering import sheet_text
from bot.settings import load_settings, today

app = typer.Typer(invoke_without_command=True, help="政策条件：列出、画图")
_out = Console(soft_wrap=True)
_err = Console(stderr=True, soft_wrap=True, highlight=False)
_STATES = {"met": "满足", "not_met": "不满足", "not_stated": "没说", "open": "原文没写明"}


def _fail(message: str) -> NoReturn:
    _err.print("[red]错误[/red] " + message.replace("[", "\\["))
    raise typer.Exit(2)


def _knowledge() -> Knowledge:
    return load_knowledge(load_settings().knowledge)


def find_scheme(knowledge: Knowledge, name: str) -> Scheme:
    """A scheme by id or name; ends with exit code 2 and the nearest name where there is none."""
    for scheme in knowledge.schemes.values():
        if name in (scheme.id, scheme.name):
            return scheme
    called = [scheme.name for scheme in knowledge.schemes.values() if name in scheme.words]
    known = called or [*knowledge.schemes, *(scheme.name for scheme in knowledge.schemes.values())]
    _fail(f"没有“{name}”这项政策。" + (f"是不是想写 {called[0]}？" if called else did_you_mean(name, known)))


def parse_facts(knowledge: Knowledge, text: str) -> dict[str, Value]:
    """Facts as JSON; ends with exit code 2 for broken JSON, an unknown fact, a wrong type or an impossible value."""
    try:
        stated = json.loads(text)
    except ValueError as error:
        _fail(f"--facts 不是合法的 JSON：{error}")
    if not isinstance(stated, dict):
        _fail('--facts 应为键值表，如 {"年龄": 40}。')
    result: dict[str, Value] = {}
    for label, value in stated.items():
        fact = knowledge.facts.get(label)
        if fact is None:
            _fail(f"没有“{label}”这个事实。{did_you_mean(label, knowledge.facts)}")
        if value is None:
            continue  # not stated
        try:
            result[label] = parse_value(fact, value)
        except ValueFault as error:
            _fail(str(error))
    return result


def _day(text: Optional[str]) -> date:
    if text is None:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        _fail(f"--as-of 应为日期，如 2022-10-15，给的是“{text}”。")


@app.callback()
def schemes(
    context: typer.Context,
    as_json: bool = typer.Option(False, "--json", help="输出 JSON"),
    as_markdown: bool = typer.Option(False, "--markdown", help="输出 docs/schemes.md 的内容"),
) -> None:
    """列出每项政策：编号、名称、对象、要问的事实。"""
    if context.invoked_subcommand:
        return
    knowledge = _knowledge()
    if as_json:
        rows = [_scheme_data(knowledge, scheme) for scheme in knowledge.schemes.values()]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    if as_markdown:
        typer.echo(to_markdown(knowledge), nl=False)
        return
    table = Table()
    for title in ("编号", "名称", "对象", "要问的事实"):
        table.add_column(title, overflow="fold", min_width=26 if title == "编号" else None)
    for scheme in knowledge.schemes.values():
        serves = "个人" if scheme.serves == "person" else "单位"
        table.add_row(scheme.id, scheme.name, serves, "、".join(scheme.facts(knowledge.facts)))
    _out.print(table)


def to_markdown(knowledge: Knowledge) -> str:
    """Every scheme with its conditions and clauses, for docs/schemes.md."""
    lines = ["# 政策条件一览", "", "由 `bot schemes --markdown` 从 knowledge/schemes/ 生成，不要手改。", ""]
    for scheme in knowledge.schemes.values():
        serves = "个人" if scheme.serves == "person" else "单位"
        lines += [
            f"## {scheme.name}",
            "",
            f"`{scheme.id}`，{serves}",
            "",
            *_bullets(in_words(scheme.conditions), 0),
            "",
        ]
        parts = (
            ("能得到", [benefit.says for benefit in scheme.benefit]),
            ("要带", [document.item for document in scheme.documents]),
            ("原文没写明", [note.says for note in scheme.leaves_open]),
        )
        for title, rows in parts:
            if rows:
                lines += [f"{title}：{'；'.join(rows)}", ""]
    return "\n".join(lines)


def _bullets(line: Line, depth: int) -> list[str]:
    indent = "  " * depth
    if not line.parts:
        still = f"（{line.open_says}）" if line.open_says else ""
        return [f"{indent}- {line.text} `{line.clause}`{still}"]
    return [f"{indent}- {line.text}", *(row for part in line.parts for row in _bullets(part, depth + 1))]


def _scheme_data(knowledge: Knowledge, scheme: Scheme) -> dict[str, Any]:
    labels = dict.fromkeys(
        label
        for leaf in scheme.leaves()
        if leaf.fact
        for label in (*(knowledge.facts[leaf.fact].share or ()), leaf.fact)
    )
    return {
        "id": scheme.id,
        "name": scheme.name,
        "for": scheme.serves,
        "facts": [_fact_data(knowledge.facts[label]) for label in labels],
    }


def _fact_data(fact: Fact) -> dict[str, Any]:
    data: dict[str, Any] = {"label": fact.label, "type": fact.type, "unit": fact.unit, "values": list(fact.values)}
    if fact.may_not_apply:
        data["may_not_apply"] = True
    return {**data, "question": fact.ask}


@app.command()
def graph(name: str, out: Optional[Path] = typer.Option(None, help="写到哪个 SVG 文件，默认 <编号>.svg")) -> None:
    """把一项政策的条件画成 SVG（要先装 graphviz）。"""
    knowledge = _knowledge()
    scheme = find_scheme(knowledge, name)
    if shutil.which("dot") is None:
        _fail("没有找到 dot 程序，请先安装 graphviz（apt-get install graphviz）。")
    target = out or Path(f"{scheme.id}.svg")
    drawn = subprocess.run(["dot", "-Tsvg"], input=to_dot(scheme), capture_output=True, text=True, check=True)
    target.write_text(drawn.stdout, encoding="utf-8")
    _err.print(f"已写入 {target}")


def to_dot(scheme: Scheme) -> str:
    """The conditions of a scheme in Graphviz's language."""
    lines = ["digraph {", 'rankdir=LR; node [shape=box, style=rounded, fontname="Noto Sans CJK SC"];']
    words = {"all": "都要满足", "any": "满足一项", "none": "都不能有"}

    def quoted(text: str, last: str = "") -> str:
        pieces = [text[i : i + 18] for i in range(0, len(text), 18)] + ([last] if last else [])
        return '"' + "\\n".join(piece.replace('"', "'") for piece in pieces) + '"'

    def draw(condition: Leaf | Group, id: str) -> None:
        if isinstance(condition, Leaf):
            lines.append(f"{id} [label={quoted(condition.says, condition.clause)}];")
            return
        label = f"{condition.name}：{words[condition.kind]}" if condition.name else words[condition.kind]
        lines.append(f"{id} [label={quoted(label)}, shape=ellipse];")
        for i, part in enumerate(condition.parts):
            draw(part, f"{id}_{i}")
            lines.append(f"{id} -> {id}_{i};")

    lines.append(f"s [label={quoted(scheme.name)}, shape=box, style=filled, fillcolor=lightblue];")
    draw(scheme.conditions, "c")
    return "\n".join([*lines, "s -> c;", "}"])


def trace(assessment: Assessment) -> list[dict[str, Any]]:
    """Every condition with its state, the fact, its value and its clause."""
    rows: list[dict[str, Any]] = []

    def walk(outcome: Outcome, names: tuple[str, ...]) -> None:
        condition = outcome.condition
        if isinstance(condition, Leaf):
            row = {"says": condition.says, "clause": condition.clause, "state": outcome.state.value}
            value = None if outcome.value is None else _plain(outcome.value)
            rows.append({**row, "fact": condition.fact, "value": value, "group": "/".join(names)})
            return
        here = (*names, condition.name) if condition.name else names
        for part in outcome.parts:
            walk(part, here)

    walk(assessment.outcome, ())
    return rows


def _plain(value: Value) -> object:
    if isinstance(value, (bool, str)):
        return value
    return value.isoformat() if isinstance(value, date) else float(value)


def _data(assessment: Assessment) -> dict[str, Any]:
    return {
        "scheme": assessment.scheme.id,
        "name": assessment.scheme.name,
        "verdict": assessment.verdict.value,
        "missing": list(assessment.missing),
        "open": [leaf.open_says for outcome in assessment.open() if isinstance(leaf := outcome.condition, Leaf)],
    }


def check(
    scheme: str = typer.Argument(..., help="政策的编号或名称"),
    facts: str = typer.Option("{}", "--facts", help="事实，如 '{\"年龄\": 40}'"),
    as_of: Optional[str] = typer.Option(None, "--as-of", help="按哪一天判断，默认今天"),
    as_json: bool = typer.Option(False, "--json", help="输出 JSON"),
) -> None:
    """核对一项政策：结论、每个条件、还缺什么（按会问的先后）。"""
    knowledge = _knowledge()
    found = find_scheme(knowledge, scheme)
    day = _day(as_of)
    one = assess(found, parse_facts(knowledge, facts), knowledge.facts, day)
    if as_json:
        data = {**_data(one), "as_of": day.isoformat(), "trace": trace(one)}
        typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
        return
    _out.print(f"{found.name}：{one.verdict.value}（{day}，初步判断，以经办机构审核为准）")
    table = Table("条件", "条款", "结果", "值")
    for row in trace(one):
        says = f"{row['group']}：{row['says']}" if row["group"] else row["says"]
        table.add_row(says, row["clause"], _STATES[row["state"]], "" if row["value"] is None else str(row["value"]))
    _out.print(table)
    for says in _data(one)["open"]:
        _out.print(f"要向经办机构问清的：{says}")
    if one.missing:
        _out.print("还缺：" + "、".join(one.missing))


def match(
    facts: str = typer.Option("{}", "--facts", help="事实，如 '{\"年龄\": 40}'"),
    serves: Optional[str] = typer.Option(None, "--for", help="person（个人）或 firm（单位）；默认从事实看"),
    as_of: Optional[str] = typer.Option(None, "--as-of", help="按哪一天判断，默认今天"),
    as_json: bool = typer.Option(False, "--json", help="输出 JSON"),
) -> None:
    """政策找人：按事实核对全部政策。"""
    knowledge = _knowledge()
    stated = parse_facts(knowledge, facts)
    if serves not in (None, "person", "firm"):
        _fail(f"--for 应为 person 或 firm，给的是“{serves}”。")
    firm = any(knowledge.facts[label].of == "firm" for label in stated)
    interview = Interview(None, stated, serves=serves or ("firm" if firm else "person"))
    assessments = matching(knowledge.schemes.values(), interview, knowledge.facts, _day(as_of))
    fits = [one for one in assessments if one.verdict is Verdict.ELIGIBLE]
    taken, pairs = best_combination(fits)
    steps = [one for one in assessments if one_step_away(one, knowledge.facts)]
    if as_json:
        data = {
            "for": interview.serves,
            "schemes": [_data(one) for one in assessments],
            "one_step_away": [one.scheme.id for one in steps],
            "combination": [one.scheme.id for one in taken],
            "excluded": [{"taken": one.scheme.id, "left": other.scheme.id} for one, other in pairs],
        }
        typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
        return
    table = Table("政策", "结论", "还缺")
    for one in assessments:
        table.add_row(one.scheme.name, one.verdict.value, "、".join(one.missing))
    _out.print(table)


def sheet(code: str = typer.Argument(..., help="告知单上的编号，8 位")) -> None:
    """按编号打开一张一次性告知单。"""
    from bot.conversation.runtime import sheets

    try:
        found = asyncio.run(sheets().load(code))
    except OSError:
        _fail("现在连不上 BOT_DATABASE 指的数据库，打不开告知单。")
    if found is None:
        _fail(f"没有编号为“{code}”的告知单。编号是 8 位字母和数字，告知单保存 90 天。")
    typer.echo(sheet_text(found))

"""The commands `bot database migrate` and `bot database status`."""

from __future__ import annotations

import typer
from rich.console import Console

from bot.settings import SettingsError, load_settings

app = typer.Typer(no_args_is_help=True, help="存放对话的数据库（BOT_DATABASE）")
_out = Console(soft_wrap=True, highlight=False)


@app.command()
def migrate() -> None:
    """建立数据库的结构，或改成这一版程序要的；已经是的就什么也不做。"""
    from bot.database.schema import migrate

    before = migrate(_address())
    for name, title in before.missing:
        _out.print(f"已做 {name} {title}", markup=False)
    _out.print(f"数据库的结构是 {before.needs}，和程序一致。")


@app.command()
def status() -> None:
    """数据库的结构和程序是否一致；不一致时退出码是 1。"""
    from bot.database.schema import check_schema, read_schema

    address = _address()
    schema = read_schema(address)
    _out.print(f"数据库：{schema.has or '还没有建立'}；程序：{schema.needs}")
    for name, title in schema.missing:
        _out.print(f"还没有做 {name} {title}", markup=False)
    check_schema(address)


def _address() -> str:
    address = load_settings().database
    if not address:
        raise SettingsError("没有设置 BOT_DATABASE：对话都在进程的内存里，不需要数据库。")
    return address

"""The command line: bot serve, reload, shell, ask, explain, train, knowledge check, database, schemes, check, match, wechat."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NoReturn, Optional

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

app = typer.Typer(add_completion=False, no_args_is_help=True, help="就业政策助手：命令行")
knowledge_app = typer.Typer(no_args_is_help=True, help="知识库")
app.add_typer(knowledge_app, name="knowledge")

_out = Console(soft_wrap=True)  # a line is never broken inside a number
_err = Console(stderr=True, soft_wrap=True, highlight=False)
_LEAST_PYTHON = (3, 10)


def main() -> None:
    """Entry point: every known fault becomes one clear line and exit code 1, never a trace."""
    if sys.version_info[:2] != _LEAST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        _err.print(f"[red]错误[/red] Python 版本不对：这里是 {found}，需要 3.10。请用 make env 建立环境。")
        raise SystemExit(1)
    try:
        if sys.argv[1:2] not in (["serve"], ["reload"]):
            from bot.conversation.runtime import quiet_start

            quiet_start()
            with_every_command()
        app()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:
        from bot.server.faults import explained

        lines = explained(error)
        if lines is None:
            raise
        for line in lines[:-1]:
            _err.print("[red]错误[/red] " + line.replace("[", "\\["))
        _fail(lines[-1])


@functools.cache
def with_every_command() -> typer.Typer:
    """The command line whole. `bot serve` does without: the others import half the bot, which takes seconds."""
    from bot import cli_database, cli_privacy, cli_schemes, cli_wechat

    app.add_typer(cli_database.app, name="database")
    app.add_typer(cli_schemes.app, name="schemes")
    app.add_typer(cli_wechat.app, name="wechat")
    for command in (cli_schemes.check, cli_schemes.match, cli_schemes.sheet, cli_privacy.forget):
        app.command()(command)
    return app


def _fail(message: str) -> NoReturn:
    _err.print("[red]错误[/red] " + message.replace("[", "\\["))
    raise SystemExit(1)


def _train() -> None:
    """Train what is missing, with a progress display."""
    from bot.conversation.training import TrainingError, train
    from bot.settings import load_settings

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f}/{task.total:.0f}"))
    with Progress(*columns, TimeElapsedColumn(), console=_err) as display:
        task = display.add_task("检查", total=1)

        def progress(label: str, done: int, total: int) -> None:
            display.update(task, description=label, completed=done, total=total)

        try:
            trained = train(load_settings(), lambda line: display.console.print("需要训练：" + line), progress)
        except TrainingError as error:
            _fail(str(error))
        except OSError as error:
            _fail(f"训练时不能写文件：{error.strerror}。请检查磁盘空间和权限。")
        if not trained:
            display.update(task, description="已是最新，不需要训练", completed=1, total=1)


@app.command()
def train(
    encoder: bool = typer.Option(False, "--encoder", help="从头训练随项目发布的句向量模型并重新校准（约十分钟）"),
) -> None:
    """训练缺少的部分：检索索引和对话模型。没有改动就什么也不做。"""
    from bot.assembly import build_encoder
    from bot.knowledge import load_knowledge
    from bot.settings import load_settings

    if encoder:
        settings = load_settings()
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=_err) as display:
            task = display.add_task("读取问法", total=1)

            def progress(label: str, done: int, total: int) -> None:
                display.update(task, description=label, completed=done, total=total)

            build_encoder(settings, load_knowledge(settings.knowledge), progress)
    _train()


@app.command()
def serve(
    port: Optional[int] = typer.Option(None, help="端口，默认见 bot.yml"),
    workers: Optional[int] = typer.Option(
        None, help="回答的进程数，默认见 bot.yml；多于一个要有 BOT_DATABASE 和 BOT_REDIS"
    ),
) -> None:
    """启动网页服务；缺少的先训练。"""
    for key, given in (("BOT_PORT", port), ("BOT_WORKERS", workers)):
        if given is not None:
            os.environ[key] = str(given)
    if not hasattr(os, "fork"):
        _fail("bot serve 要在 Linux 或 macOS 上运行；Windows 上请用 WSL 或 Docker（deploy/README.md）。")
    from bot.server.listening import check_port
    from bot.server.notice import notice_file
    from bot.settings import load_settings

    settings = load_settings()
    check_port(settings.host, settings.port)
    file = notice_file(settings.data, settings.port)
    # The process becomes the supervisor, which is to be small and to live long.
    os.execv(sys.executable, [sys.executable, "-m", "bot.server", settings.host, str(settings.port), str(file)])


@app.command()
def reload(port: Optional[int] = typer.Option(None, help="bot serve 用的端口，默认见 bot.yml")) -> None:
    """让正在运行的服务换上改过的知识库，不中断；换不上就还用原来的。"""
    if port is not None:
        os.environ["BOT_PORT"] = str(port)
    from bot.server.notice import notice_file, running
    from bot.server.reload import Ended, reload
    from bot.settings import load_settings

    settings = load_settings()
    file = notice_file(settings.data, settings.port)
    before = running(file)
    if before is None:
        _fail(f"端口 {settings.port} 上没有由 bot serve 启动的服务。端口不同就写明：bot reload --port 5005")
    if not before.database:
        _err.print("提醒：没有设 BOT_DATABASE，对话只在内存里。换上以后，正在进行的对话要从头开始。")
    _err.print("正在换上新的知识库……")
    try:
        after = reload(file, before)
    except PermissionError:
        _fail("没有权限。请用启动 bot serve 的那个用户运行。")
    except Ended:
        _fail("服务已经停了，请看它的日志。")
    if after.failed > before.failed:
        _fail("没有换上，原来的知识库继续用着。原因在 bot serve 的日志里，也可以运行 bot knowledge check 来看。")
    _out.print(f"已换上，知识库版本 {after.knowledge}。")


@app.command()
def demo(port: int = typer.Option(5006, help="示例网站的端口")) -> None:
    """打开一个“别的网站”的示例页，试一试嵌入（对话服务要另外启动）。"""
    from bot.channels.demo import demo_server
    from bot.settings import load_settings

    settings = load_settings()
    bot = f"http://{settings.host}:{settings.port}"
    site = f"http://127.0.0.1:{port}"
    if site not in settings.origins:
        _err.print(f"提醒：对话服务还没有登记这个网站。请这样启动它：BOT_ORIGINS={site} make serve")
    try:
        server = demo_server(bot, port)
    except OSError:
        _fail(f"端口 {port} 已被占用，请换一个：bot demo --port {port + 1}")
    _err.print(f"示例网站 {site}（对话服务 {bot}）。停止：按 Ctrl+C")
    server.serve_forever()


@app.command()
def shell() -> None:
    """在终端里对话，和网页走同一条路。"""
    asyncio.run(_shell())


async def _shell() -> None:
    from bot.conversation.agent import Conversation

    conversation = Conversation(await _agent(), "shell")
    _out.print("直接输入要问的话；输入编号选择；按 Ctrl+D 退出。")
    while True:
        try:
            text = await asyncio.to_thread(input, "您：")
        except (EOFError, KeyboardInterrupt):
            _out.print("再见。")
            return
        if not text.strip():
            continue
        reply = await conversation.say(text)
        _out.print(reply["text"], markup=False, highlight=False)
        for i, suggestion in enumerate(reply["suggestions"], 1):
            _out.print(f"  {i} {suggestion['label']}", markup=False, highlight=False)
        _out.print(f"（{reply['status']}，{reply['ms']} 毫秒）", style="dim")


async def _agent() -> Any:
    from bot.conversation.runtime import kit
    from bot.settings import load_settings

    kit()  # a fault in the knowledge is said at once, before Rasa takes its time to load
    from bot.conversation.agent import NoModel, load_agent, warm_up

    try:
        agent = load_agent(load_settings().rasa)
        await warm_up(agent)
        return agent
    except NoModel as error:
        _fail(str(error))


@app.command()
def ask(
    turns: Optional[list[str]] = typer.Argument(None, help="问题，后面可以跟追问"),
    as_of: Optional[str] = typer.Option(None, "--as-of", help="按哪一天判断政策期限，如 2022-10-15"),
    json_: bool = typer.Option(False, "--json", help="输出一行 JSON"),
    batch: Optional[str] = typer.Option(None, "--batch", help="JSON 行文件，- 为标准输入"),
) -> None:
    """问一句，或成批地问。每一行是一次新的对话。"""
    day = _day(as_of)
    if batch is None and not turns:
        _fail("请给出问题，或用 --batch 给出文件。")
    if batch is not None:
        raise SystemExit(asyncio.run(_batch(batch, day)))
    asyncio.run(_once(list(turns or ()), day, json_))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        _fail(f"日期写的是“{text}”，应为年-月-日，如 2022-10-15。")
        return None


async def _once(turns: list[str], day: date | None, as_json: bool) -> None:
    replies = await _converse(await _agent(), turns, day)
    if as_json:
        print(json.dumps({"id": "1", "replies": replies}, ensure_ascii=False))
        return
    for turn, reply in zip(turns, replies):
        _out.print(f"您：{turn}", style="bold", markup=False, highlight=False)
        _out.print(reply["text"], markup=False, highlight=False)
        labels = "、".join(suggestion["label"] for suggestion in reply["suggestions"])
        _out.print(f"（{reply['status']}，{reply['ms']} 毫秒）{labels}", style="dim", highlight=False)


async def _converse(agent: Any, turns: list[str], day: date | None) -> list[dict[str, Any]]:
    from bot.conversation.agent import Conversation
    from bot.settings import AS_OF

    token = AS_OF.set(day)
    try:
        conversation = Conversation(agent, "batch")
        replies = [await conversation.say(turn) for turn in turns]
    finally:
        AS_OF.reset(token)
    return [{key: value for key, value in reply.items() if key != "paragraphs"} for reply in replies]


def _rows(source: str) -> Iterator[tuple[int, str]]:
    with contextlib.nullcontext(sys.stdin) if source == "-" else Path(source).open(encoding="utf-8") as stream:
        for number, row in enumerate(stream, 1):
            if row.strip():
                yield number, row


async def _batch(source: str, day: date | None) -> int:
    if source != "-" and not Path(source).is_file():
        _fail(f"没有文件 {source}。")
    agent = await _agent()
    faults = 0
    done = 0
    for number, row in _rows(source):
        try:
            line = json.loads(row)
            turns = line["turns"]
            if not isinstance(turns, list) or not turns or not all(isinstance(turn, str) for turn in turns):
                raise ValueError("turns 应为文字列表")
            own = date.fromisoformat(line["as_of"]) if line.get("as_of") else day
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            faults += 1
            what = f"缺少 {error}" if isinstance(error, KeyError) else str(error)
            _err.print(f'第 {number} 行不能用：{what}。应为 {{"id": …, "turns": ["…"]}}', markup=False)
            continue
        replies = await _converse(agent, turns, own)
        print(json.dumps({"id": line.get("id"), "replies": replies}, ensure_ascii=False), flush=True)
        done += 1
        if done % 20 == 0:
            _err.print(f"已答 {done} 条", style="dim")
    _err.print(f"共答 {done} 条，{faults} 行不能用。", style="dim")
    return 1 if faults else 0


@app.command()
def explain(
    question: str = typer.Argument(help="问题"),
    as_of: Optional[str] = typer.Option(None, "--as-of"),
) -> None:
    """逐步说明一个问题是怎样回答的：每步用时，采用和没有采用的条款及分数。"""
    asyncio.run(_explain(question, _day(as_of)))


async def _explain(question: str, day: date | None) -> None:
    from bot.answering import Context, Message, answer
    from bot.conversation.intake import user_message
    from bot.conversation.runtime import kit
    from bot.rendering import to_text

    agent = await _agent()
    prepared = user_message(question, "explain", None, "explain")
    parsed = await agent.parse_message(prepared.text)
    intent = parsed["intent"]
    message = Message(prepared.text, intent["name"] or "", float(intent["confidence"]))
    reply = answer(kit(), message, Context(), day or date.today())
    _out.print(f"听成：{intent['name']}（{intent['confidence']:.2f}）")
    found = [f"{e['entity']}={e['value']}" for e in parsed["entities"]]
    _out.print("找到：" + ("、".join(found) or "无"), markup=False)
    steps = Table("步骤", "毫秒", title=f"停在 {reply.stopped_at}，状态 {reply.status.value}")
    for name, milliseconds in reply.timings:
        steps.add_row(name, f"{milliseconds:.2f}")
    _out.print(steps)
    read = kit().reader.read(prepared.text)
    hits = kit().retriever.search(read.core or read.text)
    table = Table("条款", "采用", "概率", "向量", "词面", "原因", "内容")
    for hit, taken in [*((h, "是") for h in hits.accepted), *((h, "否") for h in hits.rejected)]:
        clause = kit().knowledge.clauses.get(hit.id)
        near = kit().knowledge.uncovered.get(hit.id)
        text = clause.text if clause else near.name if near else "与就业政策无关"
        table.add_row(
            hit.id, taken, f"{hit.probability:.3f}", f"{hit.dense:.2f}", f"{hit.lexical:.1f}", hit.reason, text[:24]
        )
    _out.print(f"册子能回答的把握 {hits.in_scope:.2f}（界限 {kit().retriever.fusion.threshold:.2f}）")
    _out.print(table)
    _out.print(to_text(reply), markup=False, highlight=False)


@knowledge_app.command()
def check() -> None:
    """检查整个知识库，逐条说明错在哪一行、应当怎样。"""
    from bot.assembly import read_calculators
    from bot.knowledge import load_knowledge
    from bot.knowledge.questions import load_questions
    from bot.pages import read_accuracy
    from bot.settings import load_settings
    from bot.wechat_setup.menu import load_menu

    settings = load_settings()
    knowledge = load_knowledge(settings.knowledge)
    questions = load_questions(settings.knowledge, knowledge)
    load_menu(settings.knowledge, knowledge, read_calculators(settings, knowledge))
    read_accuracy(settings.knowledge / "accuracy.json")
    asked = {question.label for question in questions}
    rows = {phone.clause for directory in knowledge.directories.values() for phone in directory.phones.values()}
    rows |= {incubator.phone.clause for incubator in knowledge.incubators}
    bare = [id for id in knowledge.clauses if id not in asked and id not in rows]
    if bare:
        _err.print(f"提醒：{len(bare)} 条还没有问法，检索会差一些：{'、'.join(bare[:10])}")
    _out.print(
        f"知识库正确：{len(knowledge.brochures)} 册，{len(knowledge.clauses)} 条，{len(knowledge.topics)} 个主题，"
        f"{len(knowledge.directories)} 张电话表，{len(questions)} 条问法，版本 {knowledge.version}。"
    )


if __name__ == "__main__":
    main()

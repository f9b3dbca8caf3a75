"""The whole bot, started as staff start it, seen from WeChat: what a citizen can send, and what nobody may."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections import Counter

import httpx
import pytest
from typer.testing import CliRunner

from bot import cli, cli_wechat
from bot.channels.wechat.config import WeChatConfig
from bot.wechat_simulator import (
    KINDS,
    LIMIT,
    PATIENCE,
    Account,
    Delivery,
    compose,
    deliver,
    new_openid,
    open_client,
    read_reply,
    seal,
    tap,
)
from tests.channels.wechat.letters import RECORDED

from .fake_bots import CONFIG
from .servers import ACCOUNT, wechat

QUESTIONS = ("失业登记要带什么", "失业金怎么领", "创业贷款最多多少", "加班工资怎么算", "就业困难人员怎么认定")
OLD = 600  # seconds
RECORDINGS = sorted(path.stem for path in RECORDED.glob("*.xml"))


class Phone:
    """A citizen with the real bot."""

    def __init__(self, real) -> None:
        self.openid = new_openid()
        self._url = wechat(real.port)
        self.last: Delivery | None = None

    def send(self, kind: str, text: str = "", **options: object) -> Delivery:
        return self._deliver(compose(kind, self.openid, text, now=int(time.time()), **options))

    def say(self, text: str) -> str:
        return self.send("text", text).shown

    def tap(self, number: int) -> str:
        link = self.last.screen.choices[number - 1]
        return self._deliver(tap(self.openid, link.label, link.choice, now=int(time.time()))).shown

    def choose(self, choice: str) -> Delivery:
        return self._deliver(tap(self.openid, "选", choice, now=int(time.time())))

    def _deliver(self, message) -> Delivery:
        async def run() -> Delivery:
            async with open_client() as client:
                return await deliver(client, self._url, ACCOUNT, message)

        self.last = asyncio.run(run())
        return self.last


@pytest.fixture()
def phone(real):
    return Phone(real)


def test_a_question_is_answered_with_the_clause_and_buttons(phone):
    said = phone.say("失业登记要带什么")
    assert "出处：《就业服务》" in said and "[1] 1. " in said


def test_a_tap_and_its_number_ask_the_same(real):
    one, other = Phone(real), Phone(real)
    one.say("失业登记要带什么")
    other.say("失业登记要带什么")
    assert one.tap(2) == other.say("2")


def test_the_place_of_a_scanned_code_is_known_at_once(phone, knowledge):
    assert knowledge.places["kyqq"].name in phone.send("subscribe", "kyqq").shown
    phone.send("click", "human")
    assert knowledge.directories["employment"].phones["kyqq"].number in phone.last.shown


def test_a_position_gives_the_phone_of_the_nearest_place(phone, knowledge):
    shown = phone.send("location", "", at=(47.18, 119.94)).shown
    assert knowledge.directories["employment"].phones["aes"].number in shown.splitlines()


def test_who_leaves_is_forgotten(phone, knowledge):
    phone.send("subscribe", "kyqq")
    assert phone.send("unsubscribe").outcome == "silent"
    again = compose("click", phone.openid, "human", now=int(time.time()) + 1)  # nobody follows again in the same second
    shown = phone._deliver(again).shown
    assert shown and knowledge.directories["employment"].phones["kyqq"].number not in shown


def test_continuing_goes_on_with_a_check_that_was_stopped(phone, knowledge):
    asked = phone.choose(f"check:{next(iter(knowledge.schemes))}").shown
    phone.say("算了")
    assert phone.say("继续").splitlines()[-1] == asked.splitlines()[-1]


def test_continuing_where_nothing_follows_is_answered_so(phone, knowledge):
    phone.say("失业登记要带什么")
    assert phone.say("继续") == knowledge.replies["wechat_no_more"]


def test_a_spoken_question_is_answered_like_a_typed_one(real):
    assert Phone(real).send("voice", "失业登记要带什么。").shown == Phone(real).say("失业登记要带什么")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_message_is_taken(phone, kind):
    assert phone.send(kind).outcome in ("reply", "silent"), phone.last.tries


@pytest.mark.parametrize("kind", ["view", "unsubscribe", "location_event", "unknown"])
def test_nothing_is_said_where_nothing_was_asked(phone, kind):
    assert phone.send(kind).outcome == "silent"


@pytest.mark.parametrize("name", RECORDINGS)
async def test_every_recorded_message_is_taken(real, name):
    xml = (RECORDED / f"{name}.xml").read_text(encoding="utf-8")
    answer = await post(real, *seal(ACCOUNT, xml, "o_recorded", int(time.time())))
    assert answer.status_code == 200
    if answer.content != b"success":
        sent = dataclasses.replace(compose("text", "", now=0), openid=field(xml, "FromUserName"))
        account = dataclasses.replace(ACCOUNT, original_id=field(xml, "ToUserName"))
        assert read_reply(account, sent, answer.content)


def field(xml: str, name: str) -> str:
    return xml.partition(f"<{name}>")[2].partition(f"</{name}>")[0].removeprefix("<![CDATA[").removesuffix("]]>")


async def post(real, query: dict[str, str], body: bytes) -> httpx.Response:
    async with open_client() as client:
        return await client.post(wechat(real.port), params=query, content=body)


def letter(account: Account = ACCOUNT, text: str = "你好", age: int = 0) -> tuple[dict[str, str], bytes]:
    openid, now = new_openid(), int(time.time()) - age
    return seal(account, compose("text", openid, text, now=now).xml(account.original_id), openid, now)


def changed(**values: str) -> Account:
    return dataclasses.replace(ACCOUNT, **values)


FORGED = {
    "signed with another token": lambda: letter(changed(token="another0")),
    "sealed with another key": lambda: letter(changed(aes_key=ACCOUNT.aes_key[::-1])),
    "for another app id": lambda: letter(changed(app_id="wx9999999999999999")),
    "plaintext": lambda: letter(changed(mode="plain")),
    "ten minutes old": lambda: letter(age=OLD),
    "ten minutes early": lambda: letter(age=-OLD),
    "no query": lambda: ({}, letter()[1]),
    "no msg_signature": lambda: ({**letter()[0], "msg_signature": ""}, letter()[1]),
    "the body of another": lambda: (letter()[0], letter()[1]),
    "no body": lambda: (letter()[0], b""),
    "no XML": lambda: (letter()[0], b"{}"),
    "65 KB": lambda: (letter()[0], b"x" * 65 * 1024),
}


@pytest.mark.parametrize("name", FORGED)
async def test_what_is_not_from_wechat_is_refused(real, name):
    answer = await post(real, *FORGED[name]())
    assert (answer.status_code, answer.content) == (403, b"")


async def test_the_address_of_a_message_cannot_carry_another_one(real):
    query, body = letter(changed(mode="encrypted"))
    assert (await post(real, query, body)).status_code == 200
    other = letter(text="别的话")
    assert (await post(real, {**query, "msg_signature": other[0]["msg_signature"]}, other[1])).status_code == 403


async def test_the_check_needs_a_signature(real):
    async with open_client() as client:
        answer = await client.get(wechat(real.port), params={"echostr": "1", "timestamp": str(int(time.time()))})
    assert (answer.status_code, answer.text) == (403, "")


@pytest.mark.parametrize(("name", "reason"), [("plaintext", "plaintext in encrypted mode"), ("65 KB", "too large")])
async def test_the_log_has_a_line_for_a_refusal_and_no_trace(real, name, reason):
    before = len(real.log())
    await post(real, *FORGED[name]())
    (line,) = real.log()[before:].splitlines()
    assert "refused" in line and reason in line


async def test_a_reply_is_sent_as_it_is_whatever_the_client_takes(real):
    answer = await post(real, *letter(text="失业登记要带什么"))
    assert len(answer.content) > 1000
    assert "content-encoding" not in answer.headers and answer.headers["cache-control"] == "no-store"


async def test_a_connection_that_wechat_closes_is_no_error(real):
    async with open_client() as client:
        message = compose("text", new_openid(), "失业登记要带什么", now=int(time.time()))
        await deliver(client, wechat(real.port), ACCOUNT, message, patience=0.005)
    await asyncio.sleep(0.5)
    assert "ERROR" not in real.log() and "Traceback" not in real.log()


def test_the_log_knows_no_openid_and_no_secret(real, phone):
    phone.say("失业登记要带什么")
    assert not [secret for secret in (phone.openid, ACCOUNT.token, ACCOUNT.aes_key) if secret in real.log()]


def test_a_slash_is_only_a_slash(phone):
    assert phone.send("text", "/restart").outcome == "reply"
    assert phone.choose("/restart").outcome == "reply"


async def test_two_hundred_people_at_once_get_their_own_answers_once(real):
    """No answer is lost, none goes to another, none is worked out twice, and most come with the first try."""

    async def ask(question: str) -> tuple[str, list[Delivery]]:
        openid, said, made = new_openid(), question, []
        async with open_client() as client:
            while True:
                message = compose("text", openid, said, now=int(time.time()))
                made.append(await deliver(client, wechat(real.port), ACCOUNT, message))
                if "回复 1" not in made[-1].shown:
                    return made[-1].shown, made
                said = "1"

    expected = {question: (await ask(question))[0] for question in QUESTIONS}
    before = len(real.seen())
    asked = [QUESTIONS[i % len(QUESTIONS)] for i in range(200)]
    start = time.monotonic()
    got = await asyncio.gather(*(ask(question) for question in asked))
    seconds = time.monotonic() - start
    assert Counter(said for question, (said, _) in zip(asked, got) if said != expected[question]) == {}
    assert len(set(expected.values())) == len(QUESTIONS)
    seen = real.seen()[before:]
    assert Counter(text for _, text in seen) == Counter(asked)
    assert set(Counter(sender for sender, _ in seen).values()) == {1}
    tries = Counter(len(made[0].tries) if len(made) == 1 else "fetched with 1" for _, made in got)
    # Where the crowd is done before WeChat closes, most; on a busy machine, half of those whose turn came by then.
    assert tries[1] > len(asked) / 2 * min(1, PATIENCE / seconds), (tries, seconds)


async def test_no_topic_needs_more_than_wechat_shows(real, knowledge):
    """Every topic with all its pages; a page over the limit would be shown as out of service."""
    sizes = []
    async with open_client() as client:
        for topic in knowledge.topics:
            openid = new_openid()
            message = tap(openid, "选", f"topic:{topic}", now=int(time.time()))
            while True:
                result = await deliver(client, wechat(real.port), ACCOUNT, message)
                assert result.outcome == "reply", (topic, result.tries)
                sizes.append(result.screen.size)
                if "回复“继续”看下文" not in result.shown:
                    break
                message = compose("text", openid, "继续", now=int(time.time()))
    assert max(sizes) <= LIMIT and len(sizes) > len(knowledge.topics)


@pytest.fixture()
def command(real, monkeypatch):
    """`bot wechat …` with the account of the running bot."""
    monkeypatch.setattr(cli_wechat, "load_wechat", lambda settings: WeChatConfig(**CONFIG))
    monkeypatch.setattr(cli_wechat, "_local", lambda: wechat(real.port))
    return lambda *arguments, typed="": CliRunner().invoke(
        cli.with_every_command(), ["wechat", *arguments], input=typed
    )


def test_check_finds_nothing_wrong_with_it(command):
    found = command("check")
    assert found.exit_code == 0, found.output


def test_simulate_shows_what_the_citizen_sees(command):
    shown = command("simulate", "--text", "失业登记要带什么", "--text", "2")
    assert shown.exit_code == 0 and shown.output.count("出处：《就业服务》") == 2 and "字节" in shown.output


def test_simulate_in_the_terminal_taps_links(command):
    shown = command("simulate", "--interactive", typed="失业登记要带什么\n[1]\n")
    assert shown.output.count("出处：《就业服务》") == 2 and shown.output.endswith("再见。\n")


def test_simulate_against_another_account_says_that_it_was_refused(command, monkeypatch):
    monkeypatch.setattr(cli_wechat, "load_wechat", lambda settings: WeChatConfig(**{**CONFIG, "token": "another0"}))
    refused = command("simulate", "--text", "你好")
    assert refused.exit_code == 1 and "该公众号暂时无法提供服务" in refused.output and "拒绝" in refused.output

"""Who asks too often is told so, with how long to wait; others are not."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.limits import Bucket, Limits

from .test_api import API, opened

SLOW = 0.1  # a second


def said(number):
    return {"id": f"m-{number:08}", "text": f"第{number}句"}


def behind(*addresses):
    return {"X-Forwarded-For": ", ".join(addresses)}


async def test_a_person_who_asks_too_often_is_told_how_long_to_wait(serve, fake):
    async with serve(limits=Limits(sender=Bucket(2, SLOW))) as client:
        await opened(client)
        answers = [await client.post(f"{API}/messages", json=said(n)) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    error = answers[2].json()["error"]
    assert error["code"] == "too_many" and f"{answers[2].headers['retry-after']}秒" in error["message"]
    assert int(answers[2].headers["retry-after"]) == 10
    assert len(fake.heard) == 3  # the greeting and two


async def test_what_is_sent_again_while_it_is_worked_on_is_not_counted(serve, fake):
    async with serve(limits=Limits(sender=Bucket(2, SLOW))) as client:
        await opened(client)
        fake.delay = 0.3
        first = asyncio.create_task(client.post(f"{API}/messages", json=said(1)))
        await asyncio.sleep(0.1)
        again = [client.post(f"{API}/messages", json=said(1)) for _ in range(5)]
        answers = await asyncio.gather(first, *again)
    assert {answer.status_code for answer in answers} == {200}


async def test_another_person_of_the_same_address_is_not_held_up(serve):
    async with serve(limits=Limits(sender=Bucket(1, SLOW))) as client:
        for _ in range(2):
            await opened(client, new=True)
            assert (await client.post(f"{API}/messages", json=said(1))).status_code == 200


async def test_many_persons_of_one_address_are_held_up_together(serve):
    async with serve(limits=Limits(address=Bucket(2, SLOW)), proxies=1, headers=behind("1.2.3.4")) as client:
        codes = []
        for _ in range(3):
            await opened(client, new=True)
            codes.append((await client.post(f"{API}/messages", json=said(1))).status_code)
        elsewhere = await client.post(f"{API}/messages", json=said(2), headers=behind("5.6.7.8"))
    assert codes == [200, 200, 429] and elsewhere.status_code == 200


async def test_an_address_that_is_only_claimed_does_not_help(serve):
    async with serve(limits=Limits(opened=Bucket(2, SLOW)), proxies=1) as client:
        answers = [
            await client.post(f"{API}/sessions", json={}, headers=behind(f"9.9.9.{n}", "1.2.3.4")) for n in range(3)
        ]
    assert [answer.status_code for answer in answers] == [201, 200, 429]


async def test_opening_the_page_too_often_is_refused_by_address(serve):
    async with serve(limits=Limits(opened=Bucket(2, SLOW)), proxies=1, headers=behind("1.2.3.4")) as client:
        answers = [await client.post(f"{API}/sessions", json={"new": True}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[2].json()["error"]["code"] == "too_many" and "秒" in answers[2].json()["error"]["message"]


async def test_votes_count_too(serve):
    vote = {"message": "m-00000001", "vote": "up"}
    async with serve(limits=Limits(sender=Bucket(2, SLOW))) as client:
        await opened(client)
        await client.post(f"{API}/messages", json=said(1))
        codes = [(await client.post(f"{API}/feedback", json=vote)).status_code for _ in range(2)]
    assert codes == [200, 429]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_our_own_machine_is_no_address(serve, address):
    async with serve(limits=Limits(opened=Bucket(1, SLOW)), proxies=1, headers=behind(address)) as client:
        answers = [await client.post(f"{API}/sessions", json={"new": True}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}

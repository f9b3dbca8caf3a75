"""The API of docs/api.md over HTTP."""

from __future__ import annotations

import asyncio

from bot.feedback import FeedbackFile

from .conftest import SITE

API = "/api/v1"
ID = "m-12345678"


async def opened(client, **body):
    answer = await client.post(f"{API}/sessions", json=body)
    assert answer.status_code == 201
    return answer


async def test_a_session_begins_with_a_greeting_and_an_http_only_cookie(serve):
    async with serve() as client:
        answer = await opened(client, place="kyqq")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
    data = answer.json()
    assert data["new"] is True and "token" not in data
    (greeting,) = data["messages"]
    assert greeting["text"] is None


async def test_behind_https_the_cookie_is_secure(serve):
    async with serve(headers={"X-Forwarded-Proto": "https"}) as client:
        assert "Secure" in (await opened(client)).headers["set-cookie"]


async def test_the_known_place_reaches_the_bot(serve, fake):
    async with serve() as client:
        await opened(client, place="kyqq")
        await opened(client, place="nowhere", new=True)
    assert [m.parse_data["entities"][0]["value"] for m in fake.heard] == ["start:kyqq", "start"]


async def test_a_reload_finds_the_conversation(serve):
    async with serve() as client:
        await opened(client)
        sent = (await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"})).json()
        again = await client.post(f"{API}/sessions", json={})
        history = (await client.get(f"{API}/messages")).json()["messages"]
    assert again.status_code == 200 and again.json()["new"] is False
    assert again.json()["messages"] == history
    assert [each["text"] for each in history] == [None, "失业登记"]
    assert history[1]["reply"] == sent["reply"] and history[1]["id"] == ID


async def test_starting_again_makes_another_sender_and_forgets_the_old_conversation(serve, fake):
    async with serve() as client:
        await opened(client)
        old = dict(client.cookies)
        await opened(client, new=True)
        assert len((await client.get(f"{API}/messages")).json()["messages"]) == 1
        client.cookies.clear()
        assert (await client.get(f"{API}/messages", cookies=old)).json() == {"messages": []}
    assert len({message.sender_id for message in fake.heard}) == 2


async def test_the_sender_is_never_what_the_client_holds(serve, fake):
    async with serve() as client:
        cookie = (await opened(client)).headers["set-cookie"]
    assert fake.heard[0].sender_id not in cookie


async def test_the_same_id_is_answered_twice_and_heard_once(serve, fake):
    async with serve() as client:
        await opened(client)
        fake.delay = 0.05
        body = {"id": ID, "text": "失业登记"}
        both = await asyncio.gather(*(client.post(f"{API}/messages", json=body) for _ in range(3)))
        later = await client.post(f"{API}/messages", json=body)
    assert len({answer.text for answer in (*both, later)}) == 1
    assert len(fake.heard) == 2


async def test_the_same_id_of_another_person_is_another_message(serve, fake):
    async with serve() as client:
        for _ in range(2):
            await opened(client, new=True)
            await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"})
    assert len(fake.heard) == 4


async def test_a_slow_answer_is_a_timeout_and_comes_when_the_id_is_sent_again(serve, fake):
    async with serve(timeout=0.05) as client:
        await opened(client)
        fake.delay = 0.2
        body = {"id": ID, "text": "失业登记"}
        first = await client.post(f"{API}/messages", json=body)
        await asyncio.sleep(0.3)
        second = await client.post(f"{API}/messages", json=body)
    assert (first.status_code, first.json()["error"]["code"]) == (504, "timeout")
    assert second.json()["reply"]["text"] == "回：失业登记"
    assert len(fake.heard) == 2


async def test_what_breaks_is_an_apology_with_an_incident_that_the_log_has(serve, caplog):
    async with serve() as client:
        await opened(client)
        answer = await client.post(f"{API}/messages", json={"id": ID, "text": "坏"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (500, "internal")
    assert error["incident"] in error["message"]
    assert "made by the test" not in answer.text
    logged = "\n".join(record.getMessage() + str(record.exc_info) for record in caplog.records)
    assert error["incident"] in logged and "made by the test" in logged


async def test_what_broke_may_be_sent_again(serve, fake):
    async with serve() as client:
        await opened(client)
        await client.post(f"{API}/messages", json={"id": ID, "text": "坏"})
        await client.post(f"{API}/messages", json={"id": ID, "text": "坏"})
    assert len(fake.heard) == 3


async def test_personal_numbers_are_masked_before_the_bot_and_the_history(serve, fake):
    async with serve() as client:
        await opened(client)
        sent = await client.post(f"{API}/messages", json={"id": ID, "text": "我电话13812345678"})
        history = await client.get(f"{API}/messages")
    assert "13812345678" not in sent.text + history.text + fake.heard[1].text
    assert "〔手机号〕" in sent.json()["text"]


async def test_a_leading_slash_is_no_command(serve, fake):
    async with serve() as client:
        await opened(client)
        await client.post(f"{API}/messages", json={"id": ID, "text": "／/restart"})
    assert fake.heard[1].text == "restart" and fake.heard[1].parse_data is None


async def test_without_a_session_nothing_is_answered(serve, fake):
    async with serve() as client:
        answer = await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"})
        vote = await client.post(f"{API}/feedback", json={"message": ID, "vote": "up"})
        history = await client.get(f"{API}/messages")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "no_session")
    assert vote.status_code == 401
    assert history.json() == {"messages": []}
    assert fake.heard == []


async def test_a_forged_cookie_is_no_session(serve):
    async with serve(headers={"Cookie": "policy_bot_session=abc.1795467242.00"}) as client:
        assert (await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"})).status_code == 401


async def test_a_vote_is_kept_with_the_question_and_the_clauses_and_masked(serve, tmp_path):
    async with serve() as client:
        await opened(client)
        await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"})
        body = {"message": ID, "vote": "down", "reason": "wrong", "comment": "打13812345678没人接"}
        assert (await client.post(f"{API}/feedback", json=body)).json() == {"saved": True}
    (kept,) = await FeedbackFile(tmp_path / "feedback.sqlite3").all()
    assert (kept.vote, kept.reason, kept.question, kept.status) == ("down", "wrong", "失业登记", "answered")
    assert kept.comment == "打〔手机号〕没人接"


async def test_a_vote_can_be_taken_back(serve, tmp_path):
    async with serve() as client:
        await opened(client)
        await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"})
        for vote in ("up", None):
            await client.post(f"{API}/feedback", json={"message": ID, "vote": vote})
    assert await FeedbackFile(tmp_path / "feedback.sqlite3").all() == []


async def test_a_vote_is_there_again_after_a_reload(serve):
    async with serve() as client:
        await opened(client)
        await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"})
        await client.post(f"{API}/feedback", json={"message": ID, "vote": "down"})
        messages = (await client.get(f"{API}/messages")).json()["messages"]
    assert [each["vote"] for each in messages] == [None, "down"]


async def test_nobody_votes_on_the_message_of_somebody_else(serve):
    async with serve() as client:
        await opened(client)
        await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"})
        await opened(client, new=True)
        answer = await client.post(f"{API}/feedback", json={"message": ID, "vote": "up"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_every_error_has_a_code_a_sentence_and_an_incident(serve):
    async with serve() as client:
        await opened(client)
        answers = [
            await client.post(f"{API}/messages", content=b"{"),
            await client.post(f"{API}/messages", json={"id": ID, "text": "长" * 501}),
            await client.post(f"{API}/messages", content=b"x" * 70_000),
            await client.get(f"{API}/nothing"),
            await client.put(f"{API}/bot"),
        ]
    codes = [(answer.status_code, answer.json()["error"]["code"]) for answer in answers]
    assert codes == [
        (400, "bad_json"),
        (413, "too_long"),
        (413, "too_large"),
        (404, "not_found"),
        (405, "wrong_method"),
    ]
    for answer in answers:
        error = answer.json()["error"]
        assert error["message"].endswith("。") and len(error["incident"]) == 8


async def test_a_listed_site_gets_a_token_and_no_cookie(serve):
    async with serve(headers={"Origin": SITE}) as client:
        answer = await opened(client)
        token = answer.json()["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        sent = await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"}, headers=bearer)
        without = await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"})
    assert "set-cookie" not in answer.headers
    assert sent.json()["reply"]["text"] == "回：失业登记"
    assert without.status_code == 401
    assert sent.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-credentials" not in sent.headers


async def test_a_cookie_does_not_count_for_another_site(serve):
    async with serve() as client:
        cookie = (await opened(client)).headers["set-cookie"].partition(";")[0]
        headers = {"Origin": SITE, "Cookie": cookie}
        answer = await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"}, headers=headers)
    assert answer.status_code == 401


async def test_a_site_that_is_not_listed_is_refused(serve, fake):
    for origin in ("https://evil.example", "null", SITE + ".evil.example", SITE.replace("https", "http")):
        async with serve(headers={"Origin": origin}) as client:
            answer = await client.post(f"{API}/sessions", json={})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin_not_allowed")
        assert "access-control-allow-origin" not in answer.headers
    assert fake.heard == []


async def test_the_preflight_of_a_listed_site_is_answered_and_of_another_refused(serve):
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    async with serve(headers=asks) as client:
        good = await client.options(f"{API}/messages", headers={"Origin": SITE})
        bad = await client.options(f"{API}/messages", headers={"Origin": "https://evil.example"})
    assert good.status_code == 204
    assert "Authorization" in good.headers["access-control-allow-headers"]
    assert bad.status_code == 403


async def test_our_own_page_may_name_its_origin(serve):
    async with serve() as client:
        own = str(client.base_url).rstrip("/")
        assert (await client.post(f"{API}/sessions", json={}, headers={"Origin": own})).status_code == 201


async def test_traditional_characters_are_given_where_asked_for(serve):
    async with serve(headers={"Accept-Language": "zh-Hant"}) as client:
        await opened(client)
        sent = await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"})
        about = await client.get(f"{API}/bot")
    assert sent.json()["reply"]["text"] == "回：失業登記"
    assert sent.json()["text"] == "失业登记"
    assert "科右前旗" in about.text and "扎賚特旗" in about.text


async def test_what_the_bot_is_may_be_cached(serve, kit):
    async with serve() as client:
        first = await client.get(f"{API}/bot")
        second = await client.get(f"{API}/bot", headers={"If-None-Match": first.headers["etag"]})
    data = first.json()
    assert second.status_code == 304
    assert [place["id"] for place in data["places"]] == list(kit.knowledge.places)
    assert data["characters"] == 500
    assert {reason["id"] for reason in data["reasons"]} >= {"wrong", "outdated"}


async def test_an_address_that_is_none_is_a_page_for_people(serve):
    async with serve() as client:
        answer = await client.get("/nothing/here")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert 'href="/schemes"' in answer.text


async def test_files_are_compressed_and_known_again(serve):
    async with serve(headers={"Accept-Encoding": "gzip"}) as client:
        first = await client.get("/static/page.css")
        again = await client.get("/static/page.css", headers={"If-None-Match": first.headers["etag"]})
        strange = [await client.get(f"/static/{name}") for name in ("nothing.css", "..%2f..%2fbot.yml", "index.html")]
    assert first.headers["content-encoding"] == "gzip" and first.headers["vary"] == "Accept-Encoding"
    assert int(first.headers["content-length"]) < len(first.content) / 2
    assert again.status_code == 304
    assert {answer.status_code for answer in strange} == {404}


async def test_answers_that_hold_a_secret_are_not_compressed(serve):
    async with serve(headers={"Accept-Encoding": "gzip", "Origin": SITE}) as client:
        assert "content-encoding" not in (await opened(client)).headers


async def test_a_script_that_floods_is_told_so_and_others_are_served(serve, fake):
    async with serve() as client:
        await opened(client)
        fake.delay = 0.2
        bodies = [{"id": f"message-{number}", "text": "失业登记"} for number in range(6)]
        answers = await asyncio.gather(*(client.post(f"{API}/messages", json=body) for body in bodies))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200, 200, 200, 429, 429, 429]
    assert {answer.json()["error"]["code"] for answer in answers if answer.status_code == 429} == {"too_many"}


async def test_an_id_that_was_answered_long_ago_is_not_heard_again(serve, fake):
    async with serve() as client:
        await opened(client)
        body = {"id": ID, "text": "失业登记"}
        first = await client.post(f"{API}/messages", json=body)
        client.recent._tasks.clear()  # as after two thousand other messages
        second = await client.post(f"{API}/messages", json=body)
    assert second.json()["reply"] == first.json()["reply"]
    assert len(fake.heard) == 2


async def test_an_action_that_says_nothing_is_an_error_and_may_be_tried_again(serve, fake):
    async with serve() as client:
        await opened(client)
        fake.mute = True
        first = await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"})
        fake.mute = False
        second = await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"})
    assert (first.status_code, first.json()["error"]["code"]) == (500, "internal")
    assert second.json()["reply"]["text"] == "回：失业登记"


async def test_feedback_that_cannot_be_read_stops_no_conversation(serve, tmp_path):
    (tmp_path / "feedback.sqlite3").write_text("no database" * 200)
    async with serve() as client:
        await opened(client)
        again = await client.post(f"{API}/sessions", json={})
    assert again.status_code == 200 and again.json()["messages"]


async def test_a_reload_while_an_answer_is_on_its_way_shows_it(serve, fake):
    async with serve() as client:
        await opened(client)
        fake.delay = 0.2
        sending = asyncio.ensure_future(client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"}))
        await asyncio.sleep(0.05)
        reloaded = await client.post(f"{API}/sessions", json={})
        await sending
    assert [each["text"] for each in reloaded.json()["messages"]] == [None, "失业登记"]


async def test_an_origin_that_is_none_is_refused_and_nothing_breaks(serve, caplog):
    for origin in ("http://[", "foo://127.0.0.1", "https://"):
        async with serve(headers={"Origin": origin}) as client:
            assert (await client.post(f"{API}/sessions", json={})).status_code == 403
    assert not [record for record in caplog.records if record.exc_info]


async def test_monitors_may_ask_for_the_head_alone(serve):
    async with serve() as client:
        for path in ("/", "/health", "/static/page.css", "/policy"):
            assert (await client.head(path)).status_code == 200


async def test_a_name_of_a_file_that_is_too_long_is_not_found(serve):
    async with serve() as client:
        assert (await client.get("/static/" + "x" * 300 + ".css")).status_code == 404


async def test_no_answer_may_be_taken_for_something_else(serve):
    async with serve() as client:
        assert (await opened(client)).headers["x-content-type-options"] == "nosniff"


async def test_a_vote_that_cannot_be_kept_is_told_so_in_a_sentence(serve, tmp_path):
    async with serve() as client:
        await opened(client)
        await client.post(f"{API}/messages", json={"id": ID, "text": "失业登记"})
        (tmp_path / "feedback.sqlite3").write_text("no database" * 200)
        answer = await client.post(f"{API}/feedback", json={"message": ID, "vote": "up"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")


async def test_a_sheet_that_cannot_be_read_now_is_told_so_in_a_sentence(serve, monkeypatch):
    import bot.channels.web.files as files

    class Sheets:
        async def load(self, code, day):
            raise ConnectionError

    kit = files.kit()
    monkeypatch.setattr(files, "kit", lambda: type("Kit", (), {"sheets": Sheets(), "knowledge": kit.knowledge}))
    async with serve() as client:
        answer = await client.get("/sheet/ABCD2345")
    assert answer.status_code == 503 and "过一会儿再试" in answer.text


async def test_who_comes_back_while_conversations_cannot_be_read_keeps_their_session(serve, fake, monkeypatch):
    from bot.conversation.tracker_store import LiveTrackerStore

    async with serve() as client:
        await opened(client)
        await fake.tracker_store.forget(fake.heard[0].sender_id)  # as in a process that has not seen it
        monkeypatch.setattr(LiveTrackerStore, "is_away", True)
        await opened(client)
        assert fake.heard[1].sender_id == fake.heard[0].sender_id
        await opened(client, new=True)
        assert fake.heard[2].sender_id != fake.heard[0].sender_id
        monkeypatch.setattr(LiveTrackerStore, "is_away", False)
        await fake.tracker_store.forget(fake.heard[2].sender_id)
        await opened(client)
        assert fake.heard[3].sender_id != fake.heard[2].sender_id

"""The addresses over HTTP: status, headers, what is asked for again."""

from __future__ import annotations

import dataclasses
import socket

import httpx
import pytest
from sanic import Sanic

from bot.channels.pages import matches, pages

from .conftest import site_of


@pytest.fixture()
def kits(knowledge):
    """The kits of the server, the one in use last."""
    return [site_of(knowledge).kit]


@pytest.fixture()
async def client(kits, monkeypatch):
    """A client of a server on loopback with nothing but the pages."""
    monkeypatch.setattr(Sanic, "_app_registry", {})
    monkeypatch.setattr(Sanic, "test_mode", True)  # several applications in one process
    app = Sanic("pages", configure_logging=False)
    app.blueprint(pages(lambda: kits[-1], address="https://bot.example"))
    sock = socket.create_server(("127.0.0.1", 0))  # given port 0, Sanic would take 8000
    server = await app.create_server(sock=sock, return_asyncio_server=True, access_log=False)
    await server.startup()
    await server.start_serving()
    port = sock.getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as found:
        yield found
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/policy", 200),
        ("/policy/jyfw", 200),
        ("/policy/nothing", 404),
        ("/schemes?for=firm&open=1", 200),
        ("/schemes/startup_grant", 200),
        ("/schemes/%E5%A4%B1%E4%B8%9A%E7%99%BB%E8%AE%B0", 404),
        ("/phones", 200),
        ("/phones?place=kyqq", 200),
        ("/phones?place=%3Cscript%3E", 404),
        ("/phones/kyqq", 200),
        ("/robots.txt", 200),
        ("/sitemap.xml", 200),
    ],
)
async def test_an_address_answers(client, path, status):
    assert (await client.get(path)).status_code == status


async def test_pages_run_nothing_from_elsewhere_and_are_asked_for_again(client):
    headers = (await client.get("/policy")).headers
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert headers["cache-control"] == "no-cache" and headers["content-type"] == "text/html; charset=utf-8"


async def test_a_page_that_is_kept_is_not_sent_again(client):
    first = await client.get("/schemes/startup_grant")
    again = await client.get("/schemes/startup_grant", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


async def test_a_page_is_sent_again_when_the_knowledge_has_changed(client, kits, knowledge):
    first = await client.get("/phones")
    kits.append(site_of(dataclasses.replace(knowledge, version="0123456789ab")).kit)
    again = await client.get("/phones", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 200 and "0123456789ab" in again.text


async def test_a_page_that_is_not_there_is_not_kept(client):
    assert "etag" not in (await client.get("/policy/nothing")).headers


async def test_a_name_in_chinese_finds_its_scheme(client):
    answer = await client.get("/schemes/%E5%A4%B1%E4%B8%9A%E7%99%BB%E8%AE%B0")
    assert "/schemes/unemployment_registration" in answer.text


async def test_many_addresses_leave_it_answering(client):
    for i in range(300):
        assert (await client.get("/schemes", params={"group": f"x{i}"})).status_code == 200


@pytest.mark.parametrize(
    ("header", "kept"),
    [('W/"a"', True), ('"a"', True), ('"b", W/"a"', True), ("*", True), ('"b"', False), ("", False), ('"aa"', False)],
)
def test_if_none_match_is_read_as_browsers_and_proxies_write_it(header, kept):
    assert matches(header, 'W/"a"') is kept

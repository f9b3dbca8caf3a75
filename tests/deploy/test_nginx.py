"""The public side: nginx as deploy/ configures it, in front of the channels on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.wechat_simulator import Account, echo_query
from tests.channels.web.conftest import FakeAgent
from tests.channels.wechat.fake_bots import CONFIG

from .files import DEPLOY, manifest

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CONF = (DEPLOY / "nginx/bot.conf").read_text()
needs_nginx = pytest.mark.skipif(
    not NGINX and os.environ.get("BOT_TEST_SERVERS") != "required", reason="nginx is not installed"
)
MAIN = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    set_real_ip_from 127.0.0.1; real_ip_header X-Test-Address;
    include bot.conf;
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def certify(folder: Path) -> None:
    """A certificate of a day that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bot.example.cn")])
    now = datetime.now(timezone.utc)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    )
    signed = made.sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (folder / "bot.pem").write_bytes(signed.public_bytes(pem))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "bot.key").write_bytes(key.private_bytes(pem, *plain))


def configured(folder: Path, bot: int, port: int, **changes: str) -> None:
    """The files of deploy/nginx below a folder, with ports of loopback and what `changes` says in place of what stands there."""
    (folder / "bot").mkdir()
    (folder / "log").mkdir()
    (folder / "cache").mkdir()
    certify(folder)
    replaced = {
        "listen [::]:443 ssl;": "",
        "listen [::]:80;": "",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "/var/log/nginx": f"{folder}/log",
        "/var/cache/nginx": f"{folder}/cache",
        **changes,
    }
    text = CONF
    for before, after in replaced.items():
        assert before in text, before
        text = text.replace(before, after)
    (folder / "bot.conf").write_text(text)
    for name in ("name", "certificate", "upstream"):
        shutil.copy(DEPLOY / f"nginx/{name}.conf", folder / "bot")
    certificate = folder / "bot/certificate.conf"
    certificate.write_text(certificate.read_text().replace("/etc/nginx/certs", str(folder)))
    upstream = folder / "bot/upstream.conf"
    upstream.write_text(upstream.read_text().replace("127.0.0.1:5005", f"127.0.0.1:{bot}"))
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))


@pytest.fixture()
def served(kit, tmp_path, monkeypatch):
    """`async with served(**changes) as (client, fake, heard)`: a client of nginx, the bot behind it, the requests it got."""
    from sanic import Sanic

    import bot.channels.app as app_module
    import bot.channels.web.channel as web
    import bot.channels.wechat.channel as wechat
    from bot.channels.web import WebInput, errors, files
    from bot.channels.wechat.channel import WeChatInput
    from bot.channels.wechat.config import load_wechat
    from bot.feedback import FeedbackFile
    from bot.settings import load_settings

    for module in (app_module, web, wechat, errors, files):
        monkeypatch.setattr(module, "kit", lambda: kit)
    monkeypatch.setattr(Sanic, "_app_registry", {})
    monkeypatch.setattr(Sanic, "test_mode", True)
    account = load_wechat(load_settings(), {f"BOT_WECHAT_{key.upper()}": value for key, value in CONFIG.items()})
    fake = FakeAgent()

    @contextlib.asynccontextmanager
    async def run(**changes):
        channels = [
            WebInput(b"key", (), FeedbackFile(tmp_path / "feedback.sqlite3")),
            WeChatInput(account, b"key", fake),
        ]
        app = app_module.make_app(fake, channels, address="https://bot.example.cn")
        heard = []
        app.register_middleware(lambda request: heard.append(request), "request")
        listening = socket.create_server(("127.0.0.1", 0))
        server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.start_serving()
        port = free_port()
        configured(tmp_path, listening.getsockname()[1], port, **changes)
        nginx = subprocess.Popen([NGINX, "-p", tmp_path, "-c", tmp_path / "nginx.conf"], stderr=subprocess.PIPE)
        try:
            trusted = ssl.create_default_context(cafile=tmp_path / "bot.pem")
            trusted.check_hostname = False
            base = f"https://127.0.0.1:{port}"
            async with httpx.AsyncClient(base_url=base, verify=trusted, headers={"Host": "bot.example.cn"}) as client:
                for _ in range(500):
                    with contextlib.suppress(httpx.TransportError):
                        await client.get("/nothing")
                        break
                    assert nginx.poll() is None, nginx.stderr.read()
                    await asyncio.sleep(0.02)
                yield client, fake, heard
        finally:
            nginx.terminate()
            await asyncio.to_thread(nginx.wait, 10)
            server.close()
            await server.wait_closed()

    return run


def locations() -> list[tuple[str, str]]:
    """The addresses that are handed on to the bot: (operator, address)."""
    found = re.findall(r"location (?:(=) )?(\S+)\s*\{([^}]*)\}", CONF)
    return [(operator, address) for operator, address, body in found if "proxy_pass http://bot" in body]


def handed_on(path: str) -> bool:
    return any(path == address if operator else path.startswith(address) for operator, address in locations())


@pytest.fixture()
def routes(kit, tmp_path, monkeypatch):
    """The addresses of the bot with everything switched on; variable parts as in <id:str>."""
    from sanic import Sanic

    import bot.channels.app as app_module
    from bot.channels.web import WebInput
    from bot.channels.wechat.channel import WeChatInput
    from bot.channels.wechat.config import WeChatConfig
    from bot.feedback import FeedbackFile

    monkeypatch.setattr(app_module, "kit", lambda: kit)
    monkeypatch.setattr(Sanic, "_app_registry", {})
    fake = FakeAgent()
    channels = [WebInput(b"key", (), FeedbackFile(tmp_path / "x")), WeChatInput(WeChatConfig(**CONFIG), b"key", fake)]
    app = app_module.make_app(fake, channels, address="https://bot.example.cn")
    return {"/" + route.path.strip("/") for route in app.router.routes}


def test_nginx_hands_on_every_address_of_the_bot(routes):
    assert len(routes) > 15
    assert {route for route in routes if not handed_on(route)} == set()


def test_the_ingress_hands_on_every_address_of_the_bot(routes):
    for_machines = {"/health", "/ready"}  # of the cluster, which asks the pods themselves
    rules = [manifest("Ingress", name)["spec"]["rules"][0] for name in ("policy-bot", "policy-bot-wechat")]
    paths = [(each["pathType"], each["path"]) for rule in rules for each in rule["http"]["paths"]]

    def handed_on(route):
        return any(route == path or (kind == "Prefix" and route.startswith(path + "/")) for kind, path in paths)

    assert {route for route in routes if not handed_on(route)} == for_machines


def test_nginx_hands_on_nothing_that_the_bot_has_not(routes):
    for operator, address in locations():
        there = address in routes if operator else any(route.startswith(address) for route in routes)
        assert there, address


def test_the_limits_and_times_are_those_of_the_bot():
    from bot.channels import app

    assert app._BODY_BYTES == 64 * 1024 and "client_max_body_size 64k;" in CONF
    assert int(re.search(r"keepalive_timeout (\d+)s;  # less", CONF)[1]) < app._KEEP_ALIVE
    assert int(re.search(r"proxy_read_timeout (\d+)s", CONF)[1]) > 15


@needs_nginx
def test_nginx_itself_takes_the_files(tmp_path):
    configured(tmp_path, free_port(), free_port())
    said = subprocess.run([NGINX, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf"], capture_output=True, text=True)
    assert said.returncode == 0 and "warn" not in said.stderr, said.stderr


@needs_nginx
async def test_a_message_comes_through_and_only_the_address_that_nginx_saw(served):
    async with served() as (client, _, heard):
        made = await client.post(
            "/api/v1/sessions", json={}, headers={"X-Forwarded-For": "1.2.3.4", "X-Test-Address": "5.6.7.8"}
        )
        assert made.status_code == 201 and "Secure" in made.headers["set-cookie"]
        said = await client.post("/api/v1/messages", json={"id": uuid.uuid4().hex, "text": "失业登记要带什么"})
        assert said.json()["reply"]["text"] == "回：失业登记要带什么"
        assert heard[-2].headers.getall("x-forwarded-for") == ["5.6.7.8"]
        assert heard[-1].headers["host"] == "bot.example.cn"


@needs_nginx
async def test_wechat_is_answered_when_it_checks_the_address_and_leaves_no_openid_in_a_log(served, tmp_path):
    account = Account(CONFIG["app_id"], CONFIG["token"], CONFIG["aes_key"], CONFIG["mode"])
    async with served() as (client, _, _):
        query = echo_query(account, int(time.time()), "4711")
        said = await client.get("/wechat", params={**query, "openid": "oSecret"})
        assert (said.status_code, said.text) == (200, "4711")
    logs = "".join(path.read_text() for path in [*(tmp_path / "log").iterdir(), tmp_path / "error.log"])
    assert "oSecret" not in logs


@needs_nginx
async def test_what_is_too_large_ends_at_nginx(served):
    async with served() as (client, _, heard):
        before = len(heard)
        assert (await client.post("/api/v1/messages", content=b"x" * 70_000)).status_code == 413
        assert len(heard) == before


@needs_nginx
async def test_what_the_bot_has_not_and_what_is_for_machines_ends_at_nginx(served):
    async with served() as (client, _, heard):
        for path in ("/webhooks/rest/webhook", "/model", "/conversations/x/tracker"):
            assert (await client.get(path)).status_code == 404
        assert (await client.get("/ready", headers={"X-Test-Address": "5.6.7.8"})).status_code == 403
        assert heard == []
        assert (await client.get("/ready")).json()["status"] == "ready"


@needs_nginx
async def test_a_flood_from_one_address_is_refused_and_others_are_served(served):
    slow = {"rate=100r/s;": "rate=1r/m;", "burst=400": "burst=4"}
    async with served(**slow) as (client, _, _):

        async def codes(addresses):
            return [
                (await client.get("/robots.txt", headers={"X-Test-Address": each})).status_code for each in addresses
            ]

        assert await codes(["5.6.7.8"] * 7) == [200] * 5 + [429] * 2
        assert await codes(["5.6.7.9", "2001:db8::1"]) == [200, 200]
        assert await codes([f"2001:db8::{i}" for i in range(2, 8)]) == [200] * 4 + [429] * 2  # one subscriber's
        assert await codes(["2001:db8:0:1::1"]) == [200]


@needs_nginx
async def test_files_are_kept_by_nginx_and_conversations_are_not(served):
    async with served() as (client, _, heard):
        for _ in range(3):
            assert (await client.get("/static/widget.js")).status_code == 200
            assert (await client.get("/api/v1/messages")).status_code == 200
        assert [request.path for request in heard].count("/static/widget.js") == 1
        assert [request.path for request in heard].count("/api/v1/messages") == 3

"""The compose files: complete in themselves, bounded, and started in the order in which things are needed."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from bot.server.supervisor import DRAIN

from .files import DEPLOY, compose

MADE = compose()
SERVICES = MADE["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_pinned_bounded_and_restarted(name):
    service = SERVICES[name]
    tag = service["image"].partition(":")[2]
    assert tag and tag != "latest"
    assert {"cpus", "memory"} <= set(service["deploy"]["resources"]["limits"])
    assert service["logging"]["options"]["max-size"]
    assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_refers_to_is_there(name):
    service = SERVICES[name]
    assert set(service.get("secrets", ())) <= set(MADE["secrets"])
    assert set(service["networks"]) <= set(MADE["networks"])
    assert set(service.get("depends_on", ())) <= set(SERVICES)
    for after, how in service.get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[after] or after.startswith("bot_")  # theirs is the image's
        else:
            assert SERVICES[after]["restart"] == "no"


def test_only_nginx_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert MADE["networks"]["back"]["internal"] is True
    assert all("back" in SERVICES[name]["networks"] for name in ("postgres", "redis"))
    assert all(list(SERVICES[name]["networks"]) == ["back"] for name in ("postgres", "redis", "migrate"))


def test_the_bots_are_not_root_write_nothing_and_have_time_to_drain():
    for name in ("bot_a", "bot_b"):
        assert SERVICES[name]["read_only"] is True and SERVICES[name]["cap_drop"] == ["ALL"]
        assert float(SERVICES[name]["stop_grace_period"].removesuffix("s")) > DRAIN
    assert "USER 10001" in (DEPLOY / "image/Dockerfile").read_text()


def test_nginx_is_told_the_addresses_of_the_bots():
    upstream = (DEPLOY / "compose/upstream.conf").read_text()
    for name in ("bot_a", "bot_b"):
        assert f"server {SERVICES[name]['networks']['front']['ipv4_address']}:5005" in upstream


def test_every_file_that_is_mounted_is_there_once_the_secrets_are_made(tmp_path):
    copy = tmp_path / "deploy"
    shutil.copytree(DEPLOY, copy)
    script = copy / "compose/make_secrets.sh"
    subprocess.run([script], check=True)
    mounted = [each.split(":")[0] for service in SERVICES.values() for each in service.get("volumes", ())]
    files = [each["file"] for each in MADE["secrets"].values()] + [each for each in mounted if each.startswith(".")]
    missing = [each for each in files if not (copy / "compose" / each).exists()]
    assert len(files) > 8 and missing == []
    before = {path: path.read_text() for path in (copy / "compose/secrets").iterdir()}
    subprocess.run([script], check=True)
    assert before == {path: path.read_text() for path in (copy / "compose/secrets").iterdir()}
    assert (copy / "compose/secrets").stat().st_mode & 0o077 == 0
    assert before[copy / "compose/secrets/postgres_password"] in before[copy / "compose/secrets/database"]


def test_wechat_is_added_to_the_bots_that_there_are():
    added = compose("compose.wechat.yml")
    assert set(added["services"]) <= set(SERVICES)
    assert all(set(service["secrets"]) <= set(added["secrets"]) for service in added["services"].values())


def test_docker_itself_takes_the_files(tmp_path):
    if not shutil.which("docker") or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker compose is not installed")
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    folder = tmp_path / "deploy/compose"
    subprocess.run([folder / "make_secrets.sh"], check=True)
    shutil.copy(folder / "env.example", folder / ".env")
    subprocess.run(["docker", "compose", "config", "--quiet"], cwd=folder, check=True)

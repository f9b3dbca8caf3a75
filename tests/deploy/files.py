"""The files of deploy/ as data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


def compose(name: str = "compose.yml") -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose" / name).read_text())


def manifests() -> list[dict[str, Any]]:
    """All of deploy/kubernetes that is sent to a cluster."""
    files = [path for path in sorted((DEPLOY / "kubernetes").rglob("*.yaml")) if path.name != "kustomization.yaml"]
    return [document for path in files for document in yaml.safe_load_all(path.read_text())]


def manifest(kind: str, name: str) -> dict[str, Any]:
    return next(each for each in manifests() if each["kind"] == kind and each["metadata"]["name"] == name)


def pods() -> list[dict[str, Any]]:
    return [each["spec"]["template"] for each in manifests() if "template" in each.get("spec", {})]


def unit() -> list[tuple[str, str]]:
    """The settings of the systemd unit, in order."""
    lines = (DEPLOY / "systemd/policy-bot.service").read_text().splitlines()
    return [tuple(line.split("=", 1)) for line in lines if "=" in line and not line.startswith("#")]


def environment() -> dict[str, dict[str, str]]:
    """Variables that a bot is given, by where."""
    given = {
        f"compose, {file}, {name}": service.get("environment", {})
        for file in ("compose.yml", "compose.wechat.yml")
        for name, service in compose(file)["services"].items()
    }
    for pod in pods():
        for container in pod["spec"]["containers"]:
            given[f"kubernetes, {container['name']}"] = {
                each["name"]: each["value"] for each in container.get("env", ())
            }
    given["kubernetes, config"] = manifest("ConfigMap", "policy-bot")["data"]
    given["systemd"] = dict(value.split("=", 1) for key, value in unit() if key == "Environment")
    dockerfile = (DEPLOY / "image/Dockerfile").read_text()
    given["image"] = dict(re.findall(r"(BOT_[A-Z_]+)=(\S+)", dockerfile))
    return {
        where: {name: str(value) for name, value in variables.items() if name.startswith("BOT_")}
        for where, variables in given.items()
    }

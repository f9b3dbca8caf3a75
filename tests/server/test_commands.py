"""`bot serve` and `bot reload` refuse in one line, before anything is loaded."""

from __future__ import annotations

import os
import subprocess
import sys

from .conftest import ROOT


def run(*arguments, **environment):
    command = [sys.executable, "-m", "bot.cli", *arguments]
    environment = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100)


def test_several_workers_without_a_shared_database_are_refused(tmp_path):
    refused = run("serve", "--workers", "2", "--port", "5258", BOT_DATA=str(tmp_path), BOT_DATABASE="", BOT_REDIS="")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "BOT_DATABASE" in refused.stderr and "BOT_REDIS" in refused.stderr and "2" in refused.stderr


def test_a_wrong_number_of_workers_is_explained():
    refused = run("serve", "--workers", "0")
    assert refused.returncode == 1 and "workers" in refused.stderr and "Traceback" not in refused.stderr


def test_a_reload_without_a_server_says_how_to_name_the_port(tmp_path):
    refused = run("reload", "--port", "5259", BOT_DATA=str(tmp_path))
    assert refused.returncode == 1
    assert "5259" in refused.stderr and "--port" in refused.stderr and "Traceback" not in refused.stderr

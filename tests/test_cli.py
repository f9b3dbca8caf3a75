"""The command line from outside: exit codes, one clear line in Chinese, never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BOT = Path(sys.executable).parent / "bot"


def run(*arguments, text=None, **environment):
    return subprocess.run(
        [BOT, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        input=text,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_a_sound_knowledge_folder_passes_the_check():
    result = run("knowledge", "check")
    assert result.returncode == 0
    assert "知识库正确" in result.stdout


def test_a_broken_knowledge_file_is_explained_in_one_line_each(tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder, ignore=shutil.ignore_patterns("encoder", "questions"))
    path = folder / "contacts.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("0482-8231990", "0482-823199"), encoding="utf-8")
    result = run("serve", "--port", "5397", BOT_KNOWLEDGE=str(folder))
    assert result.returncode == 1
    assert "contacts.yml" in result.stderr and "0482-823199" in result.stderr and "第" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_occupied_port_is_said_before_anything_is_loaded():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = run("serve", "--port", port)
    assert result.returncode == 1
    assert port in result.stderr and "占用" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("value", ["seventy", "0", "70000"])
def test_a_wrong_port_is_explained(value):
    result = run("serve", BOT_PORT=value)
    assert result.returncode == 1
    assert value in result.stderr and "Traceback" not in result.stderr


def test_a_missing_encoder_is_explained(tmp_path):
    folder = tmp_path / "encoder"
    shutil.copytree(ROOT / "knowledge/encoder", folder)
    (folder / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:1000])
    result = run("ask", "你好", BOT_ENCODER=str(folder))
    assert result.returncode == 1
    assert "损坏" in result.stderr and "Traceback" not in result.stderr


def test_a_wrong_date_is_explained():
    result = run("ask", "--as-of", "昨天", "你好")
    assert result.returncode == 1
    assert "2022-10-15" in result.stderr and "Traceback" not in result.stderr


@pytest.mark.rasa
def test_a_batch_answers_in_order_reports_bad_lines_and_goes_on(trained):
    lines = [
        json.dumps({"id": "a", "turns": ["失业登记要带什么", "在哪办"]}),
        "no json",
        json.dumps({"id": "b", "turns": []}),
        json.dumps({"id": "c", "turns": ["扩岗补助给多少"], "as_of": "2022-10-15"}),
        json.dumps({"id": "d", "turns": ["扩岗补助给多少"]}),
    ]
    result = run("ask", "--batch", "-", "--as-of", "2026-11-23", text="\n".join(lines))
    rows = [json.loads(row) for row in result.stdout.splitlines()]
    assert result.returncode == 1
    assert [row["id"] for row in rows] == ["a", "c", "d"]
    assert [len(row["replies"]) for row in rows] == [2, 1, 1]
    assert "第 2 行" in result.stderr and "第 3 行" in result.stderr
    assert rows[1]["replies"][0]["status"] == "answered"
    assert rows[2]["replies"][0]["status"] == "answered_expired"
    keys = {"text", "status", "citations", "contacts", "suggestions", "place", "check", "form", "sheet", "ms"}
    assert set(rows[0]["replies"][0]) == keys
    assert "Traceback" not in result.stderr


@pytest.mark.rasa
def test_explain_shows_steps_and_hits(trained):
    result = run("explain", "失业登记要带什么")
    assert result.returncode == 0
    assert "retrieve" in result.stdout and "jyfw-3-3" in result.stdout

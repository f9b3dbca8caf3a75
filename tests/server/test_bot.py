"""The bot itself behind the supervisor: it answers after the fork, and changes its knowledge while people ask."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import pytest

from bot.server.notice import notice_file, running

from .conftest import ROOT, until

pytestmark = pytest.mark.rasa
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
QUESTION = "失业登记要带什么"


class Person:
    """Somebody on the website, on one kept connection."""

    def __init__(self, port):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookie = ""
        self.post("/api/v1/sessions", {})

    def post(self, path, body):
        headers = {"Content-Type": "application/json", "Cookie": self._cookie}
        self._connection.request("POST", path, json.dumps(body), headers)
        answer = self._connection.getresponse()
        self._cookie = (answer.getheader("set-cookie") or self._cookie).partition(";")[0]
        assert answer.status in (200, 201), answer.read()
        return json.load(answer)

    def ask(self, text):
        return self.post("/api/v1/messages", {"id": uuid.uuid4().hex, "text": text})["reply"]


def child(pid):
    """The one child of a process."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text())


class Bot:
    """`bot serve` with a copy of the knowledge."""

    def __init__(self, folder):
        self.knowledge = folder / "knowledge"
        shutil.copytree(ROOT / "knowledge", self.knowledge, ignore=shutil.ignore_patterns("source"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.notice = notice_file(folder, self.port)
        self._environment = {**os.environ, "BOT_DATA": str(folder), "BOT_KNOWLEDGE": str(self.knowledge)}
        self._environment |= {"BOT_LIMITS": "no", "BOT_PORT": str(self.port)}
        self._log = folder / "log"
        with self._log.open("w") as log:
            command = [sys.executable, "-m", "bot.cli", "serve"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        until(
            lambda: (running(self.notice) and self.state().changes) or self.process.poll() is not None, "it serves", 200
        )
        assert self.process.poll() is None, self.log()

    def log(self):
        return self._log.read_text()

    def state(self):
        return running(self.notice)

    def reload(self):
        command = [sys.executable, "-m", "bot.cli", "reload"]
        return subprocess.run(command, cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=200)

    def change(self, line):
        replies = self.knowledge / "replies.yml"
        replies.write_text(replies.read_text(encoding="utf-8") + line, encoding="utf-8")


@pytest.fixture(scope="module")
def bot(trained, tmp_path_factory):
    made = Bot(tmp_path_factory.mktemp("bot"))
    yield made
    made.process.terminate()
    made.process.wait(30)


def test_a_worker_finds_what_was_indexed_before_the_fork(bot):
    reply = Person(bot.port).ask(QUESTION)
    assert reply["status"] == "answered" and reply["citations"][0]["clause"].startswith("jyfw-3")


@linux
def test_the_supervisor_is_small_and_the_generation_has_no_threads(bot):
    generation = child(bot.process.pid)
    imported = Path(f"/proc/{bot.process.pid}/maps").read_text()
    assert "numpy" not in imported and "faiss" not in imported
    assert len(os.listdir(f"/proc/{generation}/task")) == 1


@linux
def test_another_worker_answers_after_one_is_killed(bot):
    generation = child(bot.process.pid)
    worker = child(generation)
    os.kill(worker, signal.SIGKILL)
    assert Person(bot.port).ask(QUESTION)["status"] == "answered"
    assert bot.state().changes == 1  # the same generation


def test_changed_knowledge_is_read_while_people_ask_and_nobody_notices(bot):
    before, stop, faults, answered = bot.state(), threading.Event(), [], []

    def talk():
        try:
            person = Person(bot.port)
            while not stop.wait(0.05):
                answered.append(person.ask(QUESTION)["status"])
        except (OSError, AssertionError, http.client.HTTPException) as error:
            faults.append(error)

    people = [threading.Thread(target=talk) for _ in range(4)]
    bot.change("\n# a change\n")
    for each in people:
        each.start()
    try:
        said = bot.reload()
    finally:
        stop.set()
        for each in people:
            each.join()
    assert said.returncode == 0, said.stderr
    assert bot.state().knowledge != before.knowledge and bot.state().knowledge in said.stdout
    assert "BOT_DATABASE" in said.stderr  # conversations begin anew, and staff are told
    assert not faults
    assert len(answered) > 20 and set(answered) == {"answered"}


def test_knowledge_with_a_fault_is_refused_and_the_old_one_serves_on(bot):
    before = bot.state()
    bot.change("\nno key of ours: x\n")
    said = bot.reload()
    assert said.returncode == 1 and "Traceback" not in said.stderr + bot.log()
    assert "replies.yml" in bot.log() and "the one before goes on" in bot.log()
    assert bot.state().knowledge == before.knowledge
    assert Person(bot.port).ask(QUESTION)["status"] == "answered"

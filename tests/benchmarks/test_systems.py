"""Processes that a measurement starts, watches and ends."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from benchmarks.load import WEB, LoadError
from benchmarks.performance import systems
from benchmarks.performance.systems import Command, System, memory, running

SERVER = """
import http.server, json, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"reply": {"text": "ok", "status": "answered"}}).encode()
        self.send_response(201 if self.path.endswith("sessions") else 200)
        self.send_header("Set-Cookie", "session=s")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def started_with(code: str) -> System:
    return System("small", WEB, lambda port, folder: (Command((sys.executable, "-c", code, str(port)), {}),))


def test_memory_counts_the_processes_that_a_process_started():
    code = "import time; kept = bytes(range(256)) * 200_000; print('ready', flush=True); time.sleep(60)"
    before = memory(os.getpid())
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout is not None
            child.stdout.readline()
            assert memory(os.getpid()) - before > 50e6
        finally:
            child.kill()


def test_a_bot_is_ended_with_its_measurement():
    with running(started_with(SERVER)) as bot:
        process = bot.processes[0]
        assert bot.first_answer > 0
        assert process.poll() is None
    assert process.poll() is not None


def test_a_bot_that_ends_while_starting_is_said_with_its_last_words():
    with pytest.raises(LoadError, match="no model here"), running(started_with("raise SystemExit('no model here')")):
        pass


def test_a_bot_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr(systems, "_START_LIMIT", 0.3)
    with pytest.raises(LoadError, match="no answer"), running(started_with("import time; time.sleep(60)")):
        pass

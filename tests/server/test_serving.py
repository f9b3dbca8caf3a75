"""Starting, stopping, changing and dying, seen from outside."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading

import pytest

from .conftest import Client, lives, until

several = pytest.mark.parametrize("server", [2], indirect=True)
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")


def test_a_connection_is_refused_until_a_worker_can_answer(server):
    server.fault("load")
    with socket.socket() as early:
        server.start(wait=False)
        with pytest.raises(ConnectionRefusedError):
            early.connect(("127.0.0.1", server.port))


def test_the_welcome_comes_when_the_first_message_can_be_answered(server, client):
    server.start()
    assert "已启动" in until(lambda: "停止" in server.log and server.log, "the welcome")
    assert client().say("你好")[0]["said"] == "你好"


@several
def test_all_workers_answer_on_the_one_port(server, client):
    server.start()
    until(lambda: len({client().say("x", 0.02)[0]["pid"] for _ in range(8)}) == 2, "both workers have answered")


@pytest.mark.parametrize("fault", ["load", "worker"])
def test_a_fault_at_the_start_ends_the_server_and_is_said_once(server, fault):
    server.fault(fault)
    server.start()
    assert server.end() == 1
    assert server.log.count("made by the test") == 1
    assert not server.living_workers()


def test_a_second_server_on_the_port_is_refused(server, tmp_path):
    server.start()
    second = type(server)(tmp_path, server.port, 1)
    second.notice = tmp_path / "second.json"
    second.start(wait=False)
    assert second.end() == 1
    assert "占用" in server.log


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_quietly_and_leaves_nothing(server, client, sign):
    server.start()
    client().say("x")
    workers = server.living_workers()
    before = server.log
    server.signal(sign)
    assert server.end() == 0
    assert server.log == before
    assert not any(map(lives, {*workers, *workers.values()}))
    assert not server.notice.exists()


def test_what_is_under_way_at_the_stop_is_answered_and_closes_its_connection(server, client):
    server.start()
    one = client()
    one.send("long", takes=0.7)
    until(lambda: client().say("x"), "another is answered, so the long one is under way")
    server.signal(signal.SIGTERM)
    assert one.hear() == ({"said": "long", "version": "one", "pid": next(iter(server.living_workers()))}, True)
    assert server.end() == 0


def test_who_has_just_connected_at_the_stop_is_answered(server):
    server.start()
    worker = next(iter(server.living_workers()))
    os.kill(worker, signal.SIGSTOP)  # so that it does not accept
    late = [Client(server.port) for _ in range(8)]
    for each in late:
        each.send("late")
    server.signal(signal.SIGTERM)
    os.kill(worker, signal.SIGCONT)
    assert [each.hear()[0]["said"] for each in late] == ["late"] * 8
    assert server.end() == 0


def test_a_kept_connection_may_bring_one_more_request_at_the_stop(server, client):
    server.start()
    kept = client()
    assert kept.say("first") == ({"said": "first", "version": "one", "pid": next(iter(server.living_workers()))}, False)
    busy = client()
    busy.send("busy", takes=0.5)
    kept.say("second")
    server.signal(signal.SIGTERM)
    until(lambda: _refuses(server.port), "the port is closed")
    said, last = kept.say("third")
    assert said["said"] == "third" and last


def test_an_idle_connection_is_ended_and_not_reset(server, client):
    server.start()
    idle = client()
    idle.say("x")
    server.signal(signal.SIGTERM)
    assert idle.connection.sock.recv(1) == b""
    assert server.end() == 0


def test_it_is_not_ready_while_it_drains(server, client):
    server.start()
    one, busy = client(), client()
    one.say("x")
    busy.send("busy", takes=0.5)
    one.say("x")
    server.signal(signal.SIGTERM)
    until(lambda: _refuses(server.port), "the port is closed")
    one.connection.request("GET", "/ready")
    assert one.connection.getresponse().status == 503


def test_channels_are_closed_before_the_end(server):
    server.start()
    worker = next(iter(server.living_workers()))
    server.signal(signal.SIGTERM)
    server.end()
    assert (server.folder / f"closed-{worker}").exists()


@several
def test_a_change_serves_the_new_and_no_request_fails(server):
    server.start()
    old = set(server.living_workers())
    heard, faults, stop = [], [], threading.Event()

    def talk(keeps):
        one = Client(server.port)
        while not stop.is_set():
            try:
                said, last = one.say("x", 0.002)
                heard.append(said["version"])
                if last or not keeps:
                    one = Client(server.port)
            except (OSError, http.client.HTTPException) as error:
                faults.append(error)
                one = Client(server.port)

    talkers = [threading.Thread(target=talk, args=(i % 2 == 0,)) for i in range(6)]
    for each in talkers:
        each.start()
    try:
        for version in ("two", "three"):
            server.version(version)
            server.signal(signal.SIGHUP)
            until(lambda now=version: heard[-6:] == [now] * 6, f"all hear version {version}")
        until(lambda: not any(map(lives, old)), "the old workers have gone")
    finally:
        stop.set()
        for each in talkers:
            each.join()
    assert not faults
    assert {"one", "two", "three"} == set(heard)
    assert server.changes() == 3


def test_a_change_that_cannot_be_loaded_leaves_the_old_one_serving(server, client):
    server.start()
    server.version("two")
    server.fault("load")
    server.signal(signal.SIGHUP)
    until(lambda: server.failures() == 1, "the change has failed")
    assert client().say("x")[0]["version"] == "one"
    assert "made by the test" in server.log and "the one before goes on" in server.log
    server.fault("")
    server.signal(signal.SIGHUP)
    until(lambda: client().say("x")[0]["version"] == "two", "the next change is there")


def test_a_change_asked_for_while_one_is_loading_is_not_lost(server, client):
    server.start()
    for version in ("two", "three"):
        server.version(version)
        server.signal(signal.SIGHUP)
    until(lambda: client().say("x")[0]["version"] == "three", "the last one serves")


@several
def test_a_killed_worker_is_replaced_by_the_same_generation(server, client):
    server.start()
    victim, generation = next(iter(server.living_workers().items()))
    os.kill(victim, signal.SIGKILL)
    until(lambda: len(server.living_workers()) == 2 and victim not in server.living_workers(), "there are two again")
    assert set(server.living_workers().values()) == {generation}
    assert client().say("x")[0]["said"] == "x"
    assert f"worker {victim} ended (signal 9)" in server.log


def test_a_worker_that_dies_again_and_again_is_replaced_less_and_less_often(server):
    server.start()
    for delay in ("0.1", "0.2", "0.4"):
        os.kill(until(lambda: list(server.living_workers()), "there is a worker")[0], signal.SIGKILL)
        until(lambda now=delay: f"takes its place in {now} s" in server.log, f"it waits {delay} s")


def test_a_worker_that_hangs_is_replaced(server, client, monkeypatch):
    monkeypatch.setenv("SILENCE", "2")
    server.start()
    hanging = client()
    hanging.connection.request("GET", "/hang")
    with pytest.raises((OSError, http.client.HTTPException)):
        hanging.connection.getresponse()
    assert client().say("x")[0]["said"] == "x"
    assert "no sign of life" in server.log


def test_a_killed_generation_is_replaced(server, client):
    server.start()
    worker, generation = next(iter(server.living_workers().items()))
    os.kill(generation, signal.SIGKILL)
    until(lambda: not lives(worker), "its worker has ended")
    until(lambda: server.changes() == 2, "another serves")
    assert client().say("x")[0]["said"] == "x"
    assert set(server.living_workers().values()) - {generation}


@linux
@several
def test_nothing_survives_the_supervisor(server):
    server.start()
    processes = {*server.living_workers(), *server.living_workers().values()}
    assert len(processes) == 3
    os.kill(server.pid, signal.SIGKILL)
    until(lambda: not any(map(lives, processes)), "all have ended")


def test_the_end_of_the_supervisor_is_noticed_without_the_help_of_the_kernel(server, monkeypatch):
    """As on macOS: the pipes alone."""
    monkeypatch.setenv("PYTHONPATH", str(server.folder))
    (server.folder / "sitecustomize.py").write_text("import sys; sys.platform = 'darwin'\n")
    server.start()
    processes = {*server.living_workers(), *server.living_workers().values()}
    os.kill(server.pid, signal.SIGKILL)
    until(lambda: not any(map(lives, processes)), "all have ended")


def test_what_stays_in_memory_for_months_imports_nothing_heavy():
    program = "import sys, bot.cli, bot.server.__main__; print(*(set(sys.modules) & {'numpy', 'rasa', 'sanic', 'jieba', 'bot.answering'}))"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == ""


def _refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
        return False
    except ConnectionRefusedError:
        return True

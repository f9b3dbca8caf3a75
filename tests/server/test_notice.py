"""`bot reload` finds the server that runs, and never takes another process for it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys

import pytest

from bot.server.listening import PortTaken, bound, check_port
from bot.server.notice import Notice, notice_file, running
from bot.server.reload import Ended, reload


@pytest.fixture()
def file(tmp_path):
    return notice_file(tmp_path / "data", 5005)


def test_a_server_is_found_while_it_runs_and_not_after(file):
    notice = Notice(file)
    assert running(file).pid == os.getpid()
    notice.write({"knowledge": "abc", "database": True})
    found = running(file)
    assert (found.changes, found.failed, found.knowledge, found.database) == (1, 0, "abc", True)
    notice.write(None)
    assert (running(file).changes, running(file).failed, running(file).knowledge) == (1, 1, "abc")
    notice.close()
    assert running(file) is None and not file.exists()


def test_what_a_crash_left_behind_is_nobody(file):
    program = "import sys, os; from pathlib import Path; from bot.server.notice import Notice; \
notice = Notice(Path(sys.argv[1])); os._exit(9)"
    subprocess.run([sys.executable, "-c", program, file])
    assert file.exists() and running(file) is None


def test_one_that_has_only_just_begun_is_not_found_yet(file):
    file.parent.mkdir()
    with file.open("w") as begun:
        fcntl.flock(begun, fcntl.LOCK_EX)
        assert running(file) is None


def test_a_folder_that_cannot_be_written_keeps_no_server_from_starting(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    notice = Notice(notice_file(tmp_path / "data", 5005))
    notice.write({"knowledge": "abc", "database": False})
    notice.close()


def test_a_second_server_with_the_same_folder_leaves_the_notice_of_the_first(file):
    first, second = Notice(file), Notice(file)
    second.close()
    assert running(file).pid == os.getpid()
    first.close()


def test_a_server_that_ends_while_it_is_waited_for_is_said_to_have_ended(file):
    program = "import sys, signal; from pathlib import Path; from bot.server.notice import Notice; \
notice = Notice(Path(sys.argv[1])); print('here', flush=True); signal.pause()"
    process = subprocess.Popen([sys.executable, "-c", program, file], stdout=subprocess.PIPE)
    process.stdout.readline()
    with pytest.raises(Ended):
        reload(file, running(file))
    process.wait(10)


def test_a_port_in_use_is_said_with_what_to_do():
    taken = bound("127.0.0.1", 0)
    taken.listen()
    port = taken.getsockname()[1]
    with pytest.raises(PortTaken, match=f"{port} 已被占用.*PORT={port + 1}"):
        check_port("127.0.0.1", port)
    taken.close()
    check_port("127.0.0.1", port)


def test_a_host_that_is_no_address_is_said():
    with pytest.raises(PortTaken, match=r"host.*no\.such\.host\.invalid"):
        check_port("no.such.host.invalid", 5005)


def test_ipv6_is_taken_where_it_is_asked_for():
    with bound("::1", 0) as listening:
        assert listening.getsockname()[0] == "::1"

"""The service of a machine without containers."""

from __future__ import annotations

from bot.server.supervisor import DRAIN

from .files import unit

SETTINGS = dict(unit())


def test_it_is_stopped_by_a_signal_to_the_supervisor_and_given_the_time_to_drain():
    assert SETTINGS["KillMode"] == "mixed"
    assert float(SETTINGS["TimeoutStopSec"]) > DRAIN


def test_a_reload_is_the_signal_that_the_supervisor_takes_for_a_change():
    assert SETTINGS["ExecReload"] == "/bin/kill -HUP $MAINPID"


def test_it_writes_to_its_own_folder_only():
    folder = f"/var/lib/{SETTINGS['StateDirectory']}"
    written = [value for key, value in unit() if value.startswith(("BOT_DATA=", "BOT_MODELS=", "RASA_CACHE_"))]
    assert SETTINGS["ProtectSystem"] == "strict"
    assert len(written) == 3 and all(value.partition("=")[2].startswith(folder) for value in written)

"""Where the time of a message goes: py-spy watches the bot while four clients ask; a flame graph, and the functions that cost most.

    .uv/bin/uv pip install --python .venv/bin/python py-spy==0.4.3
    .venv/bin/python -m benchmarks.profile_message docs/images/profile_after.svg

On macOS, and on Linux where a process may not watch another, py-spy needs root.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.load import closed_loop
from benchmarks.performance.systems import OURS, Running, running, tree
from benchmarks.questions import load_mix

_SECONDS = 15
_CLIENTS = 4
_RATE = 250  # samples a second
_SHOWN = 40
_TITLE = "Where the time of a message goes"
_MESSAGE = "handle_message"  # frames below it belong to a message; the rest is the web server


def inclusive(stacks: Iterable[str]) -> tuple[int, Counter[str]]:
    """Samples of all messages together, and of each function below the message with all that it calls.

    A stack is `outer;…;inner samples`, a frame `function (file:line)`; lines of one function count together, and so do its calls
    of itself.
    """
    total, found = 0, Counter[str]()
    for stack in stacks:
        frames, _, samples = stack.rpartition(" ")
        names = [frame.rpartition(":")[0] + ")" for frame in frames.split(";")]
        start = next((i for i, name in enumerate(names) if name.startswith(_MESSAGE + " ")), None)
        if start is None:
            continue
        total += int(samples)
        for name in set(names[start:]):
            found[name] += int(samples)
    return total, found


def record(bot: Running, spy: str, kind: str, out: Path) -> None:
    """One recording of the bot under load, by function. The picture's title is made ours: py-spy writes its command there."""
    worker = tree(bot.processes[0].pid)[-1]  # the processes above it only watch
    command = [spy, "record", "--pid", str(worker), "--duration", str(_SECONDS), "--rate", str(_RATE)]
    watching = subprocess.Popen(
        [*command, "--function", "--format", kind, "--output", str(out)],
        stderr=subprocess.PIPE,
        text=True,
    )
    asyncio.run(closed_loop(bot.system.dialect, bot.port, _CLIENTS, _SECONDS, load_mix()))
    _, said = watching.communicate(timeout=60)
    if watching.returncode:
        sys.exit(f"py-spy: {said}")
    text = out.read_text(encoding="utf-8")
    out.write_text(re.sub(r">[^<]*py-spy record[^<]*<", f">{_TITLE}<", text), encoding="utf-8")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    spy = shutil.which("py-spy", path=f"{sys.prefix}/bin{os.pathsep}{os.environ['PATH']}")
    if spy is None:
        sys.exit("py-spy is not installed; see the first lines of benchmarks/profile_message.py")
    with tempfile.TemporaryDirectory() as folder, running(OURS) as bot:
        raw = Path(folder) / "raw"
        record(bot, spy, "raw", raw)
        record(bot, spy, "flamegraph", Path(sys.argv[1]))
        total, found = inclusive(raw.read_text(encoding="utf-8").splitlines())
    print("| share of a message | function |\n|---|---|")
    for name, samples in found.most_common(_SHOWN):
        print(f"| {samples / max(total, 1):.1%} | {name} |")


if __name__ == "__main__":
    main()

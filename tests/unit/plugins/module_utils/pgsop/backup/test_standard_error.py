# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several processes write on one standard error, piece by piece and at the same time."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import standard_error as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.standard_error import standard_error

#: Four processes; each writes a line in three pieces, as the server's programs do.
_MIXED = """
import os
for number in range(4):
    if os.fork() == 0:
        for line in range(200):
            for piece in ("program: ", "error: ", f"{number} says {line}\\n"):
                os.write(2, piece.encode())
        os._exit(0)
for number in range(4):
    os.wait()
os.write(2, b"program: end")
"""


def said(code: str, *, keep: str = "") -> list[str]:
    with standard_error(lambda line: keep in line) as errors:
        process = subprocess.Popen([sys.executable, "-c", code], stderr=errors.sender.fileno())
        errors.listen()
        assert process.wait() == 0
        return errors.text().splitlines()


def test_lines_of_each_process_are_whole_and_in_their_order() -> None:
    lines = said(_MIXED)
    assert sorted(lines[:-1]) == sorted(
        f"program: error: {number} says {line}" for number in range(4) for line in range(200)
    )
    # One process after the other, whichever was first.
    speakers = [line.split()[2] for line in lines[:-1]]
    assert len(list(itertools.groupby(speakers))) == 4
    spoken = [line for line in lines if " 2 says " in line]
    assert spoken == [f"program: error: 2 says {line}" for line in range(200)]
    assert lines[-1] == "program: end"


def test_only_what_is_wanted_is_kept() -> None:
    assert sorted(said(_MIXED, keep=" says 7\n")) == [f"program: error: {number} says 7" for number in range(4)]


def test_bytes_that_are_no_text_are_kept() -> None:
    assert said("import os; os.write(2, b'a\\xff\\nb')") == ["a\ufffd", "b"]


def test_program_that_leaves_somebody_behind_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LEFT_S", 0.2)
    code = "import os, subprocess; print(subprocess.Popen(['sleep', '60']).pid, file=open(FILE, 'w')); os.write(2, b'done')"
    read, write = os.pipe()
    with standard_error(lambda _line: True) as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", code.replace("FILE", str(write))], stderr=errors.sender.fileno(), pass_fds=[write]
        )
        errors.listen()
        assert process.wait() == 0
        assert errors.text() == "done"
    os.close(write)
    os.kill(int(os.read(read, 100)), signal.SIGTERM)

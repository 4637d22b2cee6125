# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of a play: what changes, warns, fails or reports, and nothing else."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.callback.brief import worth_showing

PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Skip this one
      ansible.builtin.copy: {dest: /nowhere, content: x}
      when: false
    - name: Find nothing to do
      ansible.builtin.assert: {that: true}
    - name: Report
      ansible.builtin.debug: {msg: a report}
    - name: Place a file
      ansible.builtin.copy: {dest: "{{ folder }}/new", content: "one\\n"}
    - name: Place two
      ansible.builtin.copy: {dest: "{{ folder }}/{{ item }}", content: "one\\n"}
      loop: [new, newer]
    - name: Fail
      ansible.builtin.fail: {msg: it failed}
"""


@pytest.mark.parametrize("new_names", [True, False])
@pytest.mark.parametrize(
    ("action", "answer", "shown"),
    [
        ("ansible.builtin.copy", {}, False),
        ("ansible.builtin.copy", {"changed": False, "warnings": []}, False),
        ("ansible.builtin.copy", {"changed": True}, True),
        ("ansible.builtin.copy", {"warnings": ["careful"]}, True),
        ("ansible.builtin.copy", {"deprecations": ["old"]}, True),
        ("ansible.builtin.debug", {}, True),
        ("debug", {}, True),
    ],
)
def test_result_is_shown_if_it_has_something_to_say(
    action: str, answer: dict[str, Any], shown: bool, new_names: bool
) -> None:
    mark = "" if new_names else "_"
    result = SimpleNamespace(**{f"{mark}result": answer, f"{mark}task": SimpleNamespace(action=action)})
    assert worth_showing(result) is shown


def environment(folder: Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    return clean | {
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_COLLECTIONS_PATH": os.environ["PYTHONPATH"].split(":")[0],
        "ANSIBLE_STDOUT_CALLBACK": "aerovista.postgresql.brief",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "TERM": "xterm",
        "COLUMNS": "100",
    }


def command(folder: Path, *arguments: str) -> list[str]:
    (folder / "ansible.cfg").touch()
    (folder / "play.yml").write_text(PLAY, encoding="utf-8")
    program = str(Path(sys.executable).parent / "ansible-playbook")
    return [program, str(folder / "play.yml"), "-e", f"folder={folder}", "--diff", *arguments]


def titles(output: str) -> list[str]:
    return re.findall(r"^TASK \[(.*)\] \**$", output, re.MULTILINE)


def test_play_shows_changes_reports_and_failures(tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path), env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False
    )
    assert titles(done.stdout) == ["Report", "Place a file", "Place two", "Fail"], done.stdout + done.stderr
    for text in ('msg": "a report"', "+one\nchanged: [localhost]\n", "(item=newer)", "it failed", "skipped=1"):
        assert text in done.stdout
    assert "(item=new)" not in done.stdout
    assert "\x1b" not in done.stdout


def test_play_with_v_shows_everything(tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path, "-v"), env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False
    )
    assert titles(done.stdout)[:2] == ["Skip this one", "Find nothing to do"], done.stdout + done.stderr


def test_terminal_shows_the_current_task_until_something_is_printed(tmp_path: Path) -> None:
    reader, terminal = pty.openpty()
    with subprocess.Popen(command(tmp_path), env=environment(tmp_path), stdout=terminal, stderr=terminal) as running:
        os.close(terminal)
        seen = b""
        while True:
            try:
                part = os.read(reader, 4096)
            except OSError:
                break
            if not part:
                break
            seen += part
        running.wait(timeout=120)
    os.close(reader)
    text = seen.decode()
    assert "\r\x1b[KFind nothing to do\r" in text
    assert "\r\x1b[KReport\r\r\x1b[K" in text

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes of a document, a controller that follows them: its inventory, and commands run as they are written; a terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bed.hosts import CONNECTION, ROOT, Target, name_of

#: Heading, or block with the word after its language; without such a word it is not executed.
PARTS = re.compile(
    r"^#+ (?P<heading>[^\n]+)$|^```(?P<language>\w+) ?(?P<kind>[\w-]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
INVENTORY = "inventories/nxcore"
SECONDS = 900


@dataclass(frozen=True)
class Block:
    """A block of a recipe; `kind` is where it is used."""

    language: str
    kind: str
    text: str


def recipes(document: str) -> dict[str, list[Block]]:
    """The blocks of a document, by the heading above them."""
    found: dict[str, list[Block]] = {}
    heading = ""
    for part in PARTS.finditer((ROOT / document).read_text(encoding="utf-8")):
        if part["heading"]:
            heading = part["heading"]
            found[heading] = []
        else:
            found[heading].append(Block(part["language"], part["kind"], part["text"]))
    return found


def merge(present: Any, added: Any) -> Any:
    """What a file of variables is after a person has added lines: entries of lists are known by their name."""
    if isinstance(present, Mapping) and isinstance(added, Mapping):
        return {**present, **{key: merge(present.get(key), value) for key, value in added.items()}}
    if isinstance(present, list) and isinstance(added, list):
        names = [entry.get("name") for entry in added if isinstance(entry, Mapping)]
        new = {entry.get("name"): entry for entry in added if isinstance(entry, Mapping)}
        kept = [merge(entry, new.pop(entry.get("name"), {})) for entry in present]
        return kept + [new[name] for name in names if name in new]
    return added


@dataclass
class Controller:
    """A folder like the repository's, whose inventory has one container of the bed as host nxcore."""

    folder: Path
    target: Target
    variables: dict[str, Any] = field(default_factory=dict)
    vault: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("playbooks", "ansible.cfg", ".ansible", ".venv"):
            (self.folder / name).symlink_to(ROOT / name)
        shutil.copytree(ROOT / INVENTORY, self.folder / INVENTORY)
        reached = CONNECTION | {"ansible_host": name_of(self.target)}
        hosts = {"postgresql": {"hosts": {"nxcore": reached}}}
        (self.folder / INVENTORY / "hosts.yml").write_text(yaml.safe_dump(hosts), encoding="utf-8")
        declared = (self.folder / INVENTORY / "group_vars" / "postgresql.yml").read_text(encoding="utf-8")
        self.variables = yaml.safe_load(declared) | self.variables

    def declare(self, text: str) -> None:
        """Add the lines of a recipe to the inventory."""
        self.variables = merge(self.variables, yaml.safe_load(text))

    def write(self, name: str, content: Mapping[str, Any]) -> None:
        """Write a file of variables of the inventory."""
        path = self.folder / INVENTORY / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")

    def run(self, text: str) -> str:
        """What commands print; the first one that fails is the test's failure."""
        self.write("group_vars/postgresql.yml", self.variables)
        self.write("host_vars/nxcore/vault.yml", self.vault)
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", text],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
        return done.stdout

    @staticmethod
    def _environment() -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PGSOP_"))}
        return inherited | {"ANSIBLE_NOCOLOR": "1", "ANSIBLE_HOME": str(ROOT / ".ansible")}


def type_on_terminal(command: Sequence[str], answers: Mapping[str, str]) -> str:
    """What a command shows on a terminal, where each prompt gets its answer.

    Args:
        command: Program and arguments; it has to end with status 0.
        answers: By a pattern of the prompt.
    """
    shown = ""
    terminal, theirs = pty.openpty()
    child = subprocess.Popen(["setsid", "--ctty", "--wait", *command], stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    while part := _read(terminal):
        shown += part
        for prompt, answer in answers.items():
            if re.search(rf"(?:{prompt}) *$", shown[-200:]):
                os.write(terminal, f"{answer}\n".encode())
    os.close(terminal)
    status = child.wait(timeout=60)
    assert status == 0, shown
    return shown


def _read(terminal: int) -> str:
    """What a terminal shows next; empty at its end."""
    ready, _written, _failed = select.select([terminal], [], [], SECONDS)
    try:
        return os.read(terminal, 65536).decode(errors="replace") if ready else ""
    except OSError:  # Linux tells the end of a terminal so
        return ""

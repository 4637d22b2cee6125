# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-playbook against one host of the test bed and gives back data."""

from __future__ import annotations

import json
import os
import re
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import ansible
import yaml

from bed.hosts import CONNECTION, INVENTORY, ROOT, Target, name_of

#: Seconds after which a play is given up.
TIMEOUT = 900
#: Where the connection plugin and other collections that the bed uses are: beside ansible-core.
COLLECTIONS = Path(str(ansible.__file__)).parents[1]
RECAP = re.compile(r"^(\S+) +: +(ok=.*)$", re.MULTILINE)
Tasks: TypeAlias = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class TaskResult:
    host: str
    task: str
    action: str
    status: str  # ok, changed, skipped, failed, ignored, unreachable
    result: dict[str, Any]


@dataclass(frozen=True)
class PlayResult:
    rc: int
    stdout: str
    stderr: str
    recap: dict[str, dict[str, int]]  # host -> {ok: 3, changed: 0, ...}
    tasks: list[TaskResult]

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    @property
    def changed(self) -> int:
        return sum(counts["changed"] for counts in self.recap.values())

    def with_status(self, status: str) -> list[TaskResult]:
        return [task for task in self.tasks if task.status == status]

    @property
    def error(self) -> str:
        """What the failed tasks said, as one text."""
        return "\n".join(str(task.result.get("msg", task.result)) for task in self.with_status("failed"))

    @property
    def remote_modules(self) -> int:
        """How many modules ran on hosts; only known from verbosity 3 on."""
        return len(re.findall(r"Using module file", self.stdout))


class PlayRunner:
    """Runs ansible-playbook in a clean environment against one host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self,
        source: Path | str | Tasks | Mapping[str, Any],
        *,
        on: Target,
        check: bool = False,
        diff: bool = False,
        extra_vars: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
        verbosity: int = 0,
        arguments: Sequence[str] = (),
    ) -> PlayResult:
        """Run a playbook (path or collection name), a list of tasks, or the keys of one play (`{"roles": [...]}`)."""
        run = self.folder / uuid.uuid4().hex[:8]
        run.mkdir()
        record = run / "record.jsonl"
        command = ["ansible-playbook", "-i", str(self._inventory(run, on)), self._playbook(run, source), *arguments]
        command += ["--check"] * check + ["--diff"] * diff + ["-" + "v" * verbosity] * bool(verbosity)
        if extra_vars:
            command += ["-e", json.dumps(extra_vars)]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self._environment(record) | dict(env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        recap = {
            name: {key: int(value) for key, value in (pair.split("=") for pair in counts.split())}
            for name, counts in RECAP.findall(done.stdout)
        }
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
        tasks = [TaskResult(**json.loads(line)) for line in lines]
        return PlayResult(done.returncode, done.stdout, done.stderr, recap, tasks)

    @staticmethod
    def _environment(record: Path) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PGSOP_"))}
        return inherited | {
            "ANSIBLE_HOME": str(ROOT / ".ansible"),
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "molecule" / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "record,aerovista.postgresql.summary",
            "PGSOP_RECORD": str(record),
        }

    @staticmethod
    def _inventory(run: Path, on: Target) -> Path:
        inventory = run / "hosts.yml"
        inventory.write_text(yaml.safe_dump({"postgresql": {"hosts": {name_of(on): CONNECTION}}}), encoding="utf-8")
        group_vars = INVENTORY / "group_vars"
        if group_vars.is_dir():
            (run / "group_vars").symlink_to(group_vars)
        return inventory

    @staticmethod
    def _playbook(run: Path, source: Path | str | Tasks | Mapping[str, Any]) -> str:
        if isinstance(source, (Path, str)):
            return str(source)
        keys = dict(source) if isinstance(source, Mapping) else {"tasks": [dict(task) for task in source]}
        play = {"name": "Test", "hosts": "all", "gather_facts": False} | keys
        playbook = run / "playbook.yml"
        playbook.write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")
        return str(playbook)

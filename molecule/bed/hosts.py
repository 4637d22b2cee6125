# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of the test bed: copies of a converged host, scratch hosts, and their names."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml
from testinfra.host import Host

from bed import shell

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "molecule"
INVENTORY = SCENARIOS / "inventory"
#: The scenario whose hosts Molecule itself creates; all others use copies of the hosts that it converged.
BARE = "bare_host"
#: The playbook that converged them.
CONVERGE = SCENARIOS / BARE / "converge.yml"
#: How Ansible reaches a host of the bed.
CONNECTION = {"ansible_connection": "community.docker.docker", "ansible_python_interpreter": "/usr/bin/python3"}


@dataclass(frozen=True)
class Container:
    """A host by the name of its container, which is its host name too."""

    name: str

    @property
    def host(self) -> Host:
        return shell.host(self.name)


@dataclass(frozen=True)
class Copy:
    """The host that one group of tests has for itself.

    `part` tells copies of one scenario apart; `name` is an existing container (option --on).
    """

    platform: str
    scenario: str
    part: str = ""
    name: str = ""

    @property
    def group(self) -> str:
        """Tests of one group run in order in one process."""
        return self.name or "-".join(filter(None, (self.scenario, self.platform, self.part)))

    @property
    def container(self) -> Container:
        if self.name:
            return Container(self.name)
        return Container(f"pgsop-{self.platform if self.scenario == BARE else self.group}")


Target: TypeAlias = str | Host | Container


def name_of(target: Target) -> str:
    """The name of a host's container."""
    if isinstance(target, str):
        return target
    if isinstance(target, Container):
        return target.name
    return str(target.backend.hostname)


def platforms() -> list[str]:
    """The platforms this machine has images for, by name; only $PGSOP_PLATFORM if that is set."""
    hosts = yaml.safe_load((INVENTORY / "hosts.yml").read_text(encoding="utf-8"))["postgresql"]["hosts"]
    found = sorted(str(variables["pgsop_image"]).split(":")[1] for variables in hosts.values())
    only = os.environ.get("PGSOP_PLATFORM")
    return [only] if only else found


def script(name: str, *arguments: str, seconds: int = 120) -> str:
    """What one of the scripts of the bed prints; a failure is the test's."""
    command = [str(ROOT / "scripts" / name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    if done.returncode:
        pytest.fail(f"scripts/{name} {' '.join(arguments)}\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def converged(platform: str) -> str:
    """Tag of the image of a converged host; converges a host first if no image has the current roles and plugins.

    With $PGSOP_NEAR, an image with older modules and an older engine is enough; its copies get the current command.
    """
    if not is_near(platform):
        script("converged", "get", platform, seconds=900)
    return f"converged-{platform}"


@cache
def is_near(platform: str) -> bool:
    """Whether the command in the image may be older than the current engine."""
    if not os.environ.get("PGSOP_NEAR"):
        return False
    return subprocess.run([ROOT / "scripts" / "converged", "near", platform], check=False).returncode == 0

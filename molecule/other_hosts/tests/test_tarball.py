# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection as its users get it: built, installed, and run from somewhere that knows nothing of this repository."""

from __future__ import annotations

import os
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from bed.hosts import CONNECTION

if TYPE_CHECKING:
    from conftest import Container
    from other_hosts.tests.conftest import Lab

ROOT = Path(__file__).resolve().parents[3]
ALLOWED = {
    "CHANGELOG.md",
    "FILES.json",
    "LICENSE",
    "MANIFEST.json",
    "README.md",
    "SECURITY.md",
    "changelogs",
    "docs",
    "meta",
    "playbooks",
    "plugins",
    "roles",
}
NEEDED = {
    "LICENSE",
    "meta/runtime.yml",
    "playbooks/site.yml",
    "plugins/filter/distribution_major.py",
    "plugins/module_utils/pgsop/tuning/profiles.py",
    "plugins/module_utils/pgsop/cli/main.py",
    "plugins/modules/pg_hba.py",
    "roles/pg_backup/templates/pgsop.cron.j2",
    "roles/pg_hardening/meta/argument_specs.yml",
    "roles/pg_install/tasks/main.yml",
    "roles/pg_monitoring/files/grafana-dashboard.json",
    "roles/pg_monitoring/templates/pgsop-health.timer.j2",
    "roles/pg_tuning/defaults/main.yml",
}


@dataclass(frozen=True)
class Elsewhere:
    """A folder of a user: an inventory, installed collections, no ansible.cfg of ours, nothing of our environment."""

    folder: Path

    @property
    def collections(self) -> Path:
        return self.folder / "collections"

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        ours = ("ANSIBLE_", "PGSOP_", "PYTHON", "MOLECULE_")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
        environment |= {
            "ANSIBLE_HOME": str(self.folder / "home"),
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "HOME": str(self.folder),
        }
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tarball")
    command = ["ansible-galaxy", "collection", "build", "--output-path", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    (built,) = folder.glob("aerovista-postgresql-*.tar.gz")
    return built


@pytest.fixture(scope="module")
def elsewhere(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    place = Elsewhere(tmp_path_factory.mktemp("elsewhere"))
    done = place.run("ansible-galaxy", "collection", "install", "--offline", str(tarball), "-p", str(place.collections))
    assert done.returncode == 0, done.stdout + done.stderr
    return place


def test_the_tarball_holds_what_a_user_needs_and_nothing_else(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        names = [Path(member.name) for member in archive.getmembers() if member.isfile()]
    assert {name.parts[0] for name in names} <= ALLOWED
    assert {str(name) for name in names} >= NEEDED
    hidden = [name for name in names for part in name.parts if part.startswith(".") or part == "__pycache__"]
    assert not hidden
    for folder, suffixes in {"docs": {".md"}, "playbooks": {".yml"}, "plugins": {".py", ".csv"}}.items():
        assert {name.suffix for name in names if name.parts[0] == folder} <= suffixes


def test_the_installed_playbook_brings_a_host_to_the_procedure(
    elsewhere: Elsewhere,
    one_platform: str,
    fresh_container: Callable[..., Container],
    with_packages: Callable[[str], str],
    lab: Lab,
) -> None:
    host = fresh_container(with_packages(one_platform))
    inventory = elsewhere.folder / "hosts.yml"
    inventory.write_text(yaml.safe_dump({"postgresql": {"hosts": {host.name: CONNECTION}}}), encoding="utf-8")

    done = elsewhere.run("ansible-playbook", "-i", inventory.name, "aerovista.postgresql.site", "-vvv")

    assert done.returncode == 0, done.stdout + done.stderr
    installed = elsewhere.collections / "ansible_collections/aerovista/postgresql"
    assert f"Using module file {installed}/plugins/modules/pg_hba.py" in done.stdout
    assert str(ROOT / "plugins") not in done.stdout
    assert str(ROOT / ".ansible") not in done.stdout
    assert lab.sql(host, "SELECT 42; SHOW log_statement; SHOW maintenance_work_mem").split()[:2] == ["42", "ddl"]

    again = elsewhere.run("ansible-playbook", "-i", inventory.name, "aerovista.postgresql.site")
    assert again.returncode == 0, again.stdout + again.stderr
    assert " changed=0 " in again.stdout, again.stdout

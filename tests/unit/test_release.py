# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scripts/release, on a copy of this repository with the next version: what it builds, and what it refuses."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
VERSION = "97.0.0"
COLLECTION = f"aerovista-postgresql-{VERSION}.tar.gz"
COMMAND = f"pgsop-{VERSION}.pyz"
NOTES = f"release-notes-{VERSION}.md"
CHANGE = "the change of this release"
#: Prints what module pg_cli of an installed collection puts on a host.
INSTALLED = """
import sys
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import zipapp
sys.stdout.buffer.write(zipapp.build())
"""


def git(folder: Path, *arguments: str) -> str:
    author = ("-c", "user.name=Release", "-c", "user.email=release@localhost", "-c", "commit.gpgsign=false")
    command = ["git", *author, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "A change")


def release(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run([folder / "scripts/release"], env=environment, capture_output=True, text=True, check=False)


def replace(path: Path, pattern: str, new: str) -> None:
    path.write_text(re.sub(pattern, new, path.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8")


def add_to_changelog(folder: Path) -> None:
    """As `antsibull-changelog release` does, in less time."""
    for fragment in (folder / "changelogs/fragments").glob("*.yml"):
        fragment.unlink()
    path = folder / "changelogs/changelog.yaml"
    changelog = yaml.safe_load(path.read_text(encoding="utf-8"))
    changelog["releases"][VERSION] = {"changes": {"minor_changes": [CHANGE]}, "release_date": "2026-01-01"}
    path.write_text(yaml.safe_dump(changelog), encoding="utf-8")


@pytest.fixture(name="ready", scope="session")
def _ready(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A repository whose HEAD is released, once for all processes of a run. Tests do not change it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "release"
    with folder.with_suffix(".lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            make_repository(folder)
            answer = release(folder)
            assert answer.returncode == 0, answer.stderr
    return folder


def make_repository(folder: Path) -> None:
    for name in git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    replace(folder / "galaxy.yml", r"^version: .*", f"version: {VERSION}")
    replace(folder / "plugins/module_utils/pgsop/version.py", r"^VERSION = .*", f'VERSION = "{VERSION}"')
    add_to_changelog(folder)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder)


@pytest.fixture(name="built")
def _built(ready: Path) -> Path:
    return ready / "build/release"


@pytest.fixture(name="copy")
def _copy(ready: Path, tmp_path: Path) -> Path:
    """Another clone of the repository, for tests that change it."""
    git(tmp_path, "clone", "--quiet", str(ready), "copy")
    return tmp_path / "copy"


# what is built


def test_release_is_the_collection_the_command_and_the_notes(built: Path) -> None:
    assert {path.name for path in built.iterdir()} == {COLLECTION, COMMAND, NOTES, "SHA256SUMS"}
    lines = (built / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in map(str.split, lines)}
    assert sums == {name: hashlib.sha256((built / name).read_bytes()).hexdigest() for name in (COLLECTION, COMMAND)}


def test_notes_are_those_of_this_release_alone(built: Path) -> None:
    lines = (built / NOTES).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith(("#", "*"))] == ["## Minor Changes", f"* {CHANGE}"]


def test_collection_holds_what_users_need(built: Path) -> None:
    with tarfile.open(built / COLLECTION) as archive:
        names = set(archive.getnames())
        manifest = archive.extractfile("MANIFEST.json")
        assert manifest
        information = json.load(manifest)["collection_info"]
    assert information["version"] == VERSION
    assert {"README.md", "SECURITY.md", "docs/backup.md", "roles/pg_backup/tasks/main.yml"} <= names
    assert {name.split("/")[0] for name in names} & {"tests", "scripts", "molecule", "RELEASE.md"} == set()
    assert [name for name in names if name.startswith((".", "docs/site"))] == []


@pytest.mark.parametrize(
    ("arguments", "shown"), [(["--version"], f"pgsop {VERSION}\n"), (["health", "--help"], "usage: pgsop health ")]
)
def test_command_runs_without_the_collection(built: Path, tmp_path: Path, arguments: list[str], shown: str) -> None:
    command = shutil.copy2(built / COMMAND, tmp_path)
    answer = subprocess.run([sys.executable, "-I", command, *arguments], env={}, capture_output=True, check=True)
    assert answer.stdout.decode().startswith(shown)


def test_command_is_the_file_that_the_collection_puts_on_a_host(built: Path, tmp_path: Path) -> None:
    collection = tmp_path / "ansible_collections/aerovista/postgresql"
    collection.mkdir(parents=True)
    subprocess.run(["tar", "--extract", "--file", built / COLLECTION], cwd=collection, check=True)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    answer = subprocess.run([sys.executable, "-c", INSTALLED], env=environment, capture_output=True, check=True)
    assert answer.stdout == (built / COMMAND).read_bytes()


def test_nothing_is_tagged(ready: Path) -> None:
    assert git(ready, "tag", "--list") == ""
    assert git(ready, "status", "--porcelain") == ""


# what is refused


def leave_a_change(folder: Path) -> None:
    (folder / "README.md").write_text("not committed", encoding="utf-8")


def tag(folder: Path) -> None:
    git(folder, "tag", f"v{VERSION}")


def add_a_fragment(folder: Path) -> None:
    (folder / "changelogs/fragments/later.yml").write_text("bugfixes: [later]\n", encoding="utf-8")
    commit(folder)


def set_a_version_that_the_changelog_does_not_have(folder: Path) -> None:
    replace(folder / "galaxy.yml", r"^version: .*", "version: 98.0.0")
    commit(folder)


@pytest.mark.parametrize(
    "obstruct", [leave_a_change, tag, add_a_fragment, set_a_version_that_the_changelog_does_not_have]
)
def test_release_is_refused(copy: Path, obstruct: Callable[[Path], None]) -> None:
    obstruct(copy)
    answer = release(copy)
    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) == 2, answer.stderr
    assert not (copy / "build").exists()


def test_release_is_refused_if_the_command_has_another_version(copy: Path) -> None:
    replace(copy / "plugins/module_utils/pgsop/version.py", r"^VERSION = .*", 'VERSION = "96.0.0"')
    commit(copy)
    answer = release(copy)
    assert answer.returncode == 1
    assert "version.py" in answer.stderr
    assert not (copy / "build/release").exists()

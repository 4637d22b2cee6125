# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that release 0.4.0 converged becomes one of today's in one run, with at most one restart."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from bed.hosts import CONVERGE, ROOT
from bed.plays import COLLECTIONS

if TYPE_CHECKING:
    from conftest import Container, PlayResult, PlayRunner
    from other_hosts.tests.conftest import Lab

SITE = "aerovista.postgresql.site"
#: What the converged hosts of the bed have, too.
DECLARED = yaml.safe_load(CONVERGE.read_text(encoding="utf-8"))[0]["vars"]
#: The commit of release 0.4.0.
RELEASE = "8023947"
STARTED = "journalctl --quiet --unit 'postgresql@*' --grep '^Started ' --output cat | wc -l"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection as it was released."""
    top = tmp_path_factory.mktemp("released")
    folder = top / "ansible_collections" / "aerovista" / "postgresql"
    folder.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", RELEASE], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "--extract", "--directory", folder], input=archive, check=True)
    return top


@pytest.fixture(scope="module")
def old_host(
    one_platform: str,
    released: Path,
    with_packages: Callable[[str], str],
    fresh_container: Callable[..., Container],
    play: PlayRunner,
) -> Container:
    bare = fresh_container(with_packages(one_platform))
    env = {"ANSIBLE_COLLECTIONS_PATH": f"{released}:{COLLECTIONS}", "PYTHONPATH": str(released)}
    # The release has no callback of its own for the output.
    env["ANSIBLE_STDOUT_CALLBACK"] = "default"
    result = play(SITE, on=bare, extra_vars=DECLARED, env=env)
    assert result.rc == 0, result.output
    return bare


@pytest.fixture(scope="module")
def upgraded(old_host: Container, play: PlayRunner, lab: Lab) -> tuple[PlayResult, int]:
    """What today's run reports, and how often it started the server."""
    before = int(lab.run(old_host, STARTED))
    result = play(SITE, on=old_host, extra_vars=DECLARED)
    return result, int(lab.run(old_host, STARTED)) - before


def test_it_was_converged_by_the_release(old_host: Container, lab: Lab) -> None:
    assert lab.run(old_host, "pgsop --version").split()[-1] == "0.4.0"
    assert int(lab.run(old_host, STARTED)) > 0


def test_one_run_and_at_most_one_restart(upgraded: tuple[PlayResult, int]) -> None:
    result, starts = upgraded
    assert result.rc == 0, result.output
    assert starts <= 1


@pytest.mark.usefixtures("upgraded")
def test_the_second_run_changes_nothing(old_host: Container, play: PlayRunner) -> None:
    again = play(SITE, on=old_host, extra_vars=DECLARED, check=True, diff=True)
    assert (again.rc, again.changed) == (0, 0), again.output

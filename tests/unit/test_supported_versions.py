# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/supported-versions.md and the metadata of roles against the code that knows the versions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.aerovista.postgresql.plugins.filter.distribution_major import MAJORS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.checks.version import END_OF_LIFE
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.packaged import NEWEST, OLDEST

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/supported-versions.md").read_text(encoding="utf-8")
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir())


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def table(heading: str) -> list[list[str]]:
    """Return the cells of each row of the table below a heading, without its head."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def software() -> Mapping[str, str]:
    return {name: versions for name, versions, _place in table("Ansible and Python")}


def image_of(release: str) -> str:
    return re.sub(r"[ .]", "", release).lower()


def test_major_versions_have_the_days_that_health_uses() -> None:
    shown = {int(major): date.fromisoformat(end) for major, end in table("PostgreSQL")}
    assert shown == END_OF_LIFE
    assert list(shown) == list(range(OLDEST, NEWEST + 1))


def test_ci_runs_servers_of_every_major_version() -> None:
    assert load(".github/workflows/ci.yml")["jobs"]["servers"]["strategy"]["matrix"]["major"] == list(END_OF_LIFE)


def test_hosts_are_the_releases_that_the_filter_knows() -> None:
    rows = table("Hosts")
    assert {release: int(major) for release, _codename, major, _end, _long in rows} == MAJORS
    for _release, _codename, _major, end, long in rows:
        assert date.fromisoformat(end) < date.fromisoformat(long)


def test_images_are_of_the_releases_that_the_filter_knows() -> None:
    images = (ROOT / "scripts/images").read_text(encoding="utf-8")
    (platforms,) = re.findall(r"^platforms=\(([^)]*)\)", images, re.MULTILINE)
    assert set(platforms.split()) == {image_of(release) for release in MAJORS}
    (suites,) = re.findall(r"suite=\((.*)\)", images)
    codenames = {image_of(release): codename for release, codename, _major, _end, _long in table("Hosts")}
    assert dict(re.findall(r"\[(\w+)\]=(\w+)", suites)).items() <= codenames.items()


def test_ci_tests_every_release() -> None:
    jobs = load(".github/workflows/ci.yml")["jobs"].values()
    matrices = [job["strategy"]["matrix"] for job in jobs if "strategy" in job]
    listed = [matrix["platform"] for matrix in matrices if "platform" in matrix]
    assert listed
    assert [platforms for platforms in listed if set(platforms) != {image_of(release) for release in MAJORS}] == []


def test_ansible_core_is_the_one_of_the_metadata() -> None:
    oldest, tested = re.findall(r"^([\d.]+) or newer; (.*) in CI$", software()["ansible-core"])[0]
    assert load("meta/runtime.yml")["requires_ansible"] == f">={oldest}.0"
    assert {load(f"roles/{role}/meta/main.yml")["galaxy_info"]["min_ansible_version"] for role in ROLES} == {oldest}
    assert tested.split(", ") == load(".github/workflows/ci.yml")["jobs"]["unit"]["strategy"]["matrix"]["core"]
    pinned = (ROOT / "tests/oldest_core/requirements.txt").read_text(encoding="utf-8")
    assert f"\nansible-core=={oldest}." in pinned


def test_collection_needs_the_collections_of_the_page() -> None:
    needed = {
        name: f"{version.removeprefix('>=')} or newer" for name, version in load("galaxy.yml")["dependencies"].items()
    }
    assert {name: versions for name, versions in software().items() if "." in name} == needed


def test_python_on_hosts_is_the_one_for_which_plugins_are_linted() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    version = re.sub(r"^py3", "3.", settings["tool"]["ruff"]["target-version"])
    assert software()["Python"] == f"{version} or newer"

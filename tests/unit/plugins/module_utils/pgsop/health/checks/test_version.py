# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Days that are left, and releases that are older than what there is."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import command
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.command import Answer
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import (
    CRITICAL,
    OK,
    UNKNOWN,
    WARNING,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.checks import version
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.health.checks.samples import (
    SampleHost,
    found,
    there,
)

#: What apt-cache policy says: {installed}, {candidate}, and where they come from.
POLICY = """\
postgresql-17:
  Installed: {installed}
  Candidate: {candidate}
  Version table:
     {candidate} 500
        500 http://deb.debian.org/debian trixie/main amd64 Packages
 *** {installed} 100
        100 /var/lib/dpkg/status
"""
UNLISTED = """\
postgresql-17:
  Installed: 17.12-0+deb13u1
  Candidate: 17.12-0+deb13u1
  Version table:
 *** 17.12-0+deb13u1 100
        100 /var/lib/dpkg/status
"""


@pytest.mark.parametrize(
    ("major", "day", "status", "days"),
    [
        (13, "2026-11-23", CRITICAL, -375),
        (14, "2026-11-12", WARNING, 0),
        (14, "2026-11-13", CRITICAL, -1),
        (15, "2027-05-15", OK, 180),
        (15, "2027-05-16", WARNING, 179),
        (17, "2026-11-23", OK, 1081),
        (18, "2026-11-23", OK, 1452),
    ],
)
def test_days_for_which_a_major_is_maintained(major: int, day: str, status: str, days: int) -> None:
    finding = found(version.end_of_life, SampleHost(day=day, version=major))
    assert (finding.status, finding.value) == (status, days)
    assert str(version.END_OF_LIFE[major]) in finding.message


def test_published_days_follow_the_policy() -> None:
    assert {major: version.by_policy(major) for major in version.END_OF_LIFE} == version.END_OF_LIFE


def test_a_major_without_a_published_day_ends_by_the_policy() -> None:
    finding = found(version.end_of_life, SampleHost(day="2026-11-23", version=19))
    assert (finding.status, finding.value) == (OK, (date(2031, 11, 13) - date(2026, 11, 23)).days)


def answers(monkeypatch: pytest.MonkeyPatch, policy: Answer, installed: str = "17.12", running: str = "17.12") -> None:
    """What programs say."""

    def run(arguments: list[str], timeout: float = 60.0) -> Answer:
        if arguments[0] == "apt-cache":
            return policy
        said = running if arguments[0].startswith("/proc/") else installed
        return (
            Answer(0, f"postgres (PostgreSQL) {said} (Debian {said}-0+deb13u1)\n", "")
            if said
            else Answer(127, "", "none")
        )

    monkeypatch.setattr(command, "run", run)


def host(tmp_path: Path) -> SampleHost:
    facts = there(tmp_path)
    Path(facts["data_directory"], "postmaster.pid").write_text(f"{os.getpid()}\n", encoding="ascii")
    return SampleHost({}, **facts)


@pytest.mark.parametrize(
    ("installed", "candidate", "status"),
    [
        ("17.12-0+deb13u1", "17.12-0+deb13u1", OK),
        ("17.12-0+deb13u1", "17.12-0+deb13u2", OK),
        ("17.9-0+deb13u1", "17.12-0+deb13u1", WARNING),
        ("17.12-1.pgdg13+1", "17.13-1.pgdg13+1", WARNING),
        ("1:17.12-1", "1:17.13-1", WARNING),
        ("17.13-1", "17.12-1", OK),
        ("17~rc1-1", "17~rc1-1", WARNING),
        ("17~beta2-1", "17~beta3-1", WARNING),
        ("17~beta3-1", "17~rc1-1", WARNING),
        ("17~rc1-1", "17.0-1.pgdg13+1", WARNING),
        ("17~~devel20261101.1-1", "17~alpha1-1", WARNING),
    ],
)
def test_installed_release_against_the_one_that_apt_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: str, candidate: str, status: str
) -> None:
    answers(monkeypatch, Answer(0, POLICY.format(installed=installed, candidate=candidate), ""))
    assert found(version.minor, host(tmp_path)).status == status


@pytest.mark.parametrize(
    ("package", "release"),
    [
        ("19~~devel20251010.1-1~20251010.0115.g1234567.pgdg13+1", "19devel"),
        ("19~alpha1-1", "19alpha1"),
        ("19~beta3-1", "19beta3"),
        ("1:19~rc1-1", "19rc1"),
    ],
)
def test_a_pre_release_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, release: str
) -> None:
    answers(monkeypatch, Answer(0, POLICY.format(installed=package, candidate=package), ""))
    finding = found(version.minor, host(tmp_path))
    assert finding.status == WARNING
    assert f"{release} is a pre-release" in finding.message


@pytest.mark.parametrize(("running", "status"), [("17.12", OK), ("17.11", WARNING), ("17rc1", WARNING), ("", OK)])
def test_running_release_against_the_installed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, running: str, status: str
) -> None:
    policy = POLICY.format(installed="17.12-0+deb13u1", candidate="17.12-0+deb13u1")
    answers(monkeypatch, Answer(0, policy, ""), running=running)
    finding = found(version.minor, host(tmp_path))
    assert finding.status == status
    assert (f"still runs {running}, and 17.12 is installed" in finding.message) == (status == WARNING)


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (Answer(0, UNLISTED, ""), "no package list of apt has postgresql-17"),
        (Answer(0, "", ""), "no package list of apt has postgresql-17"),
        (Answer(command.NOT_FOUND, "", ""), "no apt"),
    ],
)
def test_release_that_nothing_can_be_compared_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: Answer, words: str
) -> None:
    answers(monkeypatch, policy)
    finding = found(version.minor, host(tmp_path))
    assert (finding.status, finding.visible) == (UNKNOWN, False)
    assert words in finding.message


def test_restart_that_is_needed_is_told_where_apt_knows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, Answer(0, UNLISTED, ""), running="17.11")
    finding = found(version.minor, host(tmp_path))
    assert finding.status == WARNING
    assert "besides, not known" in finding.message

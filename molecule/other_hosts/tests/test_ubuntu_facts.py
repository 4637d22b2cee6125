# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ubuntu 24.04 by its facts: what is planned for it, on a bare host of any platform that can be had here.

Ubuntu publishes for noble: package postgresql-16, and of postgresql-common the same layout as Debian's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Container, PlayResult, PlayRunner
    from other_hosts.tests.conftest import Lab

SITE = "aerovista.postgresql.site"
NOBLE = {
    "distribution": "Ubuntu",
    "distribution_version": "24.04",
    "distribution_release": "noble",
    "os_family": "Debian",
}
CONFIG = "/etc/postgresql/16/main"


@pytest.fixture(scope="module")
def bare(one_platform: str, fresh_container: Callable[..., Container]) -> Container:
    return fresh_container(one_platform)


@pytest.fixture(scope="module")
def planned(bare: Container, play: PlayRunner) -> PlayResult:
    result = play(SITE, on=bare, check=True, diff=True, extra_vars={"ansible_facts": NOBLE})
    assert result.rc == 0, result.output
    return result


def _diffs(result: PlayResult) -> str:
    def flat(diff: Any) -> str:
        parts = diff if isinstance(diff, list) else [diff]
        return "\n".join(str(part.get("after_header", "")) for part in parts if isinstance(part, dict))

    return "\n".join(
        flat(item.get("diff", {})) for task in result.tasks for item in (task.result, *task.result.get("results", []))
    )


def test_the_major_version_is_16(bare: Container, play: PlayRunner) -> None:
    task = {
        "name": "Tell the major",
        "ansible.builtin.debug": {"msg": "{{ facts | aerovista.postgresql.distribution_major }}"},
        "vars": {"facts": NOBLE},
    }
    (told,) = play([task], on=bare).tasks
    assert int(told.result["msg"]) == 16


def test_the_package_is_named(planned: PlayResult) -> None:
    said = [task.result for task in planned.tasks if task.task.endswith("pg_install : Say what would be installed")]
    assert [" install postgresql-16, python3-psycopg2" in result["msg"] for result in said] == [True]
    assert "postgresql-15" not in planned.output
    assert "postgresql-17" not in planned.output


@pytest.mark.parametrize(
    "path",
    [
        "/etc/postgresql-common/createcluster.d/50-pg_install.conf",
        f"{CONFIG}/conf.d/50-pg_hardening.conf",
        f"{CONFIG}/pg_hba.conf",
        "/etc/systemd/system/postgresql@16-main.service.d/50-pg_hardening.conf",
        f"{CONFIG}/conf.d/60-pg_tuning.conf",
    ],
)
def test_what_would_be_written_is_where_ubuntu_has_it(planned: PlayResult, path: str) -> None:
    assert path in _diffs(planned)


@pytest.mark.usefixtures("planned")
def test_nothing_was_written(bare: Container, lab: Lab) -> None:
    assert (
        lab.run(bare, "ls -d /etc/postgresql* /etc/systemd/system/postgresql* /var/lib/postgresql 2>/dev/null || true")
        == ""
    )

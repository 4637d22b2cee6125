# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster that is not called main."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Container, PlayRunner
    from other_hosts.tests.conftest import Lab

SITE = "aerovista.postgresql.site"


def test_the_cluster_of_that_name_is_the_only_one(
    one_platform: str, fresh_container: Callable[..., Container], play: PlayRunner, lab: Lab
) -> None:
    host = fresh_container(one_platform)
    name = {"pg_install_cluster": "ledger"}

    result = play(SITE, on=host, extra_vars=name)

    assert result.rc == 0, result.output
    assert lab.run(host, "pg_lsclusters -h | awk '{print $2, $3, $4}'") == "ledger 5432 online"
    assert lab.run(host, "ls -d /etc/postgresql/*/* /var/lib/postgresql/*/* | grep -c main || true") == "0"
    assert lab.sql(host, "SHOW log_statement; SHOW work_mem").split() == ["ddl", "16MB"]
    assert lab.run(host, "systemctl is-enabled postgresql@$(ls /etc/postgresql)-ledger") in {
        "enabled",
        "enabled-runtime",
    }

    again = play(SITE, on=host, extra_vars=name)
    assert (again.rc, again.changed) == (0, 0), again.output

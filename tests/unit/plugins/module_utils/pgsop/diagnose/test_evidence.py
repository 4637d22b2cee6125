# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words in which a cause is told."""

from __future__ import annotations

import dataclasses

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.cluster_lookup import (
    ClusterMatch,
    RunningServer,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import (
    CLUSTER,
    GOOD,
    refused,
)


def test_an_answer_speaks_for_some_causes() -> None:
    evidence = refused('FATAL: password authentication failed for user "appuser"')
    assert evidence.error_is("password")
    assert evidence.fits("password", "no_role")
    assert not evidence.fits("no_role")


def test_an_answer_that_is_not_understood_speaks_against_none() -> None:
    assert refused("FATAL: Passwort").fits("no_role")
    assert refused("fe_sendauth: no password supplied").fits("no_role")


def test_where_sql_is_typed_is_where_the_server_is_now() -> None:
    assert GOOD.psql == "sudo -u postgres psql -h /var/run/postgresql -p 5432 -d postgres"
    moved = dataclasses.replace(GOOD, place=ClusterMatch(CLUSTER, RunningServer(5433, "/tmp/x y", "ready")))
    assert moved.psql == "sudo -u postgres psql -h '/tmp/x y' -p 5433 -d postgres"
    assert dataclasses.replace(GOOD, place=ClusterMatch()).psql == "sudo -u postgres psql"


def test_what_is_proposed_has_no_password() -> None:
    assert GOOD.uri(port=5433) == "postgresql://appuser@localhost:5433/appdb"

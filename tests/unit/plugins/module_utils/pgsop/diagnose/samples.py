# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection that works, to be altered by tests."""

from __future__ import annotations

import dataclasses
from typing import Any

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.attempt import (
    ConnectionAttempt,
    kind_of,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.catalogue import SCRAM, Catalogue
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.cluster_lookup import (
    ClusterMatch,
    RunningServer,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.evidence import Evidence
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.hba_match import Decision, MatchedLine
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.network import NetworkPath
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.os_user import OsUser
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.password_source import PasswordSource
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionTarget
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.rule import HbaRule
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.listeners import Listener

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "/data", "/etc/postgresql/17/main", "/log", "/var/run/postgresql")
SUBJECTS: dict[str, Any] = {
    "role": True,
    "may_login": True,
    "superuser": False,
    "replication": False,
    "valid_until": None,
    "expired": False,
    "role_limit": -1,
    "role_sessions": 0,
    "database": True,
    "open": True,
    "database_limit": -1,
    "database_sessions": 0,
    "may_connect": True,
}
SERVER: dict[str, Any] = {
    "slots": 100,
    "kept": 3,
    "reserved": 0,
    "used": 5,
    "ssl": False,
    "hba_file": "/etc/postgresql/17/main/pg_hba.conf",
    "ident_file": "/etc/postgresql/17/main/pg_ident.conf",
    "loaded": 0.0,
    "version": 170000,
}
CATALOGUE = Catalogue(SUBJECTS, SERVER, (), (), (), frozenset({"appuser"}), SCRAM, matches=True)
LINE = MatchedLine(
    HbaRule("host", ("all",), ("all",), "scram-sha-256", "127.0.0.1/32"),
    "line 9 of /etc/postgresql/17/main/pg_hba.conf",
)
SECRET = PasswordSource("hush", "what was given")
GOOD = Evidence(
    target=ConnectionTarget(
        "localhost", 5432, "appdb", "appuser", password_source=SECRET, origins={"dbname": "given", "host": "given"}
    ),
    os_user=OsUser("ada", 1000, 1000, "/home/ada"),
    reach=NetworkPath(("127.0.0.1",), listening=(Listener("127.0.0.1", 5432, 7, "postgres"),), open=("127.0.0.1",)),
    place=ClusterMatch(CLUSTER, RunningServer(5432, "/var/run/postgresql", "ready")),
    attempt=ConnectionAttempt(
        True, seconds=0.01, session={"user": "appuser", "database": "appdb", "version": "17.1", "encrypted": False}
    ),
    found=CATALOGUE,
    decision=Decision(LINE, kind="plain"),
)


def refused(said: str, evidence: Evidence = GOOD, **changed: Any) -> Evidence:
    """The same connection refused with some words."""
    return dataclasses.replace(evidence, attempt=ConnectionAttempt(False, said, kind_of(said), 0.01), **changed)


def known(**changed: Any) -> Catalogue:
    """A catalogue with other facts, wherever they belong."""
    subjects = {**SUBJECTS, **{key: value for key, value in changed.items() if key in SUBJECTS}}
    server = {**SERVER, **{key: value for key, value in changed.items() if key in SERVER}}
    rest = {key: value for key, value in changed.items() if key not in SUBJECTS and key not in SERVER}
    return dataclasses.replace(CATALOGUE, subjects=subjects, server=server, **rest)

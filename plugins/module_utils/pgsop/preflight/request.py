# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What module pg_preflight is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class PreflightRequest:
    """The parts of a declaration that depend on the host.

    Attributes:
        version: major version of the cluster.
        cluster: its name.
        packaged: whether the distribution must have the major version.
        settings: declared server settings, each with place, name, value, of_session, and problem: the verdict of the controller's table,
            for a host without a server that answers.
        databases: entries of pg_bootstrap_databases, without passwords.
        roles: entries of pg_bootstrap_roles, without passwords.
        public_connect: databases from which PUBLIC loses CONNECT.
        named_databases: names of databases, each with its place, that are not declared and so must exist.
        pairs: entries of pg_hardening_hba_pairs.
        declared_databases, declared_roles: names that are declared or that each cluster has.
        programs: paths of programs that the cluster's owner must be able to run, by variable.
        os_users: names of users that must exist.
        write_paths: folders that must exist.
        directives: names of directives that systemd must know.
        backup_directory: folder of the sets; empty if it need not be checked.
        memory_mb: declared memory for PostgreSQL, in MB; 0 if it is measured.
    """

    version: int
    cluster: str
    packaged: bool = False
    settings: Sequence[Mapping[str, Any]] = ()
    databases: Sequence[Mapping[str, Any]] = ()
    roles: Sequence[Mapping[str, Any]] = ()
    public_connect: Sequence[str] = ()
    named_databases: Sequence[Mapping[str, str]] = ()
    pairs: Sequence[Mapping[str, str]] = ()
    declared_databases: Sequence[str] = ()
    declared_roles: Sequence[str] = ()
    programs: Mapping[str, str] = field(default_factory=dict)
    os_users: Sequence[str] = ()
    write_paths: Sequence[str] = ()
    directives: Sequence[str] = ()
    backup_directory: str = ""
    memory_mb: int = 0

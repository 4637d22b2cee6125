# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of a server that does not answer, as its program reads them in the configuration."""

from __future__ import annotations

import os
from collections.abc import Sequence

from . import command
from .cluster import Cluster
from .debian import program_directory


def configured(cluster: Cluster, names: Sequence[str]) -> dict[str, str]:
    """Return values by name, as a start would read them; without those that the program refuses to show."""
    become = ["runuser", "-u", cluster.owner, "--"] if os.geteuid() == 0 else []
    found: dict[str, str] = {}
    for name in names:
        answer = command.run([*become, *question(cluster, name)])
        if answer.status == 0:
            found[name] = answer.output.strip()
    return found


def question(cluster: Cluster, name: str, program: str = "") -> list[str]:
    """Return the call of the server's program that reads the configuration as a start would, and prints one setting.

    Args:
        cluster: of the configuration.
        name: of the setting.
        program: path of the server's program; empty for that of the packages.
    """
    program = program or f"{program_directory(cluster.version)}/postgres"
    config_file = os.path.join(cluster.config_directory, "postgresql.conf")
    return [program, "-D", cluster.data_directory, "-c", f"config_file={config_file}", "-C", name]


def client_files(cluster: Cluster) -> tuple[str, str]:
    """Return the paths of pg_hba.conf and pg_ident.conf; those of the packages if the configuration cannot be read."""
    found = configured(cluster, ("hba_file", "ident_file"))
    packaged = [os.path.join(cluster.config_directory, name) for name in ("pg_hba.conf", "pg_ident.conf")]
    hba, ident = found.get("hba_file") or packaged[0], found.get("ident_file") or packaged[1]
    return os.path.join(cluster.data_directory, hba), os.path.join(cluster.data_directory, ident)

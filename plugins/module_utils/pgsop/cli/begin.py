# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first step of the backup subcommands: read the configuration, and become the cluster's owner."""

from __future__ import annotations

import argparse
import os

from ..backup.config import BackupConfig, load
from ..cluster import get_cluster
from ..errors import PgsopError
from .options import again, called
from .owner import become_owner


def begin(arguments: argparse.Namespace) -> BackupConfig:
    """Return the configuration of backups, and become the cluster's owner for the rest of the process.

    Raises:
        PgsopError: the configuration cannot be used, or this process is neither root nor the owner.
    """
    try:
        config = load(os.path.abspath(arguments.config))
    except PgsopError as error:
        if os.geteuid() == 0 or not isinstance(error.__cause__, PermissionError):
            raise
        raise PgsopError(
            attempted=f"run {called(arguments)}",
            target=arguments.config,
            answer="you may not read it",
            next_step=again(arguments),
        ) from error
    cluster = get_cluster(config.version, config.cluster, attempted=f"run {called(arguments)}")
    become_owner(cluster, called(arguments), again(arguments))
    return config

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of health for the cluster that is meant."""

from __future__ import annotations

import os

from ..cluster_choice import choose
from .config import HealthConfig
from .declaration import load


def config_of(version: int, name: str, path: str) -> HealthConfig:
    """Return the configuration of a cluster, or the defaults.

    Args:
        version: major version of the cluster.
        name: its name.
        path: the configuration; it need not exist, and may be about another cluster.

    Raises:
        PgsopError: the configuration cannot be used.
    """
    config = load(path) if os.path.lexists(path) else None
    same = config is not None and (config.version, config.cluster) == (version, name)
    return config if config is not None and same else HealthConfig(version, name)


def select_config(path: str, version: int | None = None, name: str = "main") -> HealthConfig | None:
    """Return the configuration of the chosen cluster, or the defaults; None if it is not clear which cluster that is.

    Args:
        path: the configuration; it need not exist.
        version: major version of the cluster; None for the configured one, or the only one.
        name: its name, used only with a version.

    Raises:
        PgsopError: the configuration cannot be used.
    """
    choice = choose(path, version, name)
    return None if choice is None else config_of(choice.version, choice.name, path)

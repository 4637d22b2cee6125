# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cluster is meant: the one that is named, the one that is declared, or the only one there is."""

from __future__ import annotations

import os
from typing import Optional

from ..cluster import list_clusters
from .config import Config
from .declaration import load


def chosen(path: str, version: Optional[int] = None, name: str = "main") -> Optional[Config]:
    """What is declared for the cluster that is meant, or the defaults; None where it is not clear which one that is.

    Args:
        path: the configuration; it need not be there.
        version: major version of the cluster; None for the declared one, or the only one.
        name: its name, where the version is given.

    Raises:
        PgsopError: where the configuration cannot be used.
    """
    config = load(path) if os.path.lexists(path) else None
    if version is not None:
        same = config is not None and (config.version, config.cluster) == (version, name)
        return config if same else Config(version, name)
    if config is not None:
        return config
    clusters = list_clusters()
    return Config(clusters[0].version, clusters[0].name) if len(clusters) == 1 else None

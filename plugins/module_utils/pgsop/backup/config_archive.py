# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that make a cluster what it is, besides its data."""

from __future__ import annotations

import glob
import os
import tarfile
from collections.abc import Iterator

from ..cluster import Cluster
from ..debian import COMMON_CONFIG, CRON_ROOT, OWN_CONFIG, UNIT_ROOT
from ..paths import server_paths

#: Files that the collection, or an administrator, wrote for this cluster; {unit} is its unit, {data} its data folder.
_PLACES = (
    "{configuration}",
    "{data}/postgresql.auto.conf",
    COMMON_CONFIG,
    OWN_CONFIG,
    UNIT_ROOT + "/{unit}.d",
    f"{CRON_ROOT}/pgsop*",
    f"{UNIT_ROOT}/pgsop*",
)


def save(path: str, cluster: Cluster, secret: str) -> tuple[int, list[str]]:
    """Write a tar archive of the configuration of a cluster, with absolute paths.

    Args:
        path: the archive.
        cluster: of which the configuration is, with pg_hba.conf and pg_ident.conf also if they are in another folder.
        secret: path of the file that is left out: the key to a set must not be in the set.

    Returns:
        Number of files in the archive, and the paths that could not be read.

    Raises:
        OSError: the archive cannot be written.
    """
    count, unread = 0, []
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for found in _files(cluster):
            if secret and os.path.realpath(found) == os.path.realpath(secret):
                continue
            # Neither a link to nothing nor a pipe, at which reading never ends, may cost a backup.
            if not os.path.isfile(found) or not os.access(found, os.R_OK):
                unread.append(found)
                continue
            with open(found, "rb") as handle:
                archive.addfile(archive.gettarinfo(arcname=found, fileobj=handle), handle)
            count += 1
    return count, unread


def _files(cluster: Cluster) -> Iterator[str]:
    for place in _PLACES:
        filled = place.format(configuration=cluster.config_directory, data=cluster.data_directory, unit=cluster.unit)
        for path in sorted(glob.glob(filled)):
            if not os.path.isdir(path):
                yield path
            for root, folders, files in os.walk(path):
                folders.sort()
                yield from (os.path.join(root, name) for name in sorted(files))
    paths = server_paths(cluster)
    for path in (paths.hba_file, paths.ident_file):
        if not path.startswith(f"{cluster.config_directory}/") and os.path.exists(path):
            yield path

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of this collection for clusters that do not exist any more; pg_dropcluster leaves drop-ins of settings and of the unit."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator

from .cluster import config_directory
from .debian import CONFIG_ROOT, MANAGED, UNIT_ROOT

_UNIT_FOLDERS = "postgresql@*-*.service.d"


def leftovers() -> list[str]:
    """Return such files, each followed by the folders that are empty without it, in the order in which they can be removed."""
    return list(_with_folders(sorted(path for path in _files() if _is_managed(path))))


def _files() -> Iterator[str]:
    """Yield the files in the folders of clusters without a postgresql.conf, by which Debian's tools know a cluster."""
    for path in glob.glob(f"{UNIT_ROOT}/{_UNIT_FOLDERS}/*.conf"):
        instance = os.path.basename(os.path.dirname(path))[len("postgresql@") : -len(".service.d")]
        version, _dash, name = instance.partition("-")
        if version.isdigit() and not _exists(config_directory(int(version), name)):
            yield path
    for folder in glob.glob(f"{CONFIG_ROOT}/[0-9]*/*"):
        if not _exists(folder):
            yield from glob.glob(f"{folder}/*.conf")
            yield from glob.glob(f"{folder}/conf.d/*.conf")


def _exists(folder: str) -> bool:
    return os.path.lexists(os.path.join(folder, "postgresql.conf"))


def _is_managed(path: str) -> bool:
    try:
        with open(path, encoding="utf-8", errors="replace") as handle:
            return handle.readline().startswith(MANAGED)
    except OSError:
        return False


def _with_folders(files: list[str]) -> Iterator[str]:
    """Yield each file, and each folder after the last file in it."""
    removed: set[str] = set()
    for file in files:
        path = file
        while True:
            removed.add(path)
            yield path
            path = os.path.dirname(path)
            others = {os.path.join(path, name) for name in os.listdir(path)} - removed
            if others or path in (UNIT_ROOT, CONFIG_ROOT):
                break

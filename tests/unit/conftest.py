# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What several files of unit tests share."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import zipapp


@pytest.fixture(name="command", scope="session")
def _command(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The host command as one file, which is built once for all processes of a run. Tests do not change it."""
    base = tmp_path_factory.getbasetemp()
    path = (base if worker_id == "master" else base.parent) / "pgsop"
    with (path.parent / "pgsop.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            path.write_bytes(zipapp.build())
            path.chmod(0o755)
    return path

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of a restore that left something out, as a file."""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.omitted import Omitted, save


def test_list_is_for_its_owner_only(tmp_path: Path) -> None:
    omitted = Omitted("index", 'public."i j"', "CREATE INDEX ...", "no")
    path = Path(save(BackupConfig(version=17, state_directory=str(tmp_path)), "a/b", [omitted]))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent == tmp_path
    assert path.name.startswith("omitted-a_b-")
    assert json.loads(path.read_text(encoding="utf-8")) == [omitted.as_dict()]

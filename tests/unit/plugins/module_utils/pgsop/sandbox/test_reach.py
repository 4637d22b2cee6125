# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access to files and folders of this host, in this process and in the source of the file as a program."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox import reach as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.reach import reach


def test_paths_are_told_apart_by_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "file")
    names = [str(tmp_path), str(tmp_path / "file"), str(tmp_path / "link"), str(tmp_path / "missing"), os.devnull]
    folder, file, link, missing, device = reach(names)
    assert missing == {"read": False, "write": False, "id": None}
    assert all(found["read"] and found["write"] for found in (folder, file, link, device))
    assert file["id"] == link["id"] != folder["id"]
    assert device["id"] == [0, Path(os.devnull).stat().st_rdev]


def test_source_is_a_program_of_its_own(tmp_path: Path) -> None:
    paths = [str(tmp_path), str(tmp_path / "$x %i"), "/"]
    command = [sys.executable, "-I", "-c", inspect.getsource(module), json.dumps(paths)]
    done = subprocess.run(command, capture_output=True, check=True)
    assert json.loads(done.stdout) == reach(paths)

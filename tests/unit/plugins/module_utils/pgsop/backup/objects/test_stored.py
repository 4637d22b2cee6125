# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Descriptions in files."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import objects
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError


def test_description_comes_back_as_it_was(tmp_path: Path) -> None:
    path, described = tmp_path / "x.json", {"table": {'s."Ödd ""q"""': "0123"}, "view": {}}
    objects.save(str(path), described)
    assert objects.load(str(path)) == described
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [None, b"{"])
def test_file_that_is_none_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PgsopError, match="read the description"):
        objects.load(str(path))

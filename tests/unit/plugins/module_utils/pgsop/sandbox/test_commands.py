# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a shell command names, with the folders of this host."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.commands import named_paths

#: Paths below a folder in which there are a folder "wal", a folder "my wal" and a program "tool".
CASES: list[tuple[str, list[tuple[str, str]]]] = [
    ("", []),
    ("cp %p wal/%f", []),
    ("cp %p {root}/wal/%f", [("wal", "folder filled")]),
    ("cp %p {root}/wal/seg_%f.gz", [("wal", "folder filled")]),
    ("cp %p {root}/wal", [("wal", "folder")]),
    ("cp %p {root}/wal/", [("wal/", "folder")]),
    ("cp %p '{root}/my wal/%f'", [("my wal", "folder filled")]),
    ('cp "%p" "{root}/my wal/%f"', [("my wal", "folder filled")]),
    ("cp %p {root}/wal/new.tar", [("wal", "folder")]),
    ("cp %p {root}/missing/deep/%f", []),
    ("test ! -f {root}/wal/%f && cp %p {root}/wal/%f", [("wal", "folder filled"), ("wal", "folder filled")]),
    ("gzip <%p >{root}/wal/%f.gz", [("wal", "folder output filled")]),
    ("gzip < %p >> {root}/wal/%f.gz", [("wal", "folder output filled")]),
    ("{root}/tool --to={root}/wal push %p", [("tool", ""), ("wal", "folder")]),
    ("DIR={root}/wal {root}/tool %p", [("wal", "folder"), ("tool", "")]),
    ("rsync -a %p backup@host:{root}/wal/%f", []),
    ("rsync -a %p rsync://host{root}/wal/%f", []),
    ("sh -c 'cp %p {root}/wal/%f; true'", [("wal", "folder filled")]),
    ("cp %p {root}/wal/%f;true", [("wal", "folder filled")]),
    ("cp %p {root}/wal/%f '", [("wal", "folder filled")]),
    ("{root}/tool %p 2>{root}/tool", [("tool", ""), ("tool", "output")]),
    ("cp %p /%f", [("/", "folder filled")]),
    # Blanks that part no words in a shell.
    *[(f"echo{blank}x", []) for blank in ("\u00a0", "\x0b", "\x1c", "\u2003")],
    ("sh -c 'echo\u00a0x; cp %p {root}/wal/%f'", [("wal", "folder filled")]),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text.format(root="") for text, _found in CASES])
def test_paths_in_a_command(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    (tmp_path / "wal").mkdir()
    (tmp_path / "my wal").mkdir()
    (tmp_path / "tool").touch()
    found = []
    for each in named_paths(text.format(root=tmp_path)):
        words = [name for name in ("folder", "output", "filled") if getattr(each, name)]
        found.append((each.path.replace(f"{tmp_path}/", ""), " ".join(words)))
    assert found == expected


def test_percent_sign_of_a_name_is_doubled(tmp_path: Path) -> None:
    (tmp_path / "50%").mkdir()
    (found,) = named_paths(f"cp %p {tmp_path}/50%%/%f")
    assert found.path == f"{tmp_path}/50%"

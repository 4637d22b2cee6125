# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers of advisory locks, against those that the tools are known to take."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.keys import (
    crc32,
    fnv32,
    java_hash,
    joined,
    split,
)


def test_checksums() -> None:
    # The check values of the algorithms' own descriptions.
    assert crc32("123456789") == 0xCBF43926
    assert fnv32("") == 0x811C9DC5
    assert fnv32("foobar") == 0x31F0B262
    assert java_hash("hello") == 99162322
    assert java_hash("polygenelubricants") == -(2**31)
    assert java_hash("\U0001f600") == 31 * 0xD83D + 0xDE00


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (72707369, (0, 72707369)),
        (77431708279161, (18028, 2037866873)),
        (-1, (2**32 - 1, 2**32 - 1)),
        (-(2**63), (2**31, 0)),
    ],
)
def test_as_the_server_shows_them(key: int, expected: tuple[int, int]) -> None:
    assert split(key) == expected
    assert joined(*expected) == key

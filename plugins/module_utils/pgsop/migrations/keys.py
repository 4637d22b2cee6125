# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers of advisory locks, as migration tools compute them."""

from __future__ import annotations

import zlib

_WORD = 0xFFFFFFFF
_LONG = 0xFFFFFFFFFFFFFFFF
_HALF_WORD, _HALF_LONG = 1 << 31, 1 << 63


def crc32(text: str) -> int:
    """Return the CRC-32 of a text in UTF-8 (as zlib computes it), without sign."""
    return zlib.crc32(text.encode()) & _WORD


def fnv32(text: str) -> int:
    """Return the hash of a text by Go's fnv.New32 (FNV-1), without sign."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value * 0x01000193) & _WORD) ^ byte
    return value


def java_hash(text: str) -> int:
    """Return the hashCode of a text as a Java String, with sign (32 bits)."""
    value = 0
    units = text.encode("utf-16-be")
    for place in range(0, len(units), 2):
        value = (31 * value + int.from_bytes(units[place : place + 2], "big")) & _WORD
    return value - (1 << 32) if value >= _HALF_WORD else value


def split(key: int) -> tuple[int, int]:
    """Return classid and objid, with which pg_locks shows a key of pg_advisory_lock(bigint); objsubid is 1."""
    return (key & _LONG) >> 32, key & _WORD


def joined(classid: int, objid: int) -> int:
    """Return the key of pg_advisory_lock(bigint), with sign, from classid and objid; the reverse of :func:`split`."""
    key = (classid << 32) | objid
    return key - (1 << 64) if key >= _HALF_LONG else key

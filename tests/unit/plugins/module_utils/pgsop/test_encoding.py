# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes that are not UTF-8, on their way through the driver."""

from __future__ import annotations

import codecs
import os
import types

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import encoding


@pytest.mark.parametrize("data", [b"plain", "\u20ac".encode(), b"\xe9", b"\xe3\x81", bytes(range(1, 256))])
def test_every_byte_survives(data: bytes) -> None:
    driver = types.SimpleNamespace(extensions=types.SimpleNamespace(encodings={"SQLASCII": "ascii"}))
    encoding.prepare(driver)
    codec = driver.extensions.encodings["SQLASCII"]
    text = codecs.decode(data, codec)
    assert codecs.encode(text, codec) == data
    assert encoding.is_utf8(text) == (data in (b"plain", "\u20ac".encode()))


@pytest.mark.parametrize("before", [None, "other"])
def test_name_that_is_not_utf_8_goes_by_the_environment(monkeypatch: pytest.MonkeyPatch, before: str | None) -> None:
    monkeypatch.delenv("PGDATABASE", raising=False)
    if before:
        monkeypatch.setenv("PGDATABASE", before)
    with encoding.database_argument("b\udcfccher") as arguments:
        assert arguments == {}
        assert os.environb[b"PGDATABASE"] == b"b\xfccher"
    assert os.environ.get("PGDATABASE") == before
    with encoding.database_argument("b\u00fccher") as arguments:
        assert arguments == {"dbname": "b\u00fccher"}

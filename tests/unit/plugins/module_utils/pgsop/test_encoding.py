# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes that are not UTF-8, on their way through the driver."""

from __future__ import annotations

import codecs
import os
import threading
import time
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


def test_names_that_are_not_utf_8_do_not_meet() -> None:
    """Health connects to several databases at the same time, and the variable is one for all."""
    seen: list[tuple[str, str]] = []

    def connect(name: str) -> None:
        for _try in range(200):
            with encoding.database_argument(name):
                time.sleep(0)
                seen.append((name, os.environ["PGDATABASE"]))

    threads = [threading.Thread(target=connect, args=(name,)) for name in ("a\udcff", "b\udcff")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 400
    assert [pair for pair in seen if pair[0] != pair[1]] == []


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


@pytest.mark.parametrize(
    ("data", "name", "text"),
    [
        (b"t\xe9", "LATIN1", "t\u00e9"),
        (b"t\x80", "WIN1252", "t\u20ac"),
        (b"t\xcf\xb0", "WIN1251", "t\u041f\u00b0"),
        (b"\xc6\xfc", "EUC_JP", "\u65e5"),
        (b"\xd4", "KOI8R", "\u0442"),
        (b"t\xc3\xa9", "UTF8", "t\u00e9"),
        (b"t\xe9", "SQL_ASCII", "t\udce9"),
        (b"t\x81", "WIN1252", "t\udc81"),
        (b"t\xe9", "MULE_INTERNAL", "t\udce9"),
        (b"t\xe9", "an encoding of the future", "t\udce9"),
    ],
)
def test_text_in_the_encoding_of_a_database(data: bytes, name: str, text: str) -> None:
    assert encoding.text_of(data, name) == text
    assert encoding.as_bytes(encoding.as_text(data)) == data

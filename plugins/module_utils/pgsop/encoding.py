# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that the server sends as its bytes: UTF-8, and bytes that are not, which Python keeps as surrogates (PEP 383)."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import threading
from collections.abc import Iterator
from typing import Any

#: The client encoding for which a server sends its bytes and converts nothing.
VERBATIM = "SQL_ASCII"
#: Databases with these encodings hold UTF-8, any bytes, or what the server cannot convert into UTF-8.
_TAKEN_VERBATIM = ("UTF8", "SQL_ASCII", "MULE_INTERNAL")
#: Names of encodings for which Python has others.
_WINDOWS = re.compile(r"WIN(\d+)")
_PYTHONS = {"KOI8R": "koi8_r", "KOI8U": "koi8_u"}
#: The server answers so if a text has no equivalent in the client encoding, or is invalid in its own.
UNTRANSLATABLE = ("22P05", "22021")

_CODEC = "pgsop_utf8_surrogateescape"


def _decode(data: Any, _errors: str = "strict", /) -> tuple[str, int]:
    return codecs.utf_8_decode(data, "surrogateescape", True)


def _encode(text: str, _errors: str = "strict", /) -> tuple[bytes, int]:
    return codecs.utf_8_encode(text, "surrogateescape")


_INFO = codecs.CodecInfo(_encode, _decode, name=_CODEC)


def _find(name: str) -> codecs.CodecInfo | None:
    return _INFO if name == _CODEC else None


codecs.register(_find)


def is_utf8(text: str) -> bool:
    """Return whether a text of the server is UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def text_of(data: bytes, server_encoding: str) -> str:
    """Return text that a database stores, or a program wrote without converting it.

    Args:
        data: its bytes.
        server_encoding: PostgreSQL's name of the database's encoding.

    Returns:
        The text; with surrogates for its bytes if Python does not know the encoding, or they are invalid in it.
    """
    codec = "utf-8" if server_encoding in _TAKEN_VERBATIM else _WINDOWS.sub(r"cp\1", server_encoding)
    try:
        return data.decode(_PYTHONS.get(codec, codec))
    except (LookupError, UnicodeDecodeError):
        return as_text(data)


def as_bytes(text: str) -> bytes:
    """Return the bytes of a text that was read verbatim."""
    return text.encode("utf-8", "surrogateescape")


def as_text(data: bytes) -> str:
    """Return bytes as text; those that are not UTF-8 become surrogates."""
    return data.decode("utf-8", "surrogateescape")


def prepare(driver: Any) -> None:
    """Let the driver decode texts that a server sends verbatim; its own choice is ASCII."""
    driver.extensions.encodings.update({"SQLASCII": _CODEC, "SQL_ASCII": _CODEC})


def convert(raw: Any) -> None:
    """Let the server convert into UTF-8 from now on, if it can convert the database's encoding.

    Args:
        raw: a connection of the driver with client encoding VERBATIM.
    """
    if raw.get_parameter_status("server_encoding") not in _TAKEN_VERBATIM:
        raw.set_client_encoding("UTF8")


#: The variables are those of the process, and health connects to several databases at the same time.
_ENVIRONMENT = threading.Lock()


@contextlib.contextmanager
def database_argument(database: str) -> Iterator[dict[str, str]]:
    """Yield the arguments of a connection to a database; a name that is not UTF-8 goes by PGDATABASE, which takes any bytes."""
    if is_utf8(database):
        yield {"dbname": database}
        return
    with _ENVIRONMENT:
        before = os.environ.get("PGDATABASE")
        os.environ["PGDATABASE"] = database
        try:
            yield {}
        finally:
            del os.environ["PGDATABASE"]
            os.environ.update({} if before is None else {"PGDATABASE": before})

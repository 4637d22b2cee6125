# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SCRAM verifiers: against the published exchange, against libpq, and against what only looks like one."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import scram
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.scram import (
    iterations,
    matches,
    saslprep,
    verifier,
)

SALT = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
PENCIL = verifier("pencil", SALT)

#: Passwords as they are typed, and as they are hashed.
PREPARED = [
    ("", ""),
    ("pencil", "pencil"),
    # ASCII is taken as it is, control characters included
    ("tab\there\x7f", "tab\there\x7f"),
    # mapped to nothing: soft hyphen, zero width joiner, variation selector, byte order mark
    ("I\u00adX", "IX"),
    ("a\u200db\ufe0fc\ufeff", "abc"),
    # nothing is left: the raw text
    ("\u00ad", "\u00ad"),
    # spaces: no-break, ideographic, and the zero width one, which two tables name
    ("a\u00a0b", "a b"),
    ("a\u3000b", "a b"),
    ("a\u200bb", "a b"),
    # compatibility forms: ordinal, roman numeral, ligature, full width
    ("\u00aa", "a"),
    ("\u2168", "IX"),
    ("\ufb01sh", "fish"),
    ("\uff50\uff57", "pw"),
    # composed and decomposed are one password
    ("e\u0301", "\u00e9"),
    ("\u00e9", "\u00e9"),
    ("\u212b", "\u00e5".upper()),
    # prohibited, so raw: control, private use, no character, tone mark, tag, replacement character
    ("\ufb01\x07", "\ufb01\x07"),
    ("\ufb01\x85", "\ufb01\x85"),
    ("\ufb01\ue000", "\ufb01\ue000"),
    ("\ufb01\ufdd0", "\ufb01\ufdd0"),
    ("\ufb01\u0340", "\ufb01\u0340"),
    ("\ufb01\U000e0041", "\ufb01\U000e0041"),
    ("\ufb01\ufffd", "\ufb01\ufffd"),
    # unassigned in Unicode 3.2, so raw: an emoji, a later letter
    ("\ufb01\U0001f600", "\ufb01\U0001f600"),
    ("\ufb01\u0221", "\ufb01\u0221"),
    # directions: at both ends and nothing else, or raw
    ("\u05d0 \ufb2e\u05d1", "\u05d0 \u05d0\u05b7\u05d1"),
    ("\u06271", "\u06271"),
    ("\u0627\ufb01\u0628", "\u0627\ufb01\u0628"),
    ("\u0627\ufb001\u0628", "\u0627\ufb001\u0628"),
    ("1\ufe8d", "1\ufe8d"),
    ("\ufe8d", "\u0627"),
    # looked for before the normalization: what it makes may be prohibited (U+2048 becomes "?!", U+FDFA Arabic with spaces)
    ("\u2048", "?!"),
    ("\u00b4", " \u0301"),
    ("p\u00e4ssw\u00f6rd\u20ac", "p\u00e4ssw\u00f6rd\u20ac"),
]


@pytest.mark.parametrize(("typed", "hashed"), PREPARED)
def test_password_is_prepared_as_the_server_does(typed: str, hashed: str) -> None:
    assert saslprep(typed) == hashed


def test_verifier_is_the_one_of_the_published_exchange() -> None:
    """RFC 7677 section 3, both proofs: the client's against the stored key, the server's against the server key."""
    nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    message = f"n=user,r={nonce[:20]},r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={nonce}".encode()
    stored_key, server_key = (base64.b64decode(key) for key in PENCIL.split("$")[2].split(":"))
    proof = base64.b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    signature = hmac.digest(stored_key, message, "sha256")
    client_key = bytes(left ^ right for left, right in zip(proof, signature, strict=True))
    assert hashlib.sha256(client_key).digest() == stored_key
    expected = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
    assert base64.b64encode(hmac.digest(server_key, message, "sha256")).decode() == expected


def test_verifier_has_the_form_of_the_server() -> None:
    assert PENCIL == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


def test_salt_is_random_and_as_long_as_the_server_s() -> None:
    first, second = verifier("pencil", iterations=1), verifier("pencil", iterations=1)
    assert first != second
    assert {len(base64.b64decode(made.split(":")[1].split("$")[0])) for made in (first, second)} == {16}


@pytest.mark.parametrize("iterations", [1, 4096, 5000])
def test_own_verifier_matches_its_password_only(iterations: int) -> None:
    stored = verifier("p\u00e4ss", SALT, iterations)
    assert matches("p\u00e4ss", stored)
    assert matches("pa\u0308ss", stored), "decomposed, from another keyboard"
    assert not matches("pass", stored)
    assert not matches("", stored)


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "",
        "pencil",
        "md5" + "0" * 32,
        PENCIL.lower(),
        PENCIL + "\n",
        " " + PENCIL,
        PENCIL + "$",
        PENCIL[:-2],
        PENCIL.replace("SHA-256", "SHA-1"),
        PENCIL.replace("4096", ""),
        PENCIL.replace("4096", "0"),
        PENCIL.replace("4096", "-1"),
        PENCIL.replace("4096", "\u0664096"),
        PENCIL.replace("4096", "4097"),
        PENCIL.replace("W22Z", "W22"),
        PENCIL.replace("W22Z", "W2*Z"),
        PENCIL.replace("W22ZaJ0SNY7soEsUEjb6gQ==", ""),
        PENCIL.replace("WG5d", "WG5e"),
        PENCIL.replace("wfPL", "wfPM"),
        PENCIL.replace(":w", "$w"),
        # a role may store this for itself; to compare with it would take half an hour
        PENCIL.replace("4096", "2147483647"),
    ],
)
def test_anything_else_is_no_match(stored: str | None) -> None:
    assert not matches("pencil", stored)


def test_bytes_that_are_no_utf_8_are_taken_as_they_are() -> None:
    raw = b"p\xe4ss"
    salted = hashlib.pbkdf2_hmac("sha256", raw, SALT, scram.ITERATIONS)
    server_key = base64.b64encode(hmac.digest(salted, b"Server Key", "sha256")).decode()
    assert verifier(raw.decode("utf-8", "surrogateescape"), SALT).endswith(":" + server_key)


# libpq itself


@pytest.fixture(name="libpq", scope="module")
def _libpq() -> Iterator[Any]:
    """How libpq hashes a password; it wants a connection for that, but not one that anybody answers."""
    driver = pytest.importorskip("psycopg2")
    with contextlib.ExitStack() as stack:
        silent = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        connection = driver.connect(host="127.0.0.1", port=silent.getsockname()[1], user="nobody", async_=1)
        stack.callback(connection.close)
        extensions = pytest.importorskip("psycopg2.extensions")
        yield lambda password: extensions.encrypt_password(password, "nobody", connection, "scram-sha-256")


@pytest.mark.parametrize("typed", [typed for typed, hashed in PREPARED])
def test_libpq_agrees(libpq: Any, typed: str) -> None:
    theirs = libpq(typed)
    assert matches(typed, theirs)
    assert not matches(typed + "x", theirs)


@pytest.mark.parametrize(
    ("stored", "count"), [(verifier("x", SALT, 5000), 5000), ("md5" + "0" * 32, 0), ("", 0), (None, 0)]
)
def test_iterations_of_a_verifier(stored: str | None, count: int) -> None:
    assert iterations(stored) == count

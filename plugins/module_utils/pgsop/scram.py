# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SCRAM-SHA-256 verifiers as PostgreSQL stores them: a password is set, and compared, without ever being sent."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import stringprep
import unicodedata

#: The server's own numbers (scram-common.h): SCRAM_DEFAULT_SALT_LEN, SCRAM_SHA_256_DEFAULT_ITERATIONS.
SALT_BYTES = 16
ITERATIONS = 4096

#: A role may store any verifier for itself. One that would take hours to compare with is no match: it is replaced.
MOST_ITERATIONS = 10_000_000

_STORED = re.compile(
    r"SCRAM-SHA-256\$(?P<iterations>[1-9][0-9]{0,9}):(?P<salt>[A-Za-z0-9+/]+={0,2})"
    r"\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}="
)

#: Prohibited output of RFC 4013 section 2.3, and 2.5: unassigned code points.
_PROHIBITED = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
    stringprep.in_table_a1,
)


def verifier(password: str, salt: bytes | None = None, iterations: int = ITERATIONS) -> str:
    """Return the verifier of a password, ready for ``ALTER ROLE ... PASSWORD``.

    As ``scram_build_secret`` in src/common/scram-common.c; the keys are those of RFC 5802 section 3 with the hash of RFC 7677.

    Args:
        password: in clear text.
        salt: random by default.
        iterations: cost of a guess; the server's scram_iterations from version 16 on.
    """
    salt = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    # Bytes that are no UTF-8 came as surrogates; the server takes them as they are.
    prepared = saslprep(password).encode("utf-8", "surrogateescape")
    salted = hashlib.pbkdf2_hmac("sha256", prepared, salt, iterations)
    stored_key = hashlib.sha256(hmac.new(salted, b"Client Key", hashlib.sha256).digest()).digest()
    server_key = hmac.new(salted, b"Server Key", hashlib.sha256).digest()
    return f"SCRAM-SHA-256${iterations}:{_base64(salt)}${_base64(stored_key)}:{_base64(server_key)}"


def matches(password: str, stored: str | None) -> bool:
    """Return whether a stored verifier is one of this password.

    False for anything but a SCRAM verifier (missing, md5, malformed): such a role is to get a new one.
    The form is that of ``parse_scram_secret`` in src/backend/libpq/auth-scram.c.
    """
    found = _STORED.fullmatch(stored or "")
    if found is None or int(found["iterations"]) > MOST_ITERATIONS:
        return False
    try:
        salt = base64.b64decode(found["salt"], validate=True)
    except binascii.Error:
        return False
    return hmac.compare_digest(verifier(password, salt, int(found["iterations"])), str(stored))


def iterations(stored: str | None) -> int:
    """Return the number of iterations of a stored SCRAM verifier; 0 for anything else."""
    found = _STORED.fullmatch(stored or "")
    return int(found["iterations"]) if found else 0


def saslprep(text: str) -> str:
    """Return a password in the form that is hashed, so that it is the same password from every keyboard.

    As ``pg_saslprep`` in src/common/saslprep.c does it, which is RFC 4013 with three habits of its own: ASCII is taken as it is, control
    characters included; prohibited characters and directions are checked before the normalization, not after; and
    if the text may not be prepared, every caller goes on with the raw one instead of an error.
    """
    if text.isascii():
        return text
    # The space table comes first: U+200B is in both.
    spaced = (" " if stringprep.in_table_c12(character) else character for character in text)
    mapped = "".join(character for character in spaced if not stringprep.in_table_b1(character))
    if not mapped or any(prohibited(character) for character in mapped for prohibited in _PROHIBITED):
        return text
    if not _directions_fit(mapped):
        return text
    # All remaining characters are in Unicode 3.2. Its normal forms have not changed since, so the version of this table does not matter.
    return unicodedata.normalize("NFKC", mapped)


def _directions_fit(text: str) -> bool:
    """Return whether a text fits RFC 3454 section 6: one with right-to-left characters has only those, and one at both ends."""
    if not any(stringprep.in_table_d1(character) for character in text):
        return True
    if any(stringprep.in_table_d2(character) for character in text):
        return False
    return stringprep.in_table_d1(text[0]) and stringprep.in_table_d1(text[-1])


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")

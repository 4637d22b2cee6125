# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry of one client library, and one difference from libpq."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Forms of connection strings: libpq's URI and its pairs, and those with a prefix or a syntax of their own.
URI, PAIRS, JDBC, PDO, DBI, ODBC = "uri", "pairs", "jdbc", "pdo", "dbi", "odbc"
#: Values one by one, and a form that no client reads.
VALUES, OTHER = "values", "other"

#: Effects of a difference.
FAILS, DIFFERS = "fails", "differs"

#: What a client does with a parameter that its lists do not have.
REFUSED, IGNORED, SETTING, LIBPQ = "refused", "ignored", "setting", "libpq"

#: What an sslmode means to a client: SSL off, SSL if the server has it, SSL or no connection, SSL with a verified certificate.
OFF, PREFER, REQUIRE, VERIFY = "off", "prefer", "require", "verify"

#: What a client does with a password before it computes a SCRAM proof.
RAW, NORMAL_FORM_C, ALWAYS, STRICT = "raw", "nfc", "always", "strict"


@dataclass(frozen=True)
class Client:
    """A client library, as far as it differs from libpq; the defaults are libpq's.

    Attributes:
        title: as its documentation has it.
        measured: names and versions that the entry was measured with.
        form: form of the connection strings in its documentation.
        scheme: of its URL.
        schemes: all schemes of URLs that it accepts; empty if it accepts each.
        pairs: whether it accepts libpq's pairs.
        needs: a parameter that each of its URLs needs for a server without SSL.
        parameters: names that it accepts; LIBPQ in it stands for all of libpq's.
        rejects: names that it refuses although `unknown` would not.
        ignores: names that it ignores.
        unknown: what it does with other names.
        sslmodes: meaning of a word that libpq refuses or reads otherwise; empty for a word that it refuses.
        ssl_words: the same for the parameter ssl; None if it has no such parameter.
        default_sslmode: meaning without a parameter.
        plus_is_blank: whether + in a parameter of a URL is a blank.
        decodes_login: whether it decodes user and password of a URL.
        keeps_encoded: what it does not decode in the database of a URL: slash, all, or empty.
        needs_database: whether it refuses a string without a database.
        sockets: by way of writing a socket (keys of `string_rules`), the effect, and in words what happens.
        hosts: whether it accepts several hosts.
        ipv6_literal: whether it accepts an IPv6 address in a URL.
        all_addresses: whether it tries every address of a name.
        attempts: how often it sends a wrong password to one address; 0 if it stops after the first address.
        password_sources: of PGPASSWORD, pgpass (the password file) and passfile (its parameter), those that it reads.
        unread_variables: variables that it ignores.
        forbidden_variables: variables with which it does not start a connection.
        service: what it does with a service: empty for what libpq does, otherwise the words for it.
        preparation: what it does with a password for SCRAM; empty for what libpq does.
        most_iterations: largest number of SCRAM iterations that it accepts; 0 for any.
    """

    title: str
    measured: str
    form: str = URI
    scheme: str = "postgresql"
    schemes: tuple[str, ...] = ("postgresql", "postgres")
    pairs: bool = False
    needs: str = ""
    parameters: frozenset[str] = frozenset({LIBPQ})
    rejects: frozenset[str] = frozenset()
    ignores: frozenset[str] = frozenset()
    unknown: str = REFUSED
    sslmodes: Mapping[str, str] = field(default_factory=dict)
    ssl_words: Mapping[str, str] | None = None
    default_sslmode: str = PREFER
    plus_is_blank: bool = False
    decodes_login: bool = True
    keeps_encoded: str = ""
    needs_database: bool = False
    sockets: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    hosts: bool = True
    ipv6_literal: bool = True
    all_addresses: bool = True
    attempts: int = 0
    password_sources: frozenset[str] = frozenset({"PGPASSWORD", "pgpass", "passfile"})
    unread_variables: frozenset[str] = frozenset()
    forbidden_variables: frozenset[str] = frozenset()
    service: str = ""
    preparation: str = ""
    most_iterations: int = 0


@dataclass(frozen=True)
class Difference:
    """What a client does differently from libpq with one connection.

    Attributes:
        id: stable over releases.
        effect: FAILS or DIFFERS.
        message: a sentence without a full stop, without a value of the connection string.
        remedy: the exact change; without a secret.
    """

    id: str
    effect: str
    message: str
    remedy: str

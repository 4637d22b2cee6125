# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences in how a client logs in: addresses, SSL, passwords, and what it reads outside of the connection string."""

from __future__ import annotations

import stringprep
import unicodedata
from collections.abc import Iterator, Mapping

from .. import scram
from . import model
from .model import DIFFERS, FAILS, Difference
from .situation import Situation
from .string_rules import refuses

#: Keywords of the values that a client needs to find the server and the role.
_KEYWORDS = ("host", "port", "dbname", "user")
_WORDS: Mapping[str, str] = {
    model.REQUIRE: "SSL or no connection",
    model.VERIFY: "SSL with a verified certificate",
    model.OFF: "no SSL",
    model.PREFER: "SSL if the server has it",
}
#: Meaning of libpq's words.
_LIBPQ: Mapping[str, str] = {
    "disable": model.OFF,
    **dict.fromkeys(("prefer", "allow"), model.PREFER),
    "require": model.REQUIRE,
    **dict.fromkeys(("verify-ca", "verify-full"), model.VERIFY),
}
#: Meaning of the words that `connection_strings` translates for libpq.
_FOREIGN: Mapping[str, str] = {
    **_LIBPQ,
    **dict.fromkeys(("true", "1", "on", "yes", "no-verify"), model.REQUIRE),
    **dict.fromkeys(("false", "0", "off", "no"), model.OFF),
}


def sslmode(situation: Situation) -> Iterator[Difference]:
    """Report an sslmode that the client refuses or reads in another way than libpq."""
    client, given = situation.client, situation.given
    word, name, table = given.parameter("sslmode"), "sslmode", client.sslmodes
    if given.form not in (client.form, model.PAIRS):
        return
    if word is None and client.ssl_words is not None:
        word, name, table = given.parameter("ssl"), "ssl", client.ssl_words
    if word is None:
        yield from _default(situation)
    elif not refuses(situation, name):
        yield from _word(situation, name, word, table.get(word, table.get("", _LIBPQ.get(word, ""))))


def _word(situation: Situation, name: str, word: str, meaning: str) -> Iterator[Difference]:
    title, ssl = situation.client.title, situation.ssl
    if not meaning:
        message = f"{title} refuses this word for {name}"
        yield Difference("client.sslmode_refused", FAILS, message, f"use {name}=disable or {name}=require")
    elif meaning != _LIBPQ.get(word, _FOREIGN.get(word.lower())):
        needs = meaning in (model.REQUIRE, model.VERIFY)
        if ssl and meaning == model.REQUIRE:
            return
        message = f"{title} reads this word for {name} as {_WORDS[meaning]}"
        remedy = f"use {name}={'disable' if ssl is False else 'require'}"
        if ssl is not False and situation.client.sslmodes.get("require") == model.VERIFY:
            remedy = f"use {name}=disable for a server without SSL; otherwise give the client the CA of the server's certificate"
        yield Difference("client.sslmode_read_otherwise", FAILS if needs and ssl is False else DIFFERS, message, remedy)


def _default(situation: Situation) -> Iterator[Difference]:
    client, origin = situation.client, situation.origins.get("sslmode", "")
    # A word that was translated from another parameter is not there for the client.
    missing = origin in ("", "given")
    if client.default_sslmode == model.REQUIRE and missing and not situation.socket:
        effect = FAILS if situation.ssl is False else DIFFERS
        message = f"without sslmode {client.title} takes sslmode=require, libpq takes prefer"
        yield Difference(
            "client.sslmode_default", effect, message, "use sslmode=disable, or switch on SSL on the server"
        )


def addresses(situation: Situation) -> Iterator[Difference]:
    """Report a name with several addresses of which the client tries one, or to which it sends a wrong password each."""
    client = situation.client
    versions = {":" in address for address in situation.addresses}
    if (
        not client.all_addresses
        and len(versions) > 1
        and situation.open
        and all(":" in address for address in situation.open)
    ):
        message = f"{client.title} tries one address of a name, the IPv4 one, and the server listens on IPv6 only"
        yield Difference(
            "client.ipv6_not_tried", FAILS, message, "use [::1] as the host, or let the server listen on both"
        )
    several = len(situation.addresses) > 1
    if situation.refused and client.attempts and (several or client.attempts > 1):
        count = client.attempts * max(1, len(situation.addresses))
        message = f"{client.title} sends a wrong password {count} times for one connection, which lockouts count"
        yield Difference("client.password_sent_again", DIFFERS, message, "use an address such as 127.0.0.1 as the host")


def password_source(situation: Situation) -> Iterator[Difference]:
    """Report a password that libpq finds and the client does not."""
    client, origin = situation.client, situation.origins.get("password", "")
    remedy = "give the password in the client's own configuration"
    if origin == "PGPASSWORD" and "PGPASSWORD" not in client.password_sources:
        yield Difference("client.environment_not_read", FAILS, f"{client.title} does not read PGPASSWORD", remedy)
    if not situation.password_file:
        return
    by_parameter = situation.origins.get("passfile") == "given"
    source = "passfile" if by_parameter else "pgpass"
    if source not in client.password_sources:
        what = "parameter passfile" if by_parameter else "password files (.pgpass, PGPASSFILE)"
        if "pgpass" in client.password_sources:
            remedy = "set PGPASSFILE in the client's environment"
        yield Difference("client.passfile_not_read", FAILS, f"{client.title} does not read {what}", remedy)


def environment(situation: Situation) -> Iterator[Difference]:
    """Report variables of the environment and services that the client does not read."""
    client = situation.client
    unread = sorted(
        name for name in (situation.origins.get(key, "") for key in _KEYWORDS) if name in client.unread_variables
    )
    if unread:
        message = f"{client.title} does not read {', '.join(unread)}"
        yield Difference("client.environment_not_read", FAILS, message, "put the value into the connection string")
    forbidden = sorted(client.forbidden_variables & situation.variables)
    if forbidden:
        message = f"{client.title} ends the program if {', '.join(forbidden)} is set"
        yield Difference(
            "client.environment_refused", FAILS, message, "remove the variable from the client's environment"
        )
    by_service = [key for key in (*_KEYWORDS, "password") if situation.origins.get(key, "").startswith("service ")]
    database_only = client.service == "database" and "dbname" in by_service
    if by_service and client.service and (client.service != "database" or database_only):
        message = (
            f"{client.title} takes everything from a service but its database"
            if database_only
            else f"{client.title} {client.service}"
        )
        remedy = (
            "name the database in the connection string, too"
            if database_only
            else "put the values of the service into the connection string"
        )
        yield Difference("client.service_not_read", DIFFERS if database_only else FAILS, message, remedy)


def password(situation: Situation) -> Iterator[Difference]:
    """Report a password or a verifier that the client cannot use for SCRAM."""
    client, given = situation.client, situation.password
    limit = client.most_iterations
    if given and 0 < limit < situation.iterations:
        message = f"{client.title} refuses a verifier with {situation.iterations} iterations; its limit is {limit}"
        remedy = f"SET scram_iterations = 4096, then set the password of role {situation.user} again"
        yield Difference("client.iterations_refused", FAILS, message, remedy)
    if client.preparation and not given.isascii() and sends_other(client.preparation, given):
        message = f"{client.title} does not prepare this password (SASLprep) as the server does, and sends another one"
        yield Difference("client.saslprep", FAILS, message, "choose a password of ASCII characters only")


def sends_other(preparation: str, given: str) -> bool:
    """Return whether a client computes its proof from another text than the server's verifier.

    Args:
        preparation: what the client does with a password; one of RAW, NORMAL_FORM_C, ALWAYS, STRICT.
        given: the password.
    """
    right = scram.saslprep(given)
    spaced = "".join(" " if stringprep.in_table_c12(each) else each for each in given)
    mapped = "".join(each for each in spaced if not stringprep.in_table_b1(each))
    if preparation == model.STRICT:
        # The server takes the bytes of a password that SASLprep prohibits; this client refuses it.
        return (right == given and unicodedata.normalize("NFKC", mapped) != right) or _prohibited(given)
    prepared = {
        model.RAW: given,
        model.NORMAL_FORM_C: unicodedata.normalize("NFC", spaced),
        model.ALWAYS: unicodedata.normalize("NFKC", mapped),
    }
    return prepared[preparation] != right


def _prohibited(given: str) -> bool:
    """Return whether SASLprep refuses a password as a whole: an addition that it would remove stays then."""
    return scram.saslprep(f"{given}\u00ad") == f"{given}\u00ad"

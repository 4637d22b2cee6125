# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences in how a client reads the text of a connection string."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, unquote

from .. import dsn
from . import model
from .model import DIFFERS, FAILS, Difference
from .situation import Situation

#: Names of values that decide about the connection itself.
_PLACE = frozenset({"host", "port", "user", "password", "dbname", "database", "ssl", "sslmode", "service", "passfile"})
#: Settings that clients send to the server under their own name.
_SETTINGS = frozenset({
    *("search_path", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "timezone", "application_name"),
    *("client_encoding", "datestyle", "options"),
})  # fmt: skip
#: How libpq writes what other parameters ask for.
_INSTEAD = {
    "search_path": "options=-csearch_path%3D..., or ALTER ROLE ... SET search_path",
    "schema": "options=-csearch_path%3D..., or ALTER ROLE ... SET search_path",
    "currentSchema": "options=-csearch_path%3D..., or ALTER ROLE ... SET search_path",
    "statement_timeout": "options=-cstatement_timeout%3D..., or ALTER ROLE ... SET statement_timeout",
}


def form(situation: Situation) -> Iterator[Difference]:
    """Report a form, a scheme, or user and password before the host, that the client does not read."""
    client, given = situation.client, situation.given
    own = {model.VALUES, client.form, *((model.PAIRS,) if client.pairs else ())}
    if given.form not in own:
        yield Difference(
            "client.form_not_understood", FAILS, f"{client.title} does not read this form of a connection string",
            f"write it like this, with the password added: {example(situation)}",
        )  # fmt: skip
    elif given.url and client.form == model.URI and client.schemes and given.scheme not in client.schemes:
        yield Difference(
            "client.scheme_refused", FAILS, f"{client.title} does not read a URL with this scheme",
            f"begin it with {client.scheme}://",
        )  # fmt: skip
    elif given.form == model.JDBC and given.login:
        yield Difference(
            "client.login_in_url", FAILS,
            f"{client.title} takes USER:PASSWORD@ for a part of the host, and writes a part of the password into its log",
            "give user and password as properties, or as ?user=...&password=...",
        )  # fmt: skip


def names(situation: Situation) -> Iterator[Difference]:
    """Report user, password and database of a URL that the client does not decode, or does without."""
    client, given = situation.client, situation.given
    if given.url and not client.decodes_login and "%" in given.login:
        yield Difference(
            "client.login_not_decoded", FAILS, f"{client.title} does not decode user and password: %40 stays %40",
            "pass unquote_user=True, unquote_password=True to connect()",
        )  # fmt: skip
    kept = client.keeps_encoded if given.url else ""
    if (kept == "all" and "%" in given.path) or (kept == "slash" and "%2f" in given.path.lower()):
        yield Difference(
            "client.database_not_decoded", FAILS,
            f"{client.title} does not decode {'%2F in ' if kept == 'slash' else ''}the name of the database",
            "give host, port, user, password and database one by one instead of a URL",
        )  # fmt: skip
    if client.needs_database and given.form != model.VALUES and not _names_database(situation):
        yield Difference(
            "client.database_required", FAILS, f"{client.title} refuses a connection string without a database",
            f"add the database: /{quote(situation.database, safe='')}",
        )  # fmt: skip


def _names_database(situation: Situation) -> bool:
    given = situation.given
    by_parameter = given.parameter("dbname") or given.parameter("database")
    # Django takes a service for one.
    service = given.parameter("service") and "service" in situation.client.parameters
    return bool(given.path or by_parameter or service)


def parameters(situation: Situation) -> Iterator[Difference]:
    """Report parameters that the client refuses or ignores."""
    client = situation.client
    if situation.given.form not in (client.form, model.PAIRS):
        return
    for name, value in situation.given.parameters:
        known = name.lower() in _PLACE or name in _SETTINGS or dsn.is_keyword(name) or name in _FOREIGN
        # Another name may be a part of a password.
        shown = name if known else "of another name"
        if refuses(situation, name):
            how = "sends it to the server, which refuses it" if client.unknown == model.SETTING else "refuses it"
            yield Difference(
                "client.parameter_refused", FAILS, f"parameter {shown}: {client.title} {how}", _instead(situation, name)
            )  # fmt: skip
        elif name in client.ignores and (name, value) != ("port", "5432"):
            effect = FAILS if name in _PLACE else DIFFERS
            yield Difference(
                "client.parameter_ignored", effect, f"parameter {shown}: {client.title} ignores it", _instead(situation, name)
            )  # fmt: skip


def refuses(situation: Situation, name: str) -> bool:
    """Return whether a client refuses a parameter."""
    client = situation.client
    if name in client.rejects or (name == "sslmode" and _no_sslmode(situation)):
        return True
    if name == "ssl" and client.ssl_words is not None:
        return False
    accepted = name in client.parameters or name in client.ignores
    if accepted or (model.LIBPQ in client.parameters and dsn.is_keyword(name)):
        return False
    if client.unknown == model.SETTING:
        return name not in _SETTINGS
    return client.unknown == model.REFUSED


def _no_sslmode(situation: Situation) -> bool:
    client = situation.client
    return not {"sslmode", model.LIBPQ} & client.parameters and client.unknown == model.REFUSED


def _instead(situation: Situation, name: str) -> str:
    if name == "sslmode" and situation.client.ssl_words is not None:
        return "use ?ssl=disable"
    if name == "application_name" and "ApplicationName" in situation.client.parameters:
        return "use ApplicationName"
    found = _INSTEAD.get(name, "")
    takes_options = not refuses(situation, "options")
    return f"use {found}" if found and takes_options else found.rpartition(", or ")[2] or "leave it out"


def plus(situation: Situation) -> Iterator[Difference]:
    """Report a + in a parameter of a URL that is a blank for the client and a plus for libpq."""
    if not (situation.own_url and situation.given.form == model.URI and situation.client.plus_is_blank):
        return
    for name in situation.given.has_plus():
        if (
            name not in situation.client.ignores
            and not refuses(situation, name)
            and (name in _PLACE or name in _SETTINGS or dsn.is_keyword(name))
        ):
            effect = FAILS if name in _PLACE else DIFFERS
            message = f"parameter {name}: {situation.client.title} reads + as a blank, libpq as a plus"
            yield Difference("client.plus_decoded", effect, message, "write %2B for a plus, %20 for a blank")


def socket(situation: Situation) -> Iterator[Difference]:
    """Report a way of writing the folder of a socket that the client does not read."""
    effect, message = situation.client.sockets.get(socket_way(situation), ("", ""))
    if effect:
        title = situation.client.title
        yield Difference(
            "client.socket_not_understood", effect, f"{title} {message}", f"write it like this, with the password added: {example(situation)}"
        )  # fmt: skip


def socket_way(situation: Situation) -> str:
    """Return how a URL names a socket: parameter, parameters, encoded, over_host, no_host; empty without one."""
    given = situation.given
    if not (situation.own_url and situation.socket):
        return ""
    if "%2f" in given.place.lower():
        return "encoded"
    if not (given.parameter("host") or "").startswith("/"):
        return "" if given.place or "host" in situation.origins else "no_host"
    if given.place:
        return "over_host"
    return "parameter" if given.login else "parameters"


def hosts(situation: Situation) -> Iterator[Difference]:
    """Report several hosts, or an IPv6 address, that the client does not read."""
    client, place = situation.client, unquote(situation.given.place)
    if not situation.own_url:
        return
    if "," in place and not client.hosts:
        message = f"{client.title} does not read several hosts"
        yield Difference("client.hosts_refused", FAILS, message, "give the host that works, alone")
    elif place.startswith("[") and not client.ipv6_literal:
        message = f"{client.title} looks up [...] as a name: it does not read an IPv6 address in a URL"
        yield Difference("client.ipv6_literal", FAILS, message, "use a name such as localhost")


def example(situation: Situation) -> str:
    """Return the connection string in the client's own form, without the password."""
    client = situation.client
    if client.form in (model.PDO, model.ODBC):
        name = (
            {"host": "Server", "port": "Port", "dbname": "Database", "user": "UID"} if client.form == model.ODBC else {}
        )
        values = {"host": situation.host, "port": situation.port, "dbname": situation.database, "user": situation.user}
        pairs = ";".join(f"{name.get(key, key)}={value}" for key, value in values.items())
        return f"{'pgsql:' if client.form == model.PDO else 'Driver={PostgreSQL Unicode};'}{pairs}"
    user, database = quote(situation.user, safe=""), quote(situation.database, safe="")
    more = f"?{client.needs}" if client.needs and not situation.ssl else ""
    if client.form == model.JDBC:
        return f"jdbc:postgresql://{'localhost' if situation.socket else situation.host}:{situation.port}/{database}?user={user}"
    place = situation.host
    if situation.socket and client.sockets.get("encoded", ("",))[0]:
        place = "localhost"
    place = quote(place, safe="") if place.startswith("/") else f"[{place}]" if ":" in place else place
    return f"{'dbi:Pg:' if client.form == model.DBI else ''}{client.scheme}://{user}@{place}:{situation.port}/{database}{more}"


#: Parameters of other drivers; a message may have their names.
_FOREIGN = frozenset({
    *("schema", "currentSchema", "connection_limit", "pgbouncer", "pool_timeout", "pool_size", "pool", "pool_max_conns", "pool_min_conns"),
    *("max_overflow", "serverVersion", "charset", "encoding", "conn_max_age", "prepared_statements", "statement_cache_size"),
    *("command_timeout", "server_settings", "ApplicationName", "sslfactory", "loginTimeout", "socketTimeout", "uselibpqcompat"),
    *("x-migrations-table", "statement-cache-capacity", "binary_parameters", "async_fallback", "sslaccept", "database"),
})  # fmt: skip

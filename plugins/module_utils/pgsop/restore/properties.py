# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of a database that no dump of it has: compared, and restored."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any

from ..backup.database_properties import ACL, Properties, database_oid
from ..connection import Session
from ..sql import LIST_SETTINGS, join_identifiers, quote_identifier, quote_literal, setting_name, split_identifiers

Attempt = Callable[[str, str, Callable[[], None]], None]

#: What pg_get_userbyid() answers for a role that does not exist.
_MISSING = re.compile(r"unknown \(OID=\d+\)")
_PROVIDERS = {"c": "libc", "i": "icu", "b": "builtin"}
#: Since when CREATE DATABASE knows the provider, and the one of its own.
_PROVIDER_SINCE, _BUILTIN_SINCE = 15, 17
#: What depends on the host, not on the database.
_UNCOMPARED = ("collation_version", "public_owner")


def without_missing_roles(properties: Properties) -> Properties:
    """Return the properties without roles that did not exist when the database was dumped, as sets of 0.4.0 name them.

    What such a role granted is granted by the owner.
    """
    acl = [
        {**entry, "grantor": properties["owner"] if _is_missing(entry["grantor"]) else entry["grantor"]}
        for entry in properties["acl"]
        if not _is_missing(entry["grantee"])
    ]
    settings = [entry for entry in properties["settings"] if not _is_missing(entry["role"])]
    return {**properties, "acl": acl, "settings": settings}


def differences(
    wanted: Properties, found: Properties, *, tablespace: bool = True, without: Collection[str] = ()
) -> list[str]:
    """Return properties that are not as they were, as sentences.

    Args:
        wanted: as it was dumped.
        found: as it was restored.
        tablespace: whether the tablespace counts.
        without: keys that do not count.
    """
    wanted = without_missing_roles(wanted)
    keys = [key for key in wanted if key not in (*_UNCOMPARED, *without) and (tablespace or key != "tablespace")]
    return [
        f"property {key} is {_describe(found.get(key))} and was {_describe(wanted[key])}"
        for key in keys
        if _canonical(found.get(key)) != _canonical(wanted[key])
    ]


def creation(properties: Properties, name: str, *, major: int, tablespace: bool = True) -> str:
    """Return the statement that creates an empty database with these properties, to which only superusers can connect.

    Args:
        properties: as they were read.
        name: of the new database.
        major: version of the server that creates it.
        tablespace: whether it is created in its tablespace, or in the default one.
    """
    parts = [f"CREATE DATABASE {quote_identifier(name)} TEMPLATE template0"]
    parts.append(f"ENCODING {quote_literal(properties['encoding'])} LC_COLLATE {quote_literal(properties['collate'])}")
    parts.append(f"LC_CTYPE {quote_literal(properties['ctype'])} CONNECTION LIMIT 0")
    if major >= _PROVIDER_SINCE:
        parts.append(f"LOCALE_PROVIDER {_PROVIDERS[properties['provider']]}")
    if properties["provider"] == "i":
        parts.append(f"ICU_LOCALE {quote_literal(properties['locale'])}")
        if properties["icu_rules"]:
            parts.append(f"ICU_RULES {quote_literal(properties['icu_rules'])}")
    elif properties["provider"] == "b":
        parts.append(f"BUILTIN_LOCALE {quote_literal(properties['locale'])}")
    if tablespace:
        parts.append(f"TABLESPACE {quote_identifier(properties['tablespace'])}")
    return " ".join(parts)


def missing_support(properties: Properties, major: int) -> list[str]:
    """Return why a server of that version cannot create such a database, as sentences; empty if it can."""
    since = {"i": _PROVIDER_SINCE, "b": _BUILTIN_SINCE}.get(properties["provider"], 0)
    return (
        [f"its locale provider {_PROVIDERS[properties['provider']]} came with version {since}"] if major < since else []
    )


def bring_back(session: Session, properties: Properties, name: str, *, attempt: Attempt) -> None:
    """Restore privileges, settings, labels and comment of a database, inside of a transaction.

    Its name and its options for connections stay as they are.

    Args:
        session: of a superuser.
        properties: as they were read.
        name: of the database.
        attempt: called with key and description of each property that has its own text, and with a function that restores it.

    Raises:
        PgsopError: the server refuses a privilege, or the attempt raises the server's error.
    """
    database, properties = quote_identifier(name), without_missing_roles(properties)
    for grant in _grants(session, properties, name):
        session.execute(grant)
    for entry in properties["settings"]:
        attempt("settings", f"setting {entry['name']}", partial(_set, session, database, entry))
    for label in properties["labels"]:
        text = quote_literal(label["label"])
        labelled = f"SECURITY LABEL FOR {quote_identifier(label['provider'])} ON DATABASE {database} IS {text}"
        attempt("labels", f"security label of {label['provider']}", partial(session.execute, labelled))
    comment = properties["comment"]
    commented = f"COMMENT ON DATABASE {database} IS {'NULL' if comment is None else quote_literal(comment)}"
    attempt("comment", "comment", partial(session.execute, commented))


def allow_connections_sql(properties: Properties, name: str) -> Iterator[str]:
    """Yield the statements that allow connections to it as before."""
    database = quote_identifier(name)
    yield f"ALTER DATABASE {database} CONNECTION LIMIT {int(properties['connection_limit'])}"
    yield f"ALTER DATABASE {database} IS_TEMPLATE {bool(properties['is_template'])}"
    yield f"ALTER DATABASE {database} ALLOW_CONNECTIONS {bool(properties['allow_connections'])}"


def block_connections_sql(name: str) -> Iterator[str]:
    """Yield the statements after which only superusers can connect to it."""
    database = quote_identifier(name)
    yield f"ALTER DATABASE {database} ALLOW_CONNECTIONS true"
    yield f"ALTER DATABASE {database} IS_TEMPLATE false"
    yield f"ALTER DATABASE {database} CONNECTION LIMIT 0"


def _grants(session: Session, properties: Properties, name: str) -> Iterator[str]:
    """Yield statements for exactly these privileges, each by its grantor, who must have got the privilege before."""
    database = quote_identifier(name)
    wanted = [dict(entry) for entry in properties["acl"]]
    if _canonical(session.rows(ACL, [database_oid(session, name)])) == _canonical(wanted):
        return
    owner = properties["owner"]
    yield f"REVOKE ALL ON DATABASE {database} FROM PUBLIC, {quote_identifier(owner)}"
    able = {(owner, privilege) for privilege in ("CREATE", "CONNECT", "TEMPORARY")}
    while wanted:
        ready = [entry for entry in wanted if (entry["grantor"], entry["privilege"]) in able] or wanted
        for entry in ready:
            yield from _grant(entry, owner, database)
            if entry["grantable"]:
                able.add((entry["grantee"], entry["privilege"]))
        wanted = [entry for entry in wanted if entry not in ready]


def _grant(entry: Mapping[str, Any], owner: str, database: str) -> Iterator[str]:
    grantee = "PUBLIC" if entry["grantee"] is None else quote_identifier(entry["grantee"])
    option = " WITH GRANT OPTION" if entry["grantable"] else ""
    statement = f"GRANT {entry['privilege']} ON DATABASE {database} TO {grantee}{option}"
    if entry["grantor"] == owner:
        yield statement
        return
    yield f"SET LOCAL ROLE {quote_identifier(entry['grantor'])}"
    yield statement
    yield "SET LOCAL ROLE NONE"


def _set(session: Session, database: str, entry: Mapping[str, Any]) -> None:
    """Restore one setting, to the very text that was stored."""
    name, value = setting_name(entry["name"]), entry["value"]
    head = (
        f"ALTER DATABASE {database}"
        if entry["role"] is None
        else f"ALTER ROLE {quote_identifier(entry['role'])} IN DATABASE {database}"
    )
    if entry["name"] not in LIST_SETTINGS:
        session.execute(f"{head} SET {name} TO {quote_literal(value)}")
        return
    items = split_identifiers(value)
    if items and join_identifiers(items) == value:
        session.execute(f"{head} SET {name} TO {', '.join(quote_literal(item) for item in items)}")
        return
    # Written by set_config(), and so in a form that no SET statement stores.
    before = session.value("SELECT pg_catalog.current_setting(%s)", [entry["name"]])
    session.rows("SELECT pg_catalog.set_config(%s, %s, true)", [entry["name"], value])
    session.execute(f"{head} SET {name} FROM CURRENT")
    session.rows("SELECT pg_catalog.set_config(%s, %s, true)", [entry["name"], before])


def _is_missing(role: str | None) -> bool:
    return role is not None and _MISSING.fullmatch(role) is not None


def _canonical(value: Any) -> Any:
    return (
        sorted(sorted((key, str(item)) for key, item in entry.items()) for entry in value)
        if isinstance(value, list)
        else value
    )


def _describe(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(" ".join(f"{key}={item}" for key, item in sorted(entry.items())) for entry in value) or "empty"
    return repr(value)

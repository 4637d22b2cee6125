# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters by the names that drivers and programs have for them: libpq's keyword, or the owner of one that libpq does not have.

Messages have names of these tables only. Another name is not repeated: it may be a part of a password.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .. import dsn
from ..dsn import DsnError
from .parsed_string import Draft

#: libpq's keyword by the name elsewhere, in lower case and without blanks, _ and -.
ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("host", "server", "servername", "hostname"), "host"),
    "hostaddr": "hostaddr",
    "port": "port",
    **dict.fromkeys(("dbname", "database", "databasename", "db", "initialcatalog"), "dbname"),
    **dict.fromkeys(("user", "username", "userid", "uid"), "user"),
    **dict.fromkeys(("password", "passwd", "pwd", "pass", "psw"), "password"),
    "sslmode": "sslmode",
    **dict.fromkeys(("sslcert", "sslcertificate"), "sslcert"),
    "sslkey": "sslkey",
    **dict.fromkeys(("sslrootcert", "rootcertificate"), "sslrootcert"),
    "sslpassword": "sslpassword",
    "passfile": "passfile",
    "applicationname": "application_name",
    **dict.fromkeys(("targetsessionattrs", "targetsessionattributes"), "target_session_attrs"),
    "options": "options",
    "service": "service",
}
#: Parameters that libpq does not have, by owner (their documentation, November 2026).
_OWNERS: Mapping[str, tuple[str, ...]] = {
    "Prisma or R2DBC": ("schema",),
    "Prisma": (
        *("connection_limit", "pool_timeout", "pgbouncer", "socket_timeout", "sslaccept", "sslidentity"),
        "connection_timeout",
    ),
    "Rails": (
        *("adapter", "encoding", "pool", "reconnect", "prepared_statements", "schema_search_path", "min_messages"),
        *("checkout_timeout", "reaping_frequency", "advisory_locks", "timeout"),
    ),
    "SQLAlchemy": ("pool_size", "max_overflow", "pool_recycle", "pool_pre_ping", "async_fallback"),
    "pgx": (
        *("pool_max_conns", "pool_min_conns", "pool_max_conn_lifetime", "pool_max_conn_idle_time"),
        *(
            "pool_health_check_period",
            "default_query_exec_mode",
            "statement_cache_capacity",
            "description_cache_capacity",
        ),
    ),
    "lib/pq": ("binary_parameters",),
    "golang-migrate": (
        *("x-migrations-table", "x-migrations-table-quoted", "x-multi-statement", "x-statement-timeout"),
        "x-multi-statement-max-size",
    ),
    "asyncpg": (
        *("statement_cache_size", "prepared_statement_cache_size", "command_timeout", "min_size", "max_size"),
        *("max_queries", "server_settings"),
    ),
    "Doctrine": ("serverVersion", "charset"),
    "Django": ("conn_max_age", "conn_health_checks", "atomic_requests"),
    "a driver that sends it to the server as a setting (in libpq: options=-cNAME=VALUE)": (
        *("search_path", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "timezone"),
    ),
    "node-postgres": (
        *("uselibpqcompat", "idleTimeoutMillis", "connectionTimeoutMillis", "query_timeout", "keepAlive", "max"),
        "idle_timeout",
    ),
    "pgJDBC": (
        *("currentSchema", "sslfactory", "sslfactoryarg", "sslhostnameverifier", "loginTimeout", "connectTimeout"),
        *("socketTimeout", "cancelSignalTimeout", "tcpKeepAlive", "prepareThreshold", "preparedStatementCacheQueries"),
        *("defaultRowFetchSize", "reWriteBatchedInserts", "stringtype", "targetServerType", "loadBalanceHosts"),
        *("hostRecheckSeconds", "assumeMinServerVersion", "binaryTransfer", "preferQueryMode", "autosave"),
        *("logUnclosedConnections", "loggerLevel", "readOnly", "allowEncodingChanges", "gssEncMode"),
    ),
    "Npgsql": (
        *("Pooling", "Minimum Pool Size", "Maximum Pool Size", "Min Pool Size", "Max Pool Size", "Connection Lifetime"),
        *("Connection Idle Lifetime", "Connection Pruning Interval", "Command Timeout", "Include Error Detail"),
        *("No Reset On Close", "Enlist", "Multiplexing", "Max Auto Prepare", "Auto Prepare Min Usages"),
        *("Trust Server Certificate", "Persist Security Info", "Integrated Security", "Keepalive", "TCP Keepalive"),
        *("Load Balance Hosts", "Client Encoding", "Internal Command Timeout", "Cancellation Timeout"),
        *("Server Compatibility Mode", "Check Certificate Revocation", "Load Table Composites", "Use SSL Stream"),
    ),
    "psqlODBC": (
        *("Driver", "Protocol", "ByteaAsLongVarBinary", "BoolsAsChar", "UseDeclareFetch", "Fetch", "ConnSettings"),
        *("TextAsLongVarchar", "UnknownsAsLongVarchar", "MaxVarcharSize", "MaxLongVarcharSize", "UseServerSidePrepare"),
        *(
            "FakeOidIndex",
            "ShowOidColumn",
            "RowVersioning",
            "ShowSystemTables",
            "Debug",
            "CommLog",
            "Optimizer",
            "Ksqo",
        ),
        *("LFConversion", "UpdatableCursors", "TrueIsMinus1", "BI", "XaOpt", "ABatchSize", "Description"),
    ),
    "sqlx": ("statement-cache-capacity",),
}
#: Names of programs and drivers; they get no note, because they decide nothing about the connection.
_SILENT = frozenset({"driver", "description", "adapter"})
_SSLMODES: Mapping[str, str] = {
    **dict.fromkeys(("true", "1", "on", "yes", "require", "no-verify"), "require"),
    **dict.fromkeys(("false", "0", "off", "no", "disable"), "disable"),
    **dict.fromkeys(("verify-ca", "verifyca"), "verify-ca"),
    **dict.fromkeys(("verify-full", "verifyfull"), "verify-full"),
    **{word: word for word in ("allow", "prefer")},
}


def normalized(name: str) -> str:
    """Return a name in lower case and without blanks, _ and -, as the tables have it."""
    return re.sub(r"[\s_-]", "", name).lower()


_FOREIGN: Mapping[str, tuple[str, str]] = {
    normalized(name): (name, owner) for owner, names in _OWNERS.items() for name in names
}


def is_known(name: str) -> bool:
    """Return whether a driver, a program or libpq has a parameter of that name."""
    key = normalized(name)
    return key in ALIASES or key in _FOREIGN or key == "ssl" or dsn.is_keyword(name.strip().lower())


def keyword(name: str) -> str:
    """Return libpq's keyword for a name; empty if libpq does not have the parameter."""
    found = ALIASES.get(normalized(name), "")
    return found or (name.strip().lower() if dsn.is_keyword(name.strip().lower()) else "")


def leave_out(name: str, draft: Draft) -> bool:
    """Note a parameter that libpq does not have, and return whether the name is the name of one."""
    known = _FOREIGN.get(normalized(name))
    if known is None or keyword(name):
        return False
    if normalized(name) not in _SILENT:
        draft.note(f"parameter {known[0]} was left out: it belongs to {known[1]}, and libpq refuses it")
    return True


def sslmode(name: str, value: str, draft: Draft) -> str:
    """Return libpq's word for an sslmode of another driver, or for the parameter ssl.

    Raises:
        DsnError: the value is not one of theirs.
    """
    word = _SSLMODES.get(value.lower())
    if word is None:
        raise DsnError(f"its parameter {name} has a value that is not an sslmode, true or false")
    if value != word:
        draft.note(f"its parameter {name} was read as sslmode={word}, libpq's word for it")
    return word


def translate(name: str, value: str, draft: Draft) -> None:
    """Put a parameter of another program into a draft, under libpq's keyword.

    Raises:
        DsnError: the name is unknown, or the value is not one of its values. The message has no part of them.
    """
    key = keyword(name)
    if normalized(name) == "ssl":
        draft.put("sslmode", sslmode("ssl", value, draft))
    elif key == "sslmode":
        draft.put(key, sslmode("sslmode", value, draft))
    elif key:
        draft.put(key, value)
    elif not leave_out(name, draft):
        raise DsnError("it has a parameter that is unknown; a password with special characters is quoted or encoded")

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How drivers word a failed connection: which driver wrote an error text, and which fault it names. Measured in November 2026."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .attempt import SAID

#: Driver, version that was measured, and what only its texts and stack traces have. A tool that uses another driver comes before it.
DRIVERS: Sequence[tuple[str, str, str]] = (
    ("Django", "5.2.19", r"\bdjango\b"),
    ("SQLAlchemy", "2.1.9", r"\bsqlalchemy\b|sqlalche\.me"),
    ("peewee", "4.5.3", r"\bpeewee\b"),
    ("Tortoise ORM", "1.1.9", r"\btortoise\b"),
    ("aiopg", "1.4.0", r"\baiopg\b"),
    ("psycopg2", "2.9.13", r"\bpsycopg2\b"),
    ("psycopg", "3.3.9", r"\bpsycopg\b"),
    ("asyncpg", "0.32.0", r"\basyncpg\b"),
    ("pg8000", "1.31.6", r"\bpg8000\b"),
    ("psqlpy", "0.13.1", r"\bpsqlpy\b"),
    ("Knex", "3.3.0", r"node_modules/knex/|KnexTimeoutError|Acquire connection error"),
    ("Sequelize", "6.37.8", r"Sequelize\w*Error|node_modules/sequelize/"),
    ("pg-promise", "12.7.1", r"node_modules/pg-promise/"),
    ("Drizzle", "0.45.4", r"DrizzleQueryError|node_modules/drizzle-orm/"),
    ("Kysely", "0.28.19", r"node_modules/kysely/"),
    ("Prisma", "7.10.1", r"DriverAdapterError|PrismaClient|node_modules/@prisma/"),
    ("postgres.js", "3.4.9", r"PostgresError|node_modules/postgres/"),
    ("node-postgres", "8.23.1", r"node_modules/(pg|pg-pool|pg-protocol)/"),
    ("ActiveRecord", "6.1.7", r"\bActiveRecord::|/activerecord-"),
    ("ruby-pg", "1.4.5", r"\bPG::\w+"),
    ("DBD::Pg", "3.16.0", r"DBI connect\(|DBD::Pg"),
    ("pgJDBC", "42.5.5", r"\borg\.postgresql\b|PSQLException"),
    ("PDO", "8.2.36", r"PDOException|PDO->"),
    ("pg_connect", "8.2.36", r"\bpg_p?connect\("),
    ("pgx", "4.15.0", r"failed to connect to `|jackc/pg"),
    ("lib/pq", "1.10.7", r"\bpq: |lib/pq"),
)

#: Instead of the pattern of libpq's answers, one that does not match elsewhere in a log or a stack trace.
_STRICT: Mapping[str, str] = {
    "certificate": "certificate verify failed|self.signed certificate|x509: |root certificate file|certificate does not match",
    "other_method": "(LDAP|PAM|RADIUS|GSSAPI|certificate|SSPI|BSD|OAuth bearer) authentication failed|requires a valid client certificate",
    "no_replication": "must be .{0,40}to start walsender|WAL senders",
    "denied": r"\.s\.PGSQL\.\d+\W.{0,200}Permission denied",
    "no_socket": r"\.s\.PGSQL\.\d+\W.{0,200}No such file or directory|ENOENT\W.{0,200}\.s\.PGSQL\.",
    "client_option": r"weak sslmode|invalid SSL protocol version range|invalid integer value",
}
#: Words of drivers that have a protocol of their own and no libpq.
_DRIVERS_SAY: Mapping[str, str] = {
    "slots": "TooManyConnectionsError: sorry",
    "no_ssl": (
        "server does not support TLS|before secure TLS connection|SSL is not enabled on the server|rejected SSL upgrade"
        "|server refused TLS|refuses SSL"
    ),
    "no_password": (
        "client password must be a string|authentication, but no password was provided|but the password is an empty string"
        "|password missing"
    ),
    "foreign": (
        "bytes remaining on stream|error occurred while setting up the SSL connection|Protocol error. +Session setup failed"
        "|Unknown protocol|unknown message type|invalid message|unexpected message"
    ),
    "timeout": r"ETIMEDOUT|CONNECT_TIMEOUT|timeout expired|TimeoutError|i/o timeout|[Cc]onnection timed? ?out",
    "closed": (
        "Connection terminated unexpectedly|unexpected EOF|closed in the middle of operation|ECONNRESET|network error|CONNECTION_CLOSED"
        "|connection closed|unexpected connection_lost|Connection reset"
    ),
    "refused": (
        "ECONNREFUSED|[Cc]onnection refused|Connect call failed"
        r"|Connection to \S+ refused|DatabaseNotReachable"
    ),
    "unreachable": "EHOSTUNREACH|ENETUNREACH|no route to host|network is unreachable",
    "no_name": (
        "ENOTFOUND|EAI_AGAIN|no such host|Name or service not known|Temporary failure in name resolution|nodename nor servname"
        "|failed to lookup address|UnknownHostException|could not translate host name"
    ),
    "client_option": (
        "invalid URI query parameter|invalid sslmode value|invalid connection option|invalid dsn|unexpected keyword argument 'sslmode'"
        "|Can't load plugin: sqlalchemy|Unable to parse URL|invalid port number|ERR_INVALID_URL|invalid URL escape|could not find driver"
    ),
}
#: Faults that no answer of libpq's stands for, each with the fault before which it comes.
_MORE = (
    ("starting", "iterations", "iteration count [0-9]+ exceeds"),
    ("timeout", "pool", "QueuePool limit of size|KnexTimeoutError"),
)


def _patterns() -> Sequence[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for kind, pattern in SAID:
        found += [(fault, more) for before, fault, more in _MORE if before == kind]
        found.append((kind, "|".join(filter(None, (_STRICT.get(kind, pattern), _DRIVERS_SAY.get(kind, ""))))))
    return tuple(found)


#: Fault (a kind of answer, as in `SAID`) and its pattern, the farthest on the way first.
FAULTS = _patterns()

#: By fault, the words for it, and the causes that it may have, the most likely first.
CAUSES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "pool": (
        "the application's own pool has no free connection",
        ("client.pool", "server.unresponsive", "server.stopped_by_signal", "port.not_postgresql", "name.unresolved"),
    ),
    "iterations": ("the driver refuses the scram_iterations of the password", ("client.scram_iterations",)),
    "session_attrs": ("no server has the target_session_attrs", ("client.session_attrs",)),
    "channel_binding": ("channel binding is required and not possible", ("client.channel_binding",)),
    "require_auth": ("require_auth does not accept the server's method", ("client.require_auth",)),
    "starting": ("the server is starting up", ("server.starting", "server.standby")),
    "stopping": ("the server is shutting down", ("server.stopping", "server.down")),
    "slots": ("no connection slot is free", ("slots.full",)),
    "role_limit": ("the role is at its connection limit", ("role.limit",)),
    "database_limit": ("the database is at its connection limit", ("database.limit",)),
    "no_login": ("the role may not log in", ("role.nologin",)),
    "no_database": ("the database does not exist", ("database.missing", "port.other_cluster")),
    "no_connect": ("the role has no privilege CONNECT on the database", ("database.no_connect",)),
    "invalid_database": ("the database is invalid", ("database.invalid",)),
    "closed_database": ("the database accepts no connections", ("database.closed",)),
    "no_replication": ("the role may not replicate", ("role.no_replication",)),
    "library": ("a library of the session cannot be loaded", ("settings.library", "settings.session")),
    "setting": ("the server refuses a parameter of the session", ("settings.options", "settings.session")),
    "pooler_database": ("PgBouncer has no such database", ("pooler.no_database", "pooler.not_reloaded")),
    "pooler_user": ("PgBouncer has no password of the role", ("pooler.no_user", "role.missing")),
    "pooler_password": (
        "PgBouncer refuses the password",
        ("pooler.password", "pooler.outdated_password", "pooler.no_user", "password.wrong", "role.missing"),
    ),
    "pooler_hba": ("no line of PgBouncer's auth_hba_file admits the connection", ("pooler.hba",)),
    "pooler_parameter": ("PgBouncer refuses a parameter of the session", ("pooler.parameter",)),
    "pooler_verifier": ("PgBouncer has an MD5 hash only, and the server asks for SCRAM", ("pooler.verifier",)),
    "pooler_wait": (
        "PgBouncer had no connection to the server in time",
        ("pooler.waiting", "pooler.paused", "pooler.pool_full", "server.down", "port.wrong"),
    ),
    "pooler_disabled": ("the database is disabled in PgBouncer", ("pooler.disabled",)),
    "pooler_full": ("PgBouncer has as many clients as it accepts", ("pooler.full",)),
    "password": (
        "the password is refused",
        ("password.wrong", "role.missing", "role.expired", "role.no_password", "verifier.md5", "port.other_cluster"),
    ),
    "peer": (
        "the user of the operating system is not admitted as this role",
        ("peer.user", "ident.map", "role.missing"),
    ),
    "other_method": ("an external method refused the login", ("method.other",)),
    "no_password": ("the server asks for a password and the driver has none", ("password.missing", "pgpass.mode")),
    "rejected": ("a line of pg_hba.conf rejects the connection", ("hba.reject", "hba.not_loaded", "hba.broken")),
    "no_rule": ("no line of pg_hba.conf matches the connection", ("hba.no_rule", "hba.not_loaded", "hba.broken")),
    "no_role": ("the role does not exist", ("role.missing", "port.other_cluster")),
    "gssencmode": ("encryption with GSSAPI is required and not possible", ("client.gssencmode",)),
    "client_option": ("the driver refuses the connection string", ("dsn.invalid", "client.parameter")),
    "no_ssl": ("SSL is required and the server has none", ("ssl.off", "port.not_postgresql")),
    "certificate": ("a certificate is refused", ("ssl.certificate",)),
    "foreign": ("the answer is not PostgreSQL's", ("port.not_postgresql", "server.closed")),
    "timeout": (
        "there is no answer in time",
        ("server.unresponsive", "server.stopped_by_signal", "port.not_postgresql", "host.remote"),
    ),
    "closed": ("the connection is closed without an answer", ("server.closed", "port.not_postgresql")),
    "denied": ("the socket may not be used", ("socket.denied",)),
    "no_socket": (
        "there is no such socket",
        ("socket.directory", "port.wrong", "server.down", "server.disabled", "server.absent", "pooler.down"),
    ),
    "refused": (
        "nothing listens at that address",
        (
            "port.wrong",
            "server.down",
            "server.disabled",
            "address.not_listening",
            "port.pending",
            "server.absent",
            "host.remote",
            "name.unresolved",
            "pooler.down",
        ),
    ),
    "unreachable": ("the host cannot be reached", ("host.remote",)),
    "no_name": ("the host name has no address", ("name.unresolved",)),
}
#: Faults of the way to a server; every other one is the answer of a server or of the driver itself.
OF_NETWORK = frozenset(
    ("starting", "stopping", "foreign", "timeout", "closed", "denied", "no_socket", "refused", "unreachable", "no_name")
)
#: Faults that lie in what the application has and a diagnosis has not, such as its password and its parameters.
OF_APPLICATION = frozenset({
    *("iterations", "session_attrs", "channel_binding", "require_auth", "library", "setting", "password", "no_password"),
    *("pooler_password", "pooler_parameter"),
    *("gssencmode", "client_option", "no_ssl", "certificate", "pool"),
})  # fmt: skip

#: SQLSTATEs of failed connections (PostgreSQL, appendix A), where a driver writes one.
SQLSTATE = (
    r"(?:(?:SQLSTATE|[Cc]ode|sqlstate|pgcode|'C')['\"\])]{0,3}\s{0,4}[:=\[( ]\s{0,4}['\"]?|\((?=\d*[A-Z]))"
    r"(08001|08003|08004|08006|08P01|22023|28000|28P01|3D000|42501|42704|53300|53400|55000|55P02|57P01|57P02|57P03|57P05|58P01)\b"
)
#: Faults that a SQLSTATE stands for by itself.
OF_SQLSTATE: Mapping[str, str] = {"28P01": "password", "3D000": "no_database", "57P03": "starting"}
_NAME = r"([\w.$+-]+)"
_PLACE = r"\[?([\w.-]+|[0-9A-Fa-f:]+)\]?"
#: By libpq's keyword, where texts name a value.
VALUES: Mapping[str, Sequence[str]] = {
    "user": (rf'(?:user|role) \\?"{_NAME}\\?"', rf"failed to connect to `[^`]*\buser={_NAME}[ `]"),
    "dbname": (rf'database \\?"{_NAME}\\?"', rf"failed to connect to `[^`]*\bdatabase={_NAME}[ `]"),
    "host": (
        rf'connection to server at "{_PLACE}"',
        r'connection to server on socket "(/[\w./-]+)/\.s\.PGSQL\.\d+"',
        rf'PostgreSQL server at "{_PLACE}:\d+"',
        rf'could not translate host name "{_PLACE}"',
        rf"\bconnect E[A-Z]+ {_PLACE}:\d+\b",
        rf"\bgetaddrinfo E[A-Z_]+ {_PLACE}(?=[\s,'\"]|$)",
        rf"Connection to {_PLACE}:\d+ refused",
        rf"dial tcp {_PLACE}:\d+:",
        rf"lookup {_PLACE}(?: on [\d.:]+)?: ",
        rf"Connect call failed \('{_PLACE}', \d+",
        rf"Can't create a connection to host {_PLACE} and port \d+",
        rf"failed to connect to `host={_NAME} ",
    ),
    "port": (
        r'connection to server (?:at|on socket) "[^"\n]*"(?: \([^)\n]*\))?, port (\d{1,5}) failed',
        r'connection to server on socket "/[\w./-]+/\.s\.PGSQL\.(\d{1,5})"',
        r'PostgreSQL server at "\S+:(\d{1,5})"',
        r"\bconnect E[A-Z]+ \S+:(\d{1,5})\b",
        r"Connection to [\w.-]+:(\d{1,5}) refused",
        r"dial tcp \S+:(\d{1,5}):",
        r"Connect call failed \('[^']*', (\d{1,5})",
        r"Can't create a connection to host \S+ and port (\d{1,5})",
    ),
}
#: What may be a password, behind its keyword.
BEHIND_KEYWORD = r"(?i)(?:pass|password|passwd|passphrase|pwd|secret)['\"]?\s*[:=]\s*(.*)"

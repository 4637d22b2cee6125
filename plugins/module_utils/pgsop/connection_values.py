# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which values of a connection are plain enough to be shown, sent and resolved.
A connection string that is pasted in a form which libpq does not read, or into the wrong option, arrives as the name of a host, a
database or a role, with the password inside. So every value must have the form of its kind before anything uses it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .patterns import Pattern

#: Values that are never shown and have no form of their own.
SECRETS = ("password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
#: Values that are never sent: they decide nothing about a connection, and the server's log may have them in each line.
NOT_SENT = ("application_name", "fallback_application_name")

_WORDS = "has special characters"
_NAME = "is not a plain name: letters, digits, . _ - + $ % ~ ! ( ) and, inside, blanks and / are allowed, %XX and // are not"
_ROLE = "is not a plain name: letters, digits, . _ - + $ % ~ ! ( ) @ and, inside, blanks are allowed, %XX is not"
_PATH = "is not a plain path"
_NUMBER = "is not a number"
PORT = "is not a number from 1 to 65535; special characters of a password are percent-encoded"
#: A variable in the place of a value is a cause of its own.
UNFILLED = "has a variable that was not filled in"
_BLANKS = (
    "begins or ends with a blank or an invisible character, such as the line end of a file from Windows, and libpq does"
    " not remove it"
)

_PORT_IN_HOST = (
    "has a port at its end, which is a parameter of its own: --port, port=, or in a URL postgresql://HOST:PORT/DATABASE"
)
_SLASH = "ends with a /, which libpq takes for a part of the name: leave it out"

#: The same characters that PostgreSQL accepts for a bare word, and what names of databases often have besides.
_BARE = Pattern(r"\w[\w.$+-]*")
_LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?"
_ADDRESS = r"[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*(%[\w.-]+)?"
_FOLDER = r"/[\w./+~-]*"
_ESCAPE = Pattern("%[0-9A-Fa-f]{2}")
_VARIABLE = Pattern(r"\$\{|\{\{|%\(|\$\(|<%=|\A\$[A-Z][A-Z0-9_]+\Z|\A%[A-Z][A-Z0-9_]+%\Z")
_HOST_AND_PORT = Pattern(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):[0-9]{1,5}")
_OPTION = r"(-c\s*|--)[\w.-]+=(\\.|[^\s\\;@<>])*"
_OS_USER = Pattern(r"[\w.$@\\+-]+")
_UNIT = Pattern(r"[\w:.@\\-]+")
_LOOKS_LIKE_DSN = Pattern(r"://|\b(password|passwd|pwd)\s*=", re.IGNORECASE)
_SHOWN_FILE = Pattern(r"\.{0,2}/[\w ./+~-]*")


def _choice(*words: str, flags: int = 0) -> tuple[Pattern, str]:
    return Pattern("|".join(map(re.escape, words)), flags), f"is not one of {', '.join(words)}"


def _rule(pattern: str, sentence: str) -> tuple[Pattern, str]:
    return Pattern(pattern), sentence


_HOST = f"({_LABEL}(\\.{_LABEL})*\\.?|{_ADDRESS}|{_FOLDER})?"
_A_PATH = _rule(r"[\w ./+~%,-]+", _PATH)
_A_NUMBER = _rule("-?[0-9]{1,9}", _NUMBER)
_A_SWITCH = _choice("0", "1")
_ANY_WORDS = _rule(r"[\w.,!+-]+", _WORDS)
_TLS = _choice("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3", flags=re.IGNORECASE)

#: By libpq's keyword, the form of a value and the fault of another one (libpq, "Parameter Key Words").
_RULES: Mapping[str, tuple[Pattern, str]] = {
    "host": _rule(f"{_HOST}(,{_HOST})*", "is not a host name, an address or the absolute path of a folder"),
    "hostaddr": _rule(f"([0-9.]*|{_ADDRESS})(,([0-9.]*|{_ADDRESS}))*", "is not an address"),
    "port": _rule("[0-9]{0,5}(,[0-9]{0,5})*", PORT),
    **dict.fromkeys(("dbname", "service"), _rule(r"[\w .$+%~!()-]+(/+[\w .$+%~!()-]+)*", _NAME)),
    "user": _rule(r"[\w .$+%~!()@-]+", _ROLE),
    "options": _rule(rf"\s*{_OPTION}(\s+{_OPTION})*\s*", "is not a list of -c NAME=VALUE"),
    "sslmode": _choice("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "gssencmode": _choice("disable", "prefer", "require"),
    "channel_binding": _choice("disable", "prefer", "require"),
    "sslcertmode": _choice("disable", "allow", "require"),
    "sslnegotiation": _choice("postgres", "direct"),
    "load_balance_hosts": _choice("disable", "random"),
    "target_session_attrs": _choice("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
    "replication": _choice("true", "on", "yes", "1", "database", "false", "off", "no", "0", flags=re.IGNORECASE),
    "ssl_min_protocol_version": _TLS,
    "ssl_max_protocol_version": _TLS,
    "oauth_issuer": _rule(r"https?://[\w.:-]+(/[\w.-]+)*/?", "is not a plain URL"),
    "oauth_scope": _rule(r"[\w .-]+", _WORDS),
    **dict.fromkeys(("sslcompression", "sslsni", "keepalives", "gssdelegation", "requiressl"), _A_SWITCH),
    **dict.fromkeys(("connect_timeout", "tcp_user_timeout"), _A_NUMBER),
    **dict.fromkeys(("keepalives_idle", "keepalives_interval", "keepalives_count"), _A_NUMBER),
    **dict.fromkeys(("passfile", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslcrldir"), _A_PATH),
    **dict.fromkeys(("sslkeylogfile", "servicefile", "sysconfdir", "timezone"), _A_PATH),
    "datestyle": _rule("[A-Za-z, ]+", _WORDS),
}
#: Variables of the environment that have a keyword and are resolved here, so that their origin can be named.
RESOLVED: Mapping[str, str] = {
    "PGHOST": "host",
    "PGHOSTADDR": "hostaddr",
    "PGPORT": "port",
    "PGDATABASE": "dbname",
    "PGUSER": "user",
    "PGPASSWORD": "password",
    "PGPASSFILE": "passfile",
    "PGSERVICE": "service",
    "PGSSLMODE": "sslmode",
}
#: What libpq reads from the environment by itself, with its keyword. It sends those without a keyword as settings of the session.
ENVIRONMENT: Mapping[str, str] = {
    "PGOPTIONS": "options",
    "PGSSLCERT": "sslcert",
    "PGSSLKEY": "sslkey",
    "PGSSLROOTCERT": "sslrootcert",
    "PGSSLCRL": "sslcrl",
    "PGSSLCRLDIR": "sslcrldir",
    "PGSSLCERTMODE": "sslcertmode",
    "PGSSLNEGOTIATION": "sslnegotiation",
    "PGSSLCOMPRESSION": "sslcompression",
    "PGSSLSNI": "sslsni",
    "PGSSLMINPROTOCOLVERSION": "ssl_min_protocol_version",
    "PGSSLMAXPROTOCOLVERSION": "ssl_max_protocol_version",
    "PGREQUIREPEER": "requirepeer",
    "PGREQUIREAUTH": "require_auth",
    "PGCHANNELBINDING": "channel_binding",
    "PGGSSENCMODE": "gssencmode",
    "PGGSSLIB": "gsslib",
    "PGGSSDELEGATION": "gssdelegation",
    "PGKRBSRVNAME": "krbsrvname",
    "PGTARGETSESSIONATTRS": "target_session_attrs",
    "PGLOADBALANCEHOSTS": "load_balance_hosts",
    "PGCLIENTENCODING": "client_encoding",
    "PGMINPROTOCOLVERSION": "min_protocol_version",
    "PGMAXPROTOCOLVERSION": "max_protocol_version",
    "PGSERVICEFILE": "servicefile",
    "PGSYSCONFDIR": "sysconfdir",
    "PGTZ": "timezone",
    "PGDATESTYLE": "datestyle",
    "PGGEQO": "geqo",
}


def problem(key: str, value: str) -> str:
    """Return why a value cannot be used, without any part of it; empty for a value with the form of its kind.

    Args:
        key: keyword of libpq; an unknown one has plain words as its values.
        value: as given; an empty one counts as not given.
    """
    if not value or key in SECRETS or key in NOT_SENT:
        return ""
    if key != "options" and ends(value):
        return _BLANKS
    return UNFILLED if _VARIABLE.search(value) else _form_problem(key, value)


def _form_problem(key: str, value: str) -> str:
    if key == "host" and _HOST_AND_PORT.fullmatch(value):
        return _PORT_IN_HOST
    pattern, sentence = _RULES.get(key, _ANY_WORDS)
    if key == "dbname" and value.endswith("/") and pattern.fullmatch(value.rstrip("/")):
        return _SLASH
    if not pattern.fullmatch(value):
        return sentence
    hidden = _ESCAPE.search(value) or ("//" in value and key != "oauth_issuer")
    return sentence if hidden or not value.replace("\t", " ").replace("\n", " ").isprintable() else ""


def ends(text: str) -> str:
    """Return the fault at the ends of a text, such as a blank, from which libpq removes nothing; empty if there is no fault."""
    return _BLANKS if text and not (_visible(text[0]) and _visible(text[-1])) else ""


def is_bare_name(text: str) -> bool:
    """Return whether a text that is no connection string can be a database's name: letters, digits and . _ - + $."""
    return bool(_BARE.fullmatch(text))


def is_os_user(text: str) -> bool:
    """Return whether a text can be the name of an operating system user."""
    return bool(_OS_USER.fullmatch(text))


def is_unit(text: str) -> bool:
    """Return whether a text can be the name of a unit of systemd."""
    return bool(_UNIT.fullmatch(text)) and not looks_like_dsn(text)


def looks_like_dsn(text: str) -> bool:
    """Return whether a text for another option is a connection string; signs that real names may have do not count."""
    return bool(_LOOKS_LIKE_DSN.search(text))


def is_file(path: str) -> bool:
    """Return whether a text is certainly the path of a file: a password in its place has no / or ./ before it."""
    return bool(_SHOWN_FILE.fullmatch(path)) and "//" not in path


def environment_problem(environment: Mapping[str, str], values: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Return the fault of an environment variable, with its name; empty if all of them are plain.

    Args:
        environment: variables by name.
        values: by keyword, given values that override the environment.
        names: the keyword of each variable that is checked.
    """
    found: dict[str, str] = {name: problem(key, environment.get(name, "")) for name, key in names.items()}
    return next((f"{name} {wrong}" for name, wrong in found.items() if wrong and names[name] not in values), "")


def _visible(sign: str) -> bool:
    return sign.isprintable() and not sign.isspace()

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection strings, read by libpq itself; messages repeat no word of one, for one of its words is the password."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from urllib.parse import quote

from . import connection_values
from .connection import load_driver
from .errors import PgsopError

_SCHEMES = ("postgresql://", "postgres://")
_FOREIGN = re.compile(r"(jdbc:|(postgres|postgresql)\+[a-z0-9_]+://|[a-z0-9+]+://)", re.IGNORECASE)
#: Start of libpq's errors (fe-connect.c), and the text that a message has instead.
_PROBLEMS: Mapping[str, str] = {
    'missing "=" after': "a word stands where name=value should: a value with blanks needs quotes, as in password='two words'",
    "unterminated quoted string": "a quote is opened and never closed; a quote within a value is written \\'",
    "invalid connection option": "it has a keyword that libpq does not know; a value with blanks needs quotes",
    "invalid percent-encoded token": "a % is not followed by two hexadecimal digits; a % in a password is written %25",
    "forbidden value %00": "it has a %00, which no value can hold",
    "end of string reached when looking for matching": "an IPv6 address is not closed with ]",
    "IPv6 host address may not be empty": "there is nothing between the [ and ] of an IPv6 address",
    "unexpected character": "a character stands where : or / should; special characters of a password are percent-encoded",
    "extra key/value separator": "a parameter after the ? has a second =, which is written %3D in a value",
    "missing key/value separator": "a parameter after the ? has no =",
}
_PARAMETER = re.compile(r'invalid URI query parameter: "([^"]*)"')
#: Parameters of other drivers and tools. Another name is not repeated: it may be a part of a password with a ? in it.
_FOREIGN_PARAMETERS = frozenset({
    *("schema", "search_path", "currentSchema", "charset", "encoding", "serverVersion", "timezone", "ssl", "sslaccept", "sslfactory"),
    *("connection_limit", "pool_timeout", "pgbouncer", "pool", "pool_size", "pool_max_conns", "pool_min_conns", "max_overflow"),
    *("pool_recycle", "pool_pre_ping", "statement_cache_size", "statement-cache-capacity", "prepared_statements", "prepareThreshold"),
    *("connection_timeout", "socket_timeout", "statement_timeout", "lock_timeout", "idle_timeout", "loginTimeout", "socketTimeout"),
    *("adapter", "driver", "reconnect", "tcpKeepAlive", "ApplicationName", "uselibpqcompat", "x-migrations-table"),
})  # fmt: skip
_NO_DSN = "it is neither a URI nor a list of key=value"
_CUT = "remove it where the text comes from; line ends of a file from Windows by: sed -i 's/\\r$//' FILE"
_FILL_IN = "fill it in where the text comes from: an .env file, a unit file and single quotes of a shell leave a variable as it is"
#: What a value is called where its keyword is not a word.
_CALLED = {"dbname": "database", "hostaddr": "address", "passfile": "password file"}


class DsnError(ValueError):
    """A text that is no valid connection string; the message has the reason, without any part of the text.

    Args:
        message: the reason.
        cause: identifier of the cause in a diagnosis.
        hint: what to do; empty for an example of a connection string.
    """

    def __init__(self, message: str, cause: str = "dsn.invalid", hint: str = "") -> None:
        super().__init__(message)
        self.cause = cause
        self.hint = hint


def read(text: str) -> dict[str, str]:
    """Return the values of a connection string by libpq's keywords; a single word is a database's name, as for psql.

    Raises:
        DsnError: libpq would refuse it, or would take a part of the password for something else.
    """
    uri = text.startswith(_SCHEMES)
    if uri or "=" not in text:
        refuse_ends(text)
    if "\0" in text:
        # The driver would pass on what stands before it.
        raise DsnError("it has a character with the code 0, which no value can hold")
    if uri:
        _refuse_split_password(text)
    elif _FOREIGN.match(text.lstrip()):
        raise DsnError("it is the URL of another driver; libpq takes postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    elif "=" not in text and not re.search(r"\s", text):
        return _bare(text)
    return _parsed(text)


def refuse_ends(text: str) -> None:
    """Refuse a text that begins or ends with a character that libpq does not remove.

    Raises:
        DsnError: the message has no part of the text.
    """
    if connection_values.ends(text):
        raise DsnError(f"it {connection_values.ends(text)}", hint=_CUT)


def unfilled(message: str) -> DsnError:
    """Return the error for a variable that was not filled in."""
    return DsnError(message, cause="dsn.unexpanded", hint=_FILL_IN)


def refuse(values: Mapping[str, str], origin: str = "") -> None:
    """Refuse values that do not have the form of their kind.

    Args:
        values: by libpq's keywords.
        origin: the service or variable of the values; empty for given ones.

    Raises:
        DsnError: without any part of the value.
    """
    for key, value in values.items():
        wrong = connection_values.problem(key, value)
        if wrong:
            message = f"its {_CALLED.get(key, key)}{f' (from {origin})' if origin else ''} {wrong}"
            raise unfilled(message) if wrong == connection_values.UNFILLED else DsnError(message)


def problem(text: str, environment: Mapping[str, str]) -> str:
    """Return why a connection string or the environment cannot be used, without any part of them; empty if they are plain.

    Args:
        text: a URI or a list of key=value.
        environment: variables that the driver reads besides.
    """
    try:
        values = read(text)
        refuse(values)
    except DsnError as error:
        return str(error)
    if values == {"dbname": text}:
        return _NO_DSN
    return connection_values.environment_problem(
        environment, values, {**connection_values.RESOLVED, **connection_values.ENVIRONMENT}
    )


def refuse_unreadable(text: str, *, attempted: str) -> None:
    """Refuse a bad connection string before the driver gets it, which quotes what it cannot read, or takes a password for a host.

    Args:
        text: a URI or a list of key=value; empty for the owner's connection.
        attempted: what needs it, as an infinitive phrase.

    Raises:
        PgsopError: the string or the environment cannot be used; the message has no part of them.
    """
    wrong = problem(text, os.environ) if text else ""
    if wrong:
        raise PgsopError(
            attempted=attempted,
            target="option dsn",
            answer=f"the connection string cannot be used: {wrong}",
            next_step="write it like this: 'host=localhost user=ROLE', with the password in ~/.pgpass",
        )


def is_keyword(text: str) -> bool:
    """Return whether libpq has a parameter of that name."""
    driver, driver_error = load_driver()
    try:
        return bool(re.fullmatch("[a-z_]+", text) and driver.extensions.parse_dsn(f"{text}=1"))
    except driver_error:
        return False


def _bare(text: str) -> dict[str, str]:
    if text and not connection_values.is_bare_name(text):
        raise DsnError(
            f"{_NO_DSN}, and not a plain name of a database (letters, digits and . _ - + $); give another name with --database"
        )
    return {"dbname": text} if text else {}


def _parsed(text: str) -> dict[str, str]:
    driver, driver_error = load_driver()
    problem = ""
    try:
        found: dict[str, str] = dict(driver.extensions.parse_dsn(text))
    except UnicodeError:
        problem = "it has bytes that are no UTF-8; a % in a password is written %25"
    except driver_error as error:
        problem = _explain(str(error))
    if problem:
        # Outside of the handler: libpq's error, with the string in it, is not to travel along.
        raise DsnError(problem)
    return found


def write(parts: Mapping[str, str]) -> str:
    """Return a connection URI without the password.

    Args:
        parts: host, port, user and dbname; others are left out.
    """
    host, port = parts.get("host", ""), parts.get("port", "")
    place = host if not host.startswith("/") else quote(host, safe="")
    place = f"[{place}]" if ":" in place else place
    user, database = quote(parts.get("user", ""), safe=""), quote(parts.get("dbname", ""), safe="")
    return f"postgresql://{user}@{place}{':' if port else ''}{port}/{database}"


def conninfo(**values: str) -> str:
    """Return a connection string of the form keyword=value; any character but NUL may be in a value.

    Raises:
        PgsopError: psycopg2 is missing.
    """
    driver, _driver_error = load_driver()
    # The driver accepts characters only. Bytes of a name that are not UTF-8 pass as the characters with their numbers.
    as_characters = {key: value.encode("utf-8", "surrogateescape").decode("latin-1") for key, value in values.items()}
    return str(driver.extensions.make_dsn(**as_characters)).encode("latin-1").decode("utf-8", "surrogateescape")


def _refuse_split_password(uri: str) -> None:
    """Refuse a URI with an unescaped @ or / in the password: libpq takes the rest for a host or a database."""
    # As libpq: the first @ ends user and password, unless a / stands before it.
    rest = re.sub("^[^@/]*@", "", uri.split("://", maxsplit=1)[1])
    place = rest.split("?", maxsplit=1)[0]
    authority, _slash, path = place.partition("/")
    if "@" in authority:
        raise DsnError("it has more than one @ before the database: an @ in a user or password is written %40")
    if "@" in path:
        raise DsnError("it has an @ after a /: a / in a password is written %2F, and an @ in a database %40")
    if re.search(r"\s", place):
        raise DsnError("it has a blank, which is written %20, or other text follows it")


def _explain(said: str) -> str:
    unknown = _PARAMETER.search(said)
    if unknown:
        name = f" {unknown.group(1)}" if unknown.group(1) in _FOREIGN_PARAMETERS else ""
        return f"its parameter{name} is not one of libpq's; drivers that have parameters of their own take them away"
    for beginning, sentence in _PROBLEMS.items():
        if beginning in said:
            return sentence
    return "libpq cannot read it"

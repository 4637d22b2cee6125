# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection strings, read by libpq itself; what is wrong with one is told without a word of it, for one of its words is the password."""

from __future__ import annotations

import re
from typing import Dict, Mapping
from urllib.parse import quote

from ..connection import load_driver

_SCHEMES = ("postgresql://", "postgres://")
_FOREIGN = re.compile(r"(jdbc:|(postgres|postgresql)\+[a-z0-9_]+://|[a-z0-9+]+://)", re.IGNORECASE)
#: How libpq (fe-connect.c) begins to say what is wrong, and what may be told of it.
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
_PARAMETER = re.compile(r'invalid URI query parameter: "([A-Za-z_.]{1,40})"')


class DsnError(ValueError):
    """A connection string that is none; the message says why, without any part of it."""


def read(text: str) -> Dict[str, str]:
    """What a connection string says, by libpq's keywords; a single word is the name of a database, as for psql.

    Raises:
        DsnError: where libpq would refuse it, or would take a part of the password for something else.
    """
    text = text.strip()
    if text.startswith(_SCHEMES):
        _refuse_split_password(text)
    elif _FOREIGN.match(text):
        raise DsnError("it is the URL of another driver; libpq takes postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    elif "=" not in text and not re.search(r"\s", text):
        return {"dbname": text} if text else {}
    driver, driver_error = load_driver()
    problem = ""
    try:
        found: Dict[str, str] = dict(driver.extensions.parse_dsn(text))
    except UnicodeDecodeError:
        problem = "it has bytes that are no UTF-8; a % in a password is written %25"
    except driver_error as error:
        problem = _told(str(error))
    if problem:
        # Outside of the handler: what libpq said, with the string in it, is not to travel along.
        raise DsnError(problem)
    return found


def write(parts: Mapping[str, str]) -> str:
    """A URI of what is known, without the password."""
    host, port = parts.get("host", ""), parts.get("port", "")
    place = host if not host.startswith("/") else quote(host, safe="")
    place = f"[{place}]" if ":" in place else place
    user, database = quote(parts.get("user", ""), safe=""), quote(parts.get("dbname", ""), safe="")
    return f"postgresql://{user}@{place}{':' if port else ''}{port}/{database}"


def _refuse_split_password(uri: str) -> None:
    """An @ or a / in a password ends it where nobody wanted it to end, and the rest is taken for a host or a database."""
    place = uri.split("://", maxsplit=1)[1].split("?", maxsplit=1)[0]
    authority, _slash, path = place.partition("/")
    if authority.count("@") > 1:
        raise DsnError("it has more than one @ before the database: an @ in a user or password is written %40")
    if "@" in path:
        raise DsnError("it has an @ after a /: a / in a password is written %2F, and an @ in a database %40")


def _told(said: str) -> str:
    unknown = _PARAMETER.search(said)
    if unknown:
        return f"its parameter {unknown.group(1)} is not one of libpq's; drivers that have parameters of their own take them away"
    for beginning, sentence in _PROBLEMS.items():
        if beginning in said:
            return sentence
    return "libpq cannot read it"

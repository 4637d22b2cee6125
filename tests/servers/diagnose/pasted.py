# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection strings as they arrive from elsewhere: in another form, wrapped, with a character lost, in the wrong place, and all of that together.

`python -m ansible_collections.aerovista.postgresql.tests.servers.diagnose.pasted` prints them.

Left out are strings in which a password cannot be told from a name by any reader: without the colon between user and password, or
with a password alone in the place of a name.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from ansible_collections.aerovista.postgresql.tests.servers.diagnose import forms

#: Both halves of the password; a special character stands between them.
LEFT, RIGHT = "Kf7mQ2xWcanary", "yranac9pLzTb4n"
#: What stands between the halves; a password without special characters needs no care.
BETWEEN = [
    "",
    "@",
    "/",
    "#",
    "?",
    ":",
    "%",
    "&",
    "=",
    ";",
    "+",
    " ",
    "'",
    '"',
    "\\",
    "$",
    "<",
    "%40",
    "?a=",
    "@/",
    "/@",
    "?/",
    "#/=",
    ",",
    "|",
    "\n",
    "}",
    "','",
    '": "',
    ": ",
    "${",
]


@dataclass(frozen=True)
class Recipe:
    """How one text is made: a form, the characters between the halves of the password, what is lost from it, what is put around it."""

    place: str
    form: str
    between: str = ""
    lost: tuple[str, ...] = ()
    wrappings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pasted:
    """One text and where it was typed.

    Attributes:
        place: an option of pgsop diagnose, value and an option with a file of variables, unit and the origin of its environment,
            error and the number of one of ERRORS, DSN for the argument, a variable of the environment, or service for a service file.
        text: what was typed there.
        recipe: how it was made.
    """

    place: str
    text: str
    recipe: Recipe


Form = Callable[[str, str, int], str]


def _from_template(template: str) -> Form:
    def form(password: str, database: str, port: int) -> str:
        return forms.filled(template, {"password": password, "database": database, "port": str(port)})

    return form


#: What an application is configured with: password, database and port.
FORMS: dict[str, Form] = {
    "uri": lambda password, database, port: f"postgresql://appuser:{password}@127.0.0.1:{port}/{database}",
    "short scheme": lambda password, database, port: (
        f"postgres://appuser:{password}@127.0.0.1:{port}/{database}?sslmode=disable"
    ),
    "encoded": lambda password, database, port: (
        f"postgresql://appuser:{quote(password, safe='')}@127.0.0.1:{port}/{database}"
    ),
    "query": lambda password, database, port: (
        f"postgresql:///{database}?host=127.0.0.1&port={port}&user=appuser&password={password}"
    ),
    "pairs": lambda password, database, port: (
        f"host=127.0.0.1 port={port} dbname={database} user=appuser password={password}"
    ),
    "quoted pairs": lambda password, database, port: (
        f"password='{password}' host='127.0.0.1' port='{port}' user='appuser' dbname='{database}'"
    ),
    "semicolons": lambda password, database, port: (
        f"host=127.0.0.1;port={port};dbname={database};user=appuser;password={password}"
    ),
    "uri in dbname": lambda password, database, port: (
        f"dbname='postgresql://appuser:{password}@127.0.0.1:{port}/{database}'"
    ),
    "uri in host": lambda password, database, port: f"host=postgresql://appuser:{password}@127.0.0.1:{port}/{database}",
    "uri in user": lambda password, database, port: (
        f"host=127.0.0.1 user=appuser:{password} port={port} dbname={database}"
    ),
    "password in sslmode": lambda password, database, port: (
        f"host=127.0.0.1 port={port} user=appuser dbname={database} sslmode=disable;password={password}"
    ),
    "password in options": lambda password, database, port: (
        f"host=127.0.0.1 port={port} user=appuser dbname={database} options='-c work_mem=1MB password={password}'"
    ),
    "password in service": lambda password, _database, _port: f"service=app;password={password}",
    "jdbc": lambda password, database, port: (
        f"jdbc:postgresql://127.0.0.1:{port}/{database}?user=appuser&password={password}"
    ),
    "r2dbc": lambda password, database, port: f"r2dbc:postgresql://appuser:{password}@127.0.0.1:{port}/{database}",
    "driver": lambda password, database, port: f"postgresql+asyncpg://appuser:{password}@127.0.0.1:{port}/{database}",
    "odbc": lambda password, database, port: (
        f"Driver={{x}};Server=127.0.0.1;Port={port};Database={database};UID=appuser;PWD={password}"
    ),
    "dotnet": lambda password, database, port: (
        f"Host=127.0.0.1;Username=appuser;Password={password};Port={port};Database={database}"
    ),
    "pdo": lambda password, database, port: f"pgsql:host=127.0.0.1;port={port};dbname={database};password={password}",
    "perl": lambda password, database, port: f"dbi:Pg:dbname={database};host=127.0.0.1;port={port};password={password}",
    "password file": lambda password, database, port: f"127.0.0.1:{port}:{database}:appuser:{password}",
    "no scheme": lambda password, database, port: f"appuser:{password}@127.0.0.1:{port}/{database}",
    "oracle": lambda password, database, port: f"appuser/{password}@127.0.0.1:{port}/{database}",
    "psql": lambda password, database, port: f"PGPASSWORD={password} psql -h 127.0.0.1 -p {port} -U appuser {database}",
    "yaml": lambda password, database, port: (
        f"{{host: 127.0.0.1, port: {port}, user: appuser, password: {password}, database: {database}}}"
    ),
    "prisma": lambda password, database, port: (
        f"postgresql://appuser:{password}@127.0.0.1:{port}/{database}?schema=public&connection_limit=5&sslmode=disable"
    ),
    "scheme of Doctrine": lambda password, database, port: (
        f"pgsql://appuser:{password}@127.0.0.1:{port}/{database}?serverVersion=16&charset=utf8"
    ),
    "jdbc with user and password before the host": lambda password, database, port: (
        f"jdbc:postgresql://appuser:{password}@127.0.0.1:{port}/{database}?currentSchema=app"
    ),
    "dotnet quoted": lambda password, database, port: (
        f"Server=127.0.0.1;Port={port};Database={database};User Id=appuser;Password='{password}';Pooling=true"
    ),
    "odbc in braces": lambda password, database, port: (
        f"Driver={{x}};Server=127.0.0.1;Port={port};Database={database};UID=appuser;PWD={{{password}}}"
    ),
    "entry of odbc": lambda password, database, _port: f"DSN=app;Database={database};UID=appuser;PWD={password}",
    "perl with a uri": lambda password, database, port: (
        f"dbi:Pg:postgresql://appuser:{password}@127.0.0.1:{port}/{database}"
    ),
    "other keywords": lambda password, database, port: (
        f"host=127.0.0.1 port={port} database={database} username=appuser passwd={password}"
    ),
    "socket": lambda password, database, _port: (
        f"socket:/var/run/postgresql?db={database}&user=appuser&password={password}"
    ),
    "variables": lambda password, database, port: (
        f"DB_HOST=127.0.0.1\nDB_PORT={port}\nDB_NAME={database}\nDB_USER=appuser\nDB_PASSWORD={password}\n"
    ),
    "variables of libpq": lambda password, database, port: (
        f"export PGHOST=127.0.0.1\nexport PGPORT={port}\nexport PGPASSWORD='{password}'\nexport PGUSER=appuser\nPGDATABASE={database}"
    ),
    "compose": lambda password, database, port: (
        f"environment:\n  - DB_HOST=127.0.0.1\n  - DB_PASSWORD={password}\n  - DB_USER=appuser\n  - DB_NAME={database}\n  - DB_PORT={port}\n"
    ),
    "properties": lambda password, database, port: (
        f"spring.datasource.password={password}\nspring.datasource.username=appuser\n"
        f"spring.datasource.url=jdbc:postgresql://127.0.0.1:{port}/{database}\n"
    ),
    "yaml of Spring": lambda password, database, port: (
        f"spring:\n  datasource:\n    url: jdbc:postgresql://127.0.0.1:{port}/{database}\n"
        f"    username: appuser\n    password: {password}\n"
    ),
    "rails": lambda password, database, port: (
        "default: &default\n  adapter: postgresql\n  pool: 5\n\nproduction:\n  <<: *default\n"
        f'  host: 127.0.0.1\n  port: {port}\n  username: appuser\n  password: "{password}"\n  database: {database}\n'
    ),
    "django": lambda password, database, port: (
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'USER': 'appuser',"
        f" 'PASSWORD': '{password}', 'NAME': '{database}', 'HOST': '127.0.0.1', 'PORT': {port}, 'OPTIONS': {{'sslmode': 'disable'}}}}}}"
    ),
    "json": lambda password, database, port: (
        f'{{"host": "127.0.0.1", "port": {port}, "username": "appuser", "password": "{password}", "dbname": "{database}"}}'
    ),
    "appsettings": lambda password, database, port: (
        f'{{"ConnectionStrings": {{"Db": "Host=127.0.0.1;Port={port};Username=appuser;Password={password};Database={database}"}}}}'
    ),
    "psql with a uri": lambda password, database, port: (
        f"sudo -u app psql 'postgresql://appuser:{password}@127.0.0.1:{port}/{database}' -c 'select 1'"
    ),
    "psql with pairs": lambda password, database, port: (
        f'psql -X -d "host=127.0.0.1 port={port} dbname={database} user=appuser password={password}"'
    ),
    "psql with the password behind -W": lambda password, database, port: (
        f"psql -h 127.0.0.1 -p {port} -U appuser -d {database} -W {password}"
    ),
    **{f"{name}, with all parts": _from_template(template) for name, template in forms.FORMS.items()},
}
WRAPPINGS: dict[str, Callable[[str], str]] = {
    "double quotes": lambda text: f'"{text}"',
    "single quotes": lambda text: f"'{text}'",
    "quote at the end": lambda text: f'{text}"',
    "angle brackets": lambda text: f"<{text}>",
    "byte order mark": lambda text: f"\ufeff{text}",
    "line end of Windows": lambda text: f"{text}\r\n",
    "non-breaking space": lambda text: f"{text}\u00a0",
    "blank before": lambda text: f" {text}",
    "backticks": lambda text: f"`{text}`",
    "line of .env": lambda text: f"DATABASE_URL={text}",
    "export": lambda text: f'export DATABASE_URL="{text}"',
    "key of yaml": lambda text: f"url: {text}",
    "json": lambda text: f'{{"url": "{text}"}}',
    "markdown": lambda text: f"[database]({text})",
    "option of psql": lambda text: f"-d {text}",
    "url:": lambda text: f"url:{text}",
    "comma behind": lambda text: f"{text},",
    "comment behind": lambda text: f"{text} # {LEFT}",
    "twice": lambda text: f"{text} {text}",
    "two with a comma": lambda text: f"{text},{text}",
    "encoded as a whole": lambda text: quote(text, safe=""),
    "backslashes": lambda text: text.replace("/", "\\"),
    "escaped": lambda text: text.replace("=", "\\=").replace("&", "\\&"),
    "entities": lambda text: text.replace("&", "&amp;"),
    "upper case": lambda text: text.replace("postgres", "POSTGRES"),
    "lines": lambda text: text.replace(" ", "\n").replace(";", "\n"),
    "query with a semicolon": lambda text: text.replace("&", ";"),
    "pairs with commas": lambda text: text.replace(" ", ","),
    "pairs with ampersands": lambda text: text.replace(" ", "&").replace(";", "&"),
    "pairs with colons": lambda text: text.replace("=", ":"),
    "variable": lambda text: text.replace("appuser", "${DB_USER}"),
}
#: What drivers write around a text that they cannot use, or take for something else.
ERRORS = [
    "DBI connect('{}','',...) failed: FATAL:  password authentication failed for user \"appuser\" at app.pl line 2.",
    'cannot parse `{}`: failed to parse as URL (parse "{}": invalid URL escape "%2F")',
    "WARNING: JDBC URL invalid port number: {}",
    "Error: getaddrinfo ENOTFOUND {}\n    at GetAddrInfoReqWrap.onlookup (node:dns:111:26)",
    'psycopg2.OperationalError: could not translate host name "{}" to address: Name or service not known',
    'FATAL:  database "{}" does not exist',
    'FATAL:  role "{}" does not exist',
    "TypeError: Invalid URL\n  code: 'ERR_INVALID_URL', input: '{}'",
    "failed to connect to `host={} user=appuser database=appdb`: hostname resolving error",
    "dial tcp: lookup {}: no such host",
    'connection to server at "{}", port 5432 failed: Connection refused',
]
#: What gets lost, and in its place nothing.
LOST = ["://", "/", "//", "@", "=", " ", "'", "&", "?", "postgresql:", "postgresql", "p", ";"]
PLACES = ["DSN", "--database", "--host", "--user", "--port", "--as", "--password-file", "service", "service name"]
#: Each with the text as a whole, and where a value is expected with the text as this value.
PLACES += [
    "--dsn-file",
    "--env-file",
    "value --env-file",
    "--unit",
    "unit Environment",
    "unit EnvironmentFile",
    "unit process",
]
PLACES += [f"error {number}" for number in range(len(ERRORS))]
VARIABLES = [
    "PGHOST",
    "PGDATABASE",
    "PGUSER",
    "PGPORT",
    "PGSERVICE",
    "PGOPTIONS",
    "PGSSLMODE",
    "PGHOSTADDR",
    "PGPASSFILE",
    "PGAPPNAME",
]


def pasted(count: int, database: str, port: int, seed: int = 20) -> list[Pasted]:
    """That many different ones, always the same for a seed; each form, wrapping, loss and place is among the first.

    Args:
        count: how many.
        database: one that exists.
        port: of a server on 127.0.0.1.
        seed: of the choices.
    """
    found: dict[tuple[str, str], Pasted] = {}
    for recipe in itertools.chain(_basic(), _mixed(random.Random(seed))):
        one = _made(recipe, database, port)
        found.setdefault((one.place, one.text), one)
        if len(found) == count:
            break
    return list(found.values())


def _basic() -> Iterator[Recipe]:
    """One change at a time."""
    yield from (Recipe("DSN", form) for form in FORMS)
    for form in ("uri", "pairs"):
        yield from (Recipe("DSN", form, wrappings=(name,)) for name in WRAPPINGS)
        yield from (Recipe("DSN", form, between=between) for between in BETWEEN)
        yield from (Recipe(place, form) for place in (*PLACES, *VARIABLES))


def _mixed(chance: random.Random) -> Iterator[Recipe]:
    """Several changes at once, without an end."""
    while True:
        yield Recipe(
            place=chance.choice(["DSN"] * 8 + PLACES + VARIABLES),
            form=chance.choice(list(FORMS)),
            between=chance.choice(BETWEEN),
            lost=tuple(chance.sample(LOST, chance.choice([0, 0, 1]))),
            wrappings=tuple(chance.sample(list(WRAPPINGS), chance.choice([0, 1, 1, 2, 3]))),
        )


def _made(recipe: Recipe, database: str, port: int) -> Pasted:
    text = FORMS[recipe.form](f"{LEFT}{recipe.between}{RIGHT}", database, port)
    for lost in recipe.lost:
        text = text.replace(lost, "", 1)
    for name in recipe.wrappings:
        text = WRAPPINGS[name](text)
    if recipe.place.startswith("error "):
        text = ERRORS[int(recipe.place.split()[1])].replace("{}", text)
    return Pasted(recipe.place, text, recipe)


if __name__ == "__main__":
    for each in pasted(300, "appdb", 5432):
        print(f"{each.place:16} {each.text!r}")

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection strings that clients read in different ways, each written in the form that a client has.

`scripts/client_predictions` gives them to real clients and records the outcomes; unit tests compare the predictions with the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

#: Passwords of the roles, by role. They are used nowhere else.
PASSWORDS: Mapping[str, str] = {
    "appuser": "only-for-this-run",
    "encoded": "K9 judge/pass@word:#%1",
    "plus": "a+b",
    "my app@x": "only-for-this-run",
    "iterations": "only-for-this-run",
    "home": "only-for-this-run",
    "wrong": "only-for-this-run",
    "soft_hyphen": "a\u00adbc",
    "full_width": "\uff21bc",
    "emoji": "k\U0001f511y",
    "arabic": "pw\u0627",
    "mixed": "\uff41\U0001f511",
}
DATABASES = ("appdb", "appuser", "my db", "my db/1")


@dataclass(frozen=True)
class Place:
    """Where the server is: port, port of the server that has ::1 only, closed port, and folders of the socket and of files."""

    port: int = 5433
    port_of_ipv6: int = 5436
    closed: int = 5499
    socket: str = "/var/run/postgresql"
    folder: str = "/srv/files"


@dataclass(frozen=True)
class Case:
    """One connection string.

    Attributes:
        id: of the case in the record.
        uri: the text, if the case is about one form; {url} is scheme and ://. Clients without URLs do not get it.
        any_client: whether the text is given to every client as it is.
        role, host, port, database: what is meant; {port} and others are filled in.
        parameters: as they stand after the ?.
        password: whether the string has the password.
        environment: variables.
        expected: what the session is meant to have, by name of a setting.
        libpq_works: whether libpq connects with that string.
    """

    id: str
    uri: str = ""
    any_client: bool = False
    role: str = "appuser"
    host: str = "127.0.0.1"
    port: str = "{port}"
    database: str = "appdb"
    parameters: str = ""
    password: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, str] = field(default_factory=dict)
    libpq_works: bool = True

    def text(self, form: str, scheme: str, place: Place, more: str = "") -> str:
        """Return the text for a client, with every place filled in; empty if it cannot be written in that form.

        Args:
            form: uri, jdbc, pdo, dbi or odbc.
            scheme: of the client's URL.
            place: of the server.
            more: a parameter that the client needs in each URL for a server without SSL, unless the case is about SSL.
        """
        found = self._text(form, scheme, place)
        if more and "://" in found and not self.any_client and "ssl" not in found + self.id:
            found += f"{'&' if '?' in found else '?'}{more}"
        return found

    def _text(self, form: str, scheme: str, place: Place) -> str:
        if self.uri:
            found = "" if form in ("jdbc", "pdo", "odbc") and not self.any_client else self._uri(form, scheme)
        else:
            found = {"jdbc": self._jdbc, "pdo": self._pdo, "odbc": self._odbc}.get(
                form, lambda: self._url(form, scheme)
            )()
        return self._filled(found, place, encoded=form not in ("pdo", "odbc") and "://" in found)

    def works(self, form: str) -> bool:
        """Return whether libpq connects with what `connection_strings` makes of the text: in a URL of pgJDBC, + is a blank."""
        return self.libpq_works or (form == "jdbc" and self.id == "options_plus")

    def variables(self, place: Place) -> dict[str, str]:
        """Return the variables of the environment, with every place filled in."""
        return {name: self._filled(value, place, encoded=False) for name, value in self.environment.items()}

    def _filled(self, text: str, place: Place, *, encoded: bool) -> str:
        password = PASSWORDS[self.role]
        values = {
            "{role}": quote(self.role, safe="") if encoded else self.role,
            "{password}": quote(password, safe="") if encoded else password,
            "{port}": str(place.port),
            "{port_of_ipv6}": str(place.port_of_ipv6),
            "{closed}": str(place.closed),
            "{socket}": place.socket,
            "{quoted_socket}": quote(place.socket, safe=""),
            "{folder}": place.folder,
        }
        for name, value in values.items():
            text = text.replace(name, value)
        return text

    def _uri(self, form: str, scheme: str) -> str:
        before = "dbi:Pg:" if form == "dbi" and not self.any_client else ""
        return before + self.uri.replace("{url}", f"{scheme}://")

    def _url(self, form: str, scheme: str) -> str:
        secret = f":{quote(PASSWORDS[self.role], safe='+')}" if self.password else ""
        query = f"?{self.parameters}" if self.parameters else ""
        before = "dbi:Pg:" if form == "dbi" else ""
        place = f"{self.host}:{self.port}" if self.port else self.host
        database = f"/{quote(self.database, safe='')}" if self.database else ""
        return f"{before}{scheme}://{quote(self.role, safe='')}{secret}@{place}{database}{query}"

    def _jdbc(self) -> str:
        query = f"user={quote(self.role, safe='')}"
        if self.password:
            query += f"&password={quote(PASSWORDS[self.role], safe='')}"
        query += f"&{self.parameters}" if self.parameters else ""
        return f"jdbc:postgresql://{self.host}:{self.port}/{quote(self.database, safe='')}?{query}"

    def _pairs(self) -> list[tuple[str, str]]:
        pairs = [("host", self.host.strip("[]")), ("port", self.port), ("dbname", self.database), ("user", self.role)]
        if self.password:
            pairs.append(("password", PASSWORDS[self.role]))
        return [pair for pair in pairs if pair[1]]

    def _pdo(self) -> str:
        if any(sign in PASSWORDS[self.role] for sign in "'\\;") or "%" in self.parameters or "+" in self.parameters:
            return ""
        pairs = [*self._pairs(), *(tuple(each.split("=", 1)) for each in filter(None, self.parameters.split("&")))]
        return "pgsql:" + ";".join(f"{name}='{value}'" if " " in value else f"{name}={value}" for name, value in pairs)

    def _odbc(self) -> str:
        if self.parameters and not self.parameters.startswith("sslmode="):
            return ""
        names = {"host": "Server", "port": "Port", "dbname": "Database", "user": "UID", "password": "PWD"}
        pairs = [(names[name], value) for name, value in self._pairs()]
        text = ";".join(f"{name}={{{value}}}" if name == "PWD" else f"{name}={value}" for name, value in pairs)
        return "Driver={PostgreSQL Unicode};" + text + (f";{self.parameters}" if self.parameters else "")


_OPTIONS = "options=-csearch_path%3Dapp"
_SERVER = {"PGHOST": "127.0.0.1", "PGPORT": "{port}"}
CASES: tuple[Case, ...] = (
    Case("plain", parameters="sslmode=disable"),
    Case("no_sslmode"),
    Case("sslmode_prefer", parameters="sslmode=prefer"),
    Case("sslmode_upper_case", parameters="sslmode=DISABLE"),
    Case("sslmode_no_verify", parameters="sslmode=no-verify", libpq_works=False),
    Case("ssl_false", parameters="ssl=false"),
    Case("ssl_disable", parameters="ssl=disable"),
    Case("scheme_postgres", "postgres://{role}:{password}@127.0.0.1:{port}/appdb?sslmode=disable", any_client=True),
    Case("scheme_postgresql", "postgresql://{role}:{password}@127.0.0.1:{port}/appdb?sslmode=disable", any_client=True),
    Case("scheme_psycopg2", "postgresql+psycopg2://{role}:{password}@127.0.0.1:{port}/appdb", any_client=True),
    Case("password_encoded", role="encoded"),
    Case("password_plus", role="plus"),
    Case("password_parameter_plus", "{url}127.0.0.1:{port}/appdb?user={role}&password=a+b", role="plus"),
    Case("user_encoded", role="my app@x"),
    Case("database_blank", database="my db"),
    Case("database_slash", database="my db/1"),
    Case("no_database", database=""),
    Case("options", parameters=_OPTIONS, expected={"search_path": "app"}),
    Case("options_plus", parameters="options=-c+statement_timeout%3D4321", libpq_works=False),
    Case("search_path", parameters="search_path=app", expected={"search_path": "app"}),
    Case("schema", parameters="schema=app", expected={"search_path": "app"}),
    Case("current_schema", parameters="currentSchema=app", expected={"search_path": "app"}),
    Case("application_name", parameters="application_name=my%20app", expected={"application_name": "my app"}),
    Case("statement_timeout", parameters="statement_timeout=4321", expected={"statement_timeout": "4321ms"}),
    Case("connect_timeout", parameters="connect_timeout=5"),
    Case("channel_binding", parameters="channel_binding=disable"),
    Case("gssencmode", parameters="gssencmode=disable"),
    Case("keepalives", parameters="keepalives=1"),
    Case("target_session_attrs", parameters="target_session_attrs=read-write"),
    Case("connection_limit", parameters="connection_limit=5"),
    Case("socket_parameter", "{url}{role}:{password}@/appdb?host={socket}&port={port}", expected={"socket": "true"}),
    Case(
        "socket_parameters",
        "{url}/appdb?host={socket}&port={port}&user={role}&password={password}",
        expected={"socket": "true"},
    ),
    Case("socket_encoded", "{url}{role}:{password}@{quoted_socket}:{port}/appdb", expected={"socket": "true"}),
    Case(
        "socket_over_host",
        "{url}{role}:{password}@127.0.0.1:{port}/appdb?host={socket}",
        expected={"socket": "true"},
    ),
    Case("no_host", "{url}{role}:{password}@/appdb", environment={"PGPORT": "{port}"}, expected={"socket": "true"}),
    Case("environment", "{url}", environment={**_SERVER, "PGUSER": "appuser", "PGDATABASE": "appdb", "PGPASSWORD": "{password}"}),
    Case("ipv6_literal", host="[::1]"),
    Case("ipv6_only", host="localhost", port="{port_of_ipv6}"),
    Case("several_hosts", "{url}{role}:{password}@127.0.0.1:{closed},127.0.0.1:{port}/appdb"),
    Case("pgpass", role="home", password=False, environment={"HOME": "{folder}/home"}),
    Case("pgpassfile", password=False, environment={"PGPASSFILE": "{folder}/passwords"}),
    Case("passfile", password=False, parameters="passfile={folder}/passwords"),
    Case("pgpassword", password=False, environment={"PGPASSWORD": "{password}"}),
    Case("service", "{url}/?service=app", environment={"PGSERVICEFILE": "{folder}/services"}),
    Case("service_database", "{url}/appdb?service=app", environment={"PGSERVICEFILE": "{folder}/services"}),
    *(Case(f"saslprep_{role}", role=role) for role in ("soft_hyphen", "full_width", "emoji", "arabic", "mixed")),
    Case("wrong_password", "{url}wrong:not-it@localhost:{port}/appdb", role="wrong", libpq_works=False),
    Case("scram_iterations", role="iterations"),
    Case("pairs", "host=127.0.0.1 port={port} dbname=appdb user={role} password={password} sslmode=disable", any_client=True),
    Case("pdo", "pgsql:host=127.0.0.1;port={port};dbname=appdb;user={role};password={password}", any_client=True),
    Case("jdbc", "jdbc:postgresql://127.0.0.1:{port}/appdb?user={role}&password={password}", any_client=True),
    Case("jdbc_userinfo", "jdbc:postgresql://{role}:{password}@127.0.0.1:{port}/appdb", any_client=True),
)  # fmt: skip

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What real clients did with the connection strings of `strings`, and what is predicted for the same ones."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import dsn
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients import given
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.catalogue import CLIENTS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.predict import Prediction, predict
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.situation import Situation
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.read import (
    read as translate,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.clients.strings import (
    CASES,
    PASSWORDS,
    Case,
    Place,
)

FILE = Path(__file__).with_name("recorded.csv")
COLUMNS = ("client", "version", "case", "outcome", "detail")
_CASES = {case.id: case for case in CASES}
_PLACE = Place()
_VARIABLES = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGDATABASE": "dbname", "PGPASSWORD": "password"}


@dataclass(frozen=True)
class Row:
    """One outcome.

    Attributes:
        client: its name.
        version: that ran.
        case: id of the string.
        outcome: same, differs or fails.
        detail: what differs in the session; of a wrong password, how often it was sent.
    """

    client: str
    version: str
    case: str
    outcome: str
    detail: str = ""


def read() -> list[Row]:
    """Return the recorded outcomes."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return [Row(**row) for row in csv.DictReader(lines)]


def text(client: str, case: str) -> str:
    """Return the string of a case in a client's form."""
    entry = CLIENTS[client]
    return _CASES[case].text(entry.form, entry.scheme, _PLACE, entry.needs)


def prediction(client: str, case: str) -> Prediction:
    """Return what is predicted for a client and a case, on the server of the record."""
    return predict(client, _situation(_CASES[case], client))


def predicted(row: Row) -> str:
    """Return the outcome that the prediction means: one that is libpq's own is a failure where libpq fails."""
    case, verdict = _CASES[row.case], prediction(row.client, row.case).verdict
    without_libpq = verdict == "same" and not case.works(CLIENTS[row.client].form)
    return "fails" if without_libpq or case.id == "wrong_password" else verdict


def _situation(case: Case, client: str) -> Situation:
    string = text(client, case.id)
    variables = case.variables(_PLACE)
    values, origins = _values(case, string, variables)
    host = values.get("host", "/var/run/postgresql")
    found = Situation(
        client=CLIENTS[client],
        given=given.read(string),
        user=values.get("user", "root"),
        database=values.get("dbname", case.role),
        host=host,
        port=int(values["port"].split(",")[0]),
        password=values.get("password") or PASSWORDS[case.role],
        origins=origins,
        variables=frozenset(name for name in variables if name.startswith("PG")),
        ssl=False,
        iterations=200_000 if case.role == "iterations" else 4096,
        refused=case.id == "wrong_password",
    )
    if "password" not in values:
        found = replace(found, password_file=f"{_PLACE.folder}/passwords")
    if host == "localhost":
        ipv6 = values["port"] == str(_PLACE.port_of_ipv6)
        found = replace(found, addresses=("::1", "127.0.0.1"), open=("::1",) if ipv6 else ("::1", "127.0.0.1"))
    return found


def _values(case: Case, string: str, variables: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return libpq's values and the origin of each, as the diagnosis finds them."""
    try:
        values = dict(translate(string).values)
    except dsn.DsnError:
        values = {"port": str(_PLACE.port), "user": case.role}
    origins = dict.fromkeys(values, "given")
    if "service" in values:
        service = {
            "host": "127.0.0.1",
            "port": "5432",
            "dbname": "appdb",
            "user": "appuser",
            "password": PASSWORDS["appuser"],
        }
        origins.update({key: "service app" for key in service if key not in values})
        values = {**service, **values}
    for name, value in variables.items():
        key = _VARIABLES.get(name, "")
        if key and key not in values:
            values[key], origins[key] = value, name
    return values, origins

"""Compares the predictions of `pgsop diagnose --as-client` with real clients: many connection strings, one server without SSL.

Each client runs in a process of its own for each string. The outcome is "same" if the session is the one that libpq has, "differs" if it
is another one or has other settings, and "fails" without a session. --write records the outcomes for the unit tests, and writes the
table in docs/clients.md.
"""

from __future__ import annotations

import argparse
import collections
import csv
import datetime as dt
import io
import json
import os
import re
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from client_programs import PROGRAMS, Bed, Program, UnavailableError

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.catalogue import CLIENTS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.model import FAILS
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, SETTINGS, Server, running
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.clients import recorded
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.clients.strings import (
    CASES,
    DATABASES,
    PASSWORDS,
    Case,
    Place,
)

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/clients.md"
BEGIN, END = (
    "<!-- recorded by scripts/client_predictions: begin -->\n",
    "<!-- recorded by scripts/client_predictions: end -->\n",
)
MAJOR = 17
#: Seconds; connectorx repeats a failed login for 30 s.
PATIENCE = 60
#: connectorx waits most of the time.
AT_ONCE = {"connectorx": 24}
QUERY = """
SELECT json_build_object('user', current_user, 'database', current_database(), 'socket', (inet_server_addr() IS NULL)::text,
    'application_name', current_setting('application_name'), 'search_path', current_setting('search_path'),
    'statement_timeout', current_setting('statement_timeout'))::text AS seen
"""
#: By id of a difference, what the errors of clients have in common.
REASONS: Mapping[str, str] = {
    "client.form_not_understood": (
        r"missing .=. after|invalid connection option|invalid (dsn|DSN)|scheme|Could not parse SQLAlchemy URL|No suitable driver|"
        r"could not find driver|valid data source name|Can't connect to data source|IM002|ENOTFOUND|not supported|ECONNREFUSED|"
        r"connection refused|DatabaseNotReachable|database name|relative URL|Cannot read properties|dial unix|Invalid URL|unpack"
    ),
    "client.scheme_refused": (
        r"missing .=. after|scheme|Can't load plugin|No module named|not supported|invalid (dsn|connection string)|registered backends"
    ),
    "client.login_in_url": r"connection attempt failed|invalid port|UnknownHost",
    "client.login_not_decoded": r"password authentication failed",
    "client.database_not_decoded": r"database .* does not exist|DatabaseDoesNotExist",
    "client.parameter_ignored": r"startup packet|ENOENT|password",
    "client.database_required": r"no database name|supply the NAME",
    "client.parameter_refused": (
        r"invalid URI query parameter|unexpected keyword argument|unrecognized configuration parameter|cannot be changed now|"
        r"invalid connection option|unknown option|unknown parameter|UnknownOption|invalid dsn"
    ),
    "client.plus_decoded": r"password authentication failed|AuthenticationFailed",
    "client.sslmode_refused": r"sslmode",
    "client.sslmode_read_otherwise": r"does not support SSL|TlsConnectionError|ECONNRESET",
    "client.sslmode_default": r"SSL is not enabled",
    "client.socket_not_understood": (
        r"Invalid URL|ECONNREFUSED|ENOENT|startup packet|Name or service not known|could not translate host name|ENOTFOUND|does not exist|"
        r"Can't create a connection|invalid URL escape|hostaddr|host is missing|empty host|configuration parameter .host.|database|^ *$"
    ),
    "client.hosts_refused": r"Invalid URL|ECONNREFUSED|invalid literal for int|not a valid|no such host|invalid port number|Port could not be cast",
    "client.ipv6_literal": r"ENOTFOUND",
    "client.ipv6_not_tried": r"refused",
    "client.environment_not_read": r"password|NoneType|required positional|missing|ECONNREFUSED|host|Can't create a connection|^ *$",
    "client.environment_refused": r"panic",
    "client.passfile_not_read": r"password|NoneType",
    "client.service_not_read": r"ECONNREFUSED|111|startup packet|failed|refused|does not exist",
    "client.saslprep": r"AuthenticationFailed|password authentication failed|forbidden|[Pp]rohibited|unassigned|bidi|SASL|[Nn]on-ASCII|Invalid",
    "client.iterations_refused": r"scramMaxIterations",
}
_HBA = "local all {administrator} trust\nlocal all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128 scram-sha-256\n"


@dataclass(frozen=True)
class Seen:
    """What a client did with a string.

    Attributes:
        outcome: same, differs or fails.
        detail: the values that differ, or the error; the error can have the password in it.
    """

    outcome: str
    detail: str


def main() -> None:
    """Run the clients that are named, or all, and compare.

    Raises:
        SystemExit: a prediction is wrong.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clients", nargs="*", help="names, such as psycopg; all by default")
    parser.add_argument(
        "--write", action="store_true", help="record the outcomes, and write the table in docs/clients.md"
    )
    parser.add_argument(
        "--errors", action="store_true", help="print each error; it can have a password of the test in it"
    )
    options = parser.parse_args()
    bed = Bed(Path(os.environ["WORK"]))
    rows, absent, wrong = [], [], []
    with (
        running(MAJOR, {**SETTINGS, "listen_addresses": "127.0.0.1,::1", "log_statement": "none"}) as server,
        prepared(server) as place,
    ):
        for program in PROGRAMS:
            if options.clients and program.name not in options.clients:
                continue
            try:
                command = bed.install(program)
            except UnavailableError as error:
                absent.append(program.name)
                print(f"{program.name}: not run: {error}", flush=True)
                continue
            before = server.log_size()
            found = run_all(bed, program, command, place)
            tries = server.log_from(before).count('failed for user "wrong"')
            if "wrong_password" in found:
                found["wrong_password"] = Seen(found["wrong_password"].outcome, f"{tries} attempts")
            rows += [
                recorded.Row(program.name, bed.version(program), case, seen.outcome, _kept(case, seen))
                for case, seen in found.items()
            ]
            wrong += [case for case, seen in found.items() if not reason_fits(program.name, case, seen)]
            report(program.name, found, errors=options.errors)
    print("\n" + table(rows, absent))
    if options.write:
        write(rows, absent)
    wrong += [row.case for row in rows if recorded.predicted(row) != row.outcome]
    if wrong:
        raise SystemExit(f"{len(wrong)} predictions are wrong")


def _kept(case: str, seen: Seen) -> str:
    """Return the detail if the record has it: no error, which can have a path or a password in it."""
    return seen.detail if seen.outcome == "differs" or case == "wrong_password" else ""


def report(name: str, found: Mapping[str, Seen], *, errors: bool) -> None:
    """Print what a client did, and the predictions that are wrong."""
    count = collections.Counter(seen.outcome for seen in found.values())
    print(f"{name}: {dict(count)}", flush=True)
    for case, seen in found.items():
        guess = recorded.predicted(recorded.Row(name, "", case, seen.outcome, ""))
        right = guess == seen.outcome and reason_fits(name, case, seen)
        if not right or errors:
            mark = "  " if right else "! "
            print(f"  {mark}{case}: {seen.outcome}, predicted {guess}: {seen.detail[-230:]}", flush=True)


def reason_fits(name: str, case: str, seen: Seen) -> bool:
    """Return whether the error of a client has the words of a difference that is predicted."""
    predicted = [each.id for each in recorded.prediction(name, case).differences if each.effect == FAILS]
    if seen.outcome != "fails" or not predicted:
        return True
    return any(re.search(REASONS[each], seen.detail) for each in predicted)


def run_all(bed: Bed, program: Program, command: list[str], place: Place) -> dict[str, Seen]:
    """Give a client each string that can be written in its form, and return the outcomes by case."""
    client = CLIENTS[program.name]
    texts = [(case, case.text(client.form, client.scheme, place, client.needs)) for case in CASES]
    variables = bed.environment(program)
    with ThreadPoolExecutor(AT_ONCE.get(program.name, 4)) as pool:
        waiting = {
            case.id: pool.submit(run, case, text, command, {**variables, **case.variables(place)}, client.form)
            for case, text in texts if text
        }  # fmt: skip
        return {case: each.result() for case, each in waiting.items()}


def run(case: Case, text: str, command: list[str], variables: Mapping[str, str], form: str) -> Seen:
    """Run a client once, and return what it did."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "PYTHON", "DATABASE"))}
    environment = {**own, "HOME": "/nonexistent", "CLIENT_TEXT": text, "CLIENT_QUERY": QUERY, **variables}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Seen("fails", "no answer")
    line = next((each for each in done.stdout.splitlines() if each.startswith("SEEN ")), "")
    if not line:
        return Seen("fails", " ".join((done.stderr or done.stdout).split()))
    session = json.loads(line.removeprefix("SEEN "))
    meant = {"user": case.role, "database": case.database or case.role, "socket": "false", **case.expected}
    other = [name for name, value in meant.items() if session[name] != value]
    if not case.works(form):
        other.append("libpq")
    return Seen("differs" if other else "same", " ".join(other))


@contextmanager
def prepared(server: Server) -> Iterator[Place]:
    """Prepare server, files and names, and give their place."""
    data = Path(server.cluster.data_directory)
    (data / "pg_hba.conf").write_text(_HBA.replace("{administrator}", ADMINISTRATOR), encoding="utf-8")
    server.execute("SELECT pg_reload_conf()")
    for role, password in PASSWORDS.items():
        server.execute(
            f"SET scram_iterations = {200000 if role == 'iterations' else 4096}; CREATE ROLE \"{role}\" LOGIN PASSWORD '{password}'"
        )
    for database in DATABASES:
        server.execute(f'CREATE DATABASE "{database}"')
    folder = data.parent / "files"
    (folder / "home").mkdir(parents=True)
    for path, role in (("home/.pgpass", "home"), ("passwords", "appuser")):
        (folder / path).write_text(f"*:*:*:{role}:{PASSWORDS[role]}\n", encoding="utf-8")
        (folder / path).chmod(0o600)
    # Some clients take the home folder from there and not from HOME.
    accounts = Path("/etc/passwd").read_text(encoding="utf-8").replace(":/root:", f":{folder}/home:", 1)
    (folder / "accounts").write_text(accounts, encoding="utf-8")
    values = {
        "host": "127.0.0.1",
        "port": server.port,
        "dbname": "appdb",
        "user": "appuser",
        "password": PASSWORDS["appuser"],
    }
    (folder / "services").write_text(
        "[app]\n" + "".join(f"{key}={value}\n" for key, value in values.items()), encoding="utf-8"
    )
    (folder / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n", encoding="utf-8")
    Path("/var/run/postgresql").mkdir(exist_ok=True)
    mounts = (
        (folder / "hosts", "/etc/hosts"),
        (folder / "accounts", "/etc/passwd"),
        (data.parent, "/var/run/postgresql"),
    )
    for source, target in mounts:
        subprocess.run(["mount", "--bind", str(source), target], check=True)
    with forwarded(server.port) as port_of_ipv6, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield Place(server.port, port_of_ipv6, closed.getsockname()[1], str(data.parent), str(folder))


@contextmanager
def forwarded(port: int) -> Iterator[int]:
    """Listen on a port of ::1 that leads to a port of 127.0.0.1, and give its number."""
    listener = socket.create_server(("::1", 0), family=socket.AF_INET6)

    def copy(source: socket.socket, target: socket.socket) -> None:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)

    def serve() -> None:
        while True:
            try:
                one, _address = listener.accept()
            except OSError:
                return
            other = socket.create_connection(("127.0.0.1", port))
            for pair in ((one, other), (other, one)):
                threading.Thread(target=copy, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()


def table(rows: list[recorded.Row], absent: list[str]) -> str:
    """Return the table of clients, with the strings and how many predictions are right."""
    lines = [
        "| Client | Measured with | Strings | As libpq | Differs | Fails | Agree | Disagree |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, client in CLIENTS.items():
        mine = [row for row in rows if row.client == name]
        if mine:
            count = collections.Counter(row.outcome for row in mine)
            right = sum(recorded.predicted(row) == row.outcome for row in mine)
            cells = [
                f"`{name}`",
                client.measured,
                *map(str, (len(mine), count["same"], count["differs"], count["fails"], right, len(mine) - right)),
            ]
            lines.append(f"| {' | '.join(cells)} |")
        elif name in absent:
            lines.append(f"| `{name}` | not run | | | | | | |")
    return "\n".join(lines) + "\n"


def write(rows: list[recorded.Row], absent: list[str]) -> None:
    """Record the outcomes, those of other clients unchanged, and write the table in the documentation."""
    names = {row.client for row in rows}
    together = [*(row for row in recorded.read() if row.client not in names), *rows]
    order = list(CLIENTS)
    together.sort(key=lambda row: order.index(row.client))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(recorded.COLUMNS)
    writer.writerows((row.client, row.version, row.case, row.outcome, row.detail) for row in together)
    recorded.FILE.write_text(text.getvalue(), encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    head = f"Measured {dt.date.today().isoformat()} with PostgreSQL {MAJOR}, SSL off.\n\n"
    PAGE.write_text(before + BEGIN + head + table(together, absent) + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()

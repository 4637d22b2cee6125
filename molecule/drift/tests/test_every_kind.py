# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One drift of every kind, all at once: the check run names each, the next run repairs all, the one after it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from conftest import PlayResult, PlayRunner, Server
    from testinfra.host import Host

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"
HOST_COPY = "every-kind"
SITE = "aerovista.postgresql.site"
ACL = "SELECT {} FROM {}"
#: What PUBLIC may do; an empty list of privileges has nothing for it on these objects.
PUBLIC = "(SELECT string_agg(privilege_type, ',' ORDER BY 1) FROM aclexplode({}) WHERE grantee = 0)"


class Drift(NamedTuple):
    """What somebody does by hand, as root or as SQL, the words with which the check run names it, and how it is seen."""

    hand: str
    words: str
    probe: str


def sql(statement: str, words: str, query: str, database: str = "appdb") -> Drift:
    """A statement, and a query whose answer it changes."""
    return Drift(f'psql {database} "{statement}"', words, f'psql {database} "{query}"')


def role(statement: str, words: str, column: str) -> Drift:
    """A statement that alters role appuser, and the column of pg_authid that it changes."""
    return sql(statement, words, ACL.format(column, "pg_authid WHERE rolname = 'appuser'"), "postgres")


def setting(name: str, value: str) -> Drift:
    """A value in the drop-in of pg_hardening."""
    file = "$config/conf.d/50-pg_hardening.conf"
    return Drift(
        f"sed -i \"s/^{name} = .*/{name} = '{value}'/\" {file}", f"-{name} = '{value}'", f"grep '^{name} ' {file}"
    )


def mode(path: str, number: str) -> Drift:
    """Another mode of a file or folder."""
    return Drift(f"chmod {number} {path}", path.removeprefix("$config/"), f"stat -c %a:%U:%G {path}")


def owner(path: str, name: str) -> Drift:
    """Another owner of a file or folder."""
    return Drift(f"chown {name} {path}", path.removeprefix("$config/"), f"stat -c %a:%U:%G {path}")


def file(path: str, hand: str, words: str) -> Drift:
    """Another content of a file, or none."""
    return Drift(hand.format(path=path), words, f"sha256sum <{path}")


DRIFTS: Mapping[str, Drift] = {
    # rules of access
    "hba: line added": file(
        "$config/pg_hba.conf", "echo 'host all all 10.0.0.0/8 trust' >>{path}", "-host all all 10.0.0.0/8 trust"
    ),
    "hba: line removed": file("$config/pg_hba.conf", "sed -i '/::1.128/d' {path}", "::1/128"),
    "hba: method changed": file(
        "$config/pg_hba.conf", "sed -i '/127.0.0.1/s/scram-sha-256/md5/' {path}", "127.0.0.1/32            md5"
    ),
    "hba: mode": mode("$config/pg_hba.conf", "0644"),
    "ident: mode": mode("$config/pg_ident.conf", "0644"),
    # settings
    **{
        f"setting: {name}": setting(name, value)
        for name, value in {
            "log_statement": "none",
            "log_line_prefix": "%m ",
            "log_disconnections": "off",
            "password_encryption": "md5",
            "authentication_timeout": "10min",
            "unix_socket_permissions": "0700",
            "log_min_messages": "panic",
            "zero_damaged_pages": "on",
            "autovacuum": "off",
        }.items()
    },
    "setting: line removed": file(
        "$config/conf.d/50-pg_hardening.conf", "sed -i '/^log_lock_waits/d' {path}", "+log_lock_waits"
    ),
    "setting: tuned value": file(
        "$config/conf.d/60-pg_tuning.conf", "sed -i \"s/^work_mem = .*/work_mem = '1GB'/\" {path}", "-work_mem = '1GB'"
    ),
    "setting: tuned line removed": file(
        "$config/conf.d/60-pg_tuning.conf", "sed -i '/^maintenance_work_mem/d' {path}", "+maintenance_work_mem"
    ),
    "setting: ALTER SYSTEM": sql(
        "ALTER SYSTEM SET log_connections = 'off'",
        "log_connections",
        "SELECT count(*) FROM pg_file_settings WHERE sourcefile ~ 'auto.conf'",
        "postgres",
    ),
    "setting: mode of the drop-in": mode("$config/conf.d", "0777"),
    # attributes of a role
    "role: createdb": role("ALTER ROLE appuser CREATEDB", "NOCREATEDB", "rolcreatedb"),
    "role: createrole": role("ALTER ROLE appuser CREATEROLE", "NOCREATEROLE", "rolcreaterole"),
    "role: bypassrls": role("ALTER ROLE appuser BYPASSRLS", "NOBYPASSRLS", "rolbypassrls"),
    "role: replication": role("ALTER ROLE appuser REPLICATION", "NOREPLICATION", "rolreplication"),
    "role: connection limit": role("ALTER ROLE appuser CONNECTION LIMIT 3", "CONNECTION LIMIT -1", "rolconnlimit"),
    "role: valid until": role(
        "ALTER ROLE appuser VALID UNTIL '2100-01-01'", "VALID UNTIL", "coalesce(rolvaliduntil, 'infinity')"
    ),
    "role: setting": sql(
        "ALTER ROLE appuser SET work_mem = '1GB'",
        "RESET work_mem",
        "SELECT setconfig FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = setrole WHERE rolname = 'appuser' AND setdatabase = 0",
        "postgres",
    ),
    "role: membership": sql(
        "GRANT pg_read_all_data TO appuser",
        "REVOKE pg_read_all_data FROM appuser",
        "SELECT count(*) FROM pg_auth_members WHERE member = 'appuser'::regrole",
        "postgres",
    ),
    # privileges
    "grant: CONNECT for PUBLIC": sql(
        "GRANT CONNECT ON DATABASE appdb TO PUBLIC",
        "REVOKE CONNECT, TEMPORARY ON DATABASE appdb FROM PUBLIC",
        ACL.format(PUBLIC.format("datacl"), "pg_database WHERE datname = 'appdb'"),
    ),
    "grant: TEMPORARY for PUBLIC": sql(
        "GRANT TEMPORARY ON DATABASE appdb TO PUBLIC",
        "TEMPORARY",
        ACL.format(PUBLIC.format("datacl"), "pg_database WHERE datname = 'appdb'"),
    ),
    "grant: CREATE in the schema for PUBLIC": sql(
        "GRANT CREATE ON SCHEMA app TO PUBLIC",
        "REVOKE CREATE ON SCHEMA app, public FROM PUBLIC",
        ACL.format(PUBLIC.format("nspacl"), "pg_namespace WHERE nspname = 'app'"),
    ),
    "grant: CREATE in schema public for PUBLIC": sql(
        "GRANT CREATE ON SCHEMA public TO PUBLIC",
        "REVOKE CREATE ON SCHEMA app, public FROM PUBLIC",
        ACL.format(PUBLIC.format("nspacl"), "pg_namespace WHERE nspname = 'public'"),
    ),
    "grant: a table for PUBLIC": sql(
        "GRANT SELECT ON app.item TO PUBLIC",
        "ON TABLE app.item FROM PUBLIC",
        ACL.format(PUBLIC.format("relacl"), "pg_class WHERE oid = 'app.item'::regclass"),
    ),
    "grant: a sequence for PUBLIC": sql(
        "GRANT USAGE ON SEQUENCE app.item_id_seq TO PUBLIC",
        "ON SEQUENCE app.item_id_seq FROM PUBLIC",
        ACL.format(PUBLIC.format("relacl"), "pg_class WHERE oid = 'app.item_id_seq'::regclass"),
    ),
    "grant: default privileges": sql(
        "ALTER DEFAULT PRIVILEGES FOR ROLE appuser IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC",
        "ALTER DEFAULT PRIVILEGES",
        "SELECT count(*) FROM pg_default_acl WHERE defaclnamespace <> 0",
    ),
    "owner: the database": sql(
        "ALTER DATABASE appdb OWNER TO appuser",
        "ALTER DATABASE appdb OWNER TO",
        "SELECT datdba::regrole FROM pg_database WHERE datname = 'appdb'",
    ),
    "owner: the schema": sql(
        "ALTER SCHEMA app OWNER TO postgres",
        "ALTER SCHEMA app OWNER TO",
        "SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'app'",
    ),
    "owner: a table": sql(
        "ALTER TABLE app.item OWNER TO postgres",
        "ALTER TABLE app.item OWNER TO",
        "SELECT relowner::regrole FROM pg_class WHERE oid = 'app.item'::regclass",
    ),
    "database: setting": sql(
        "ALTER DATABASE appdb SET search_path = pg_catalog",
        "search_path",
        "SELECT setconfig FROM pg_db_role_setting WHERE setrole = 0",
    ),
    "database: connection limit": sql(
        "ALTER DATABASE appdb CONNECTION LIMIT 3",
        "CONNECTION LIMIT",
        "SELECT datconnlimit FROM pg_database WHERE datname = 'appdb'",
    ),
    # files and modes
    "mode: data directory": mode("$data", "0750"),
    "mode: configuration": mode("$config/postgresql.conf", "0666"),
    "mode: log": mode("$log", "0666"),
    "mode: folder of the sets": mode("/var/backups/postgresql", "0755"),
    "mode: backup.json": mode("/etc/pgsop/backup.json", "0666"),
    "mode: state": mode("/var/lib/pgsop", "0777"),
    "owner: health.json": owner("/etc/pgsop/health.json", "postgres"),
    "owner: folder of drop-ins": owner("$config/conf.d", "root"),
    "file: backup.json": file("/etc/pgsop/backup.json", "sed -i 's/14/1/' {path}", "keep_days"),
    "file: health.json": file("/etc/pgsop/health.json", "echo '{{}}' >{path}", "health.json"),
    "file: alert rules": file("/usr/local/share/pgsop/prometheus-rules.yml", "rm {path}", "prometheus-rules.yml"),
    "file: dashboard": file(
        "/usr/local/share/pgsop/grafana-dashboard.json", "echo '{{}}' >{path}", "grafana-dashboard.json"
    ),
    "file: options of new clusters": file(
        "/etc/postgresql-common/createcluster.d/50-pg_install.conf", "rm {path}", "50-pg_install.conf"
    ),
    # units
    "unit: drop-in edited": file("$sandbox", "sed -i '/^ProtectHome/d' {path}", "+ProtectHome"),
    "unit: start.conf": file("$config/start.conf", "echo manual >{path}", "-manual"),
    "unit: server disabled": Drift(
        "systemctl disable -q postgresql.service",
        "postgresql.service",
        "systemctl is-enabled postgresql.service ",
    ),
    # schedules
    "schedule: backup": file("/etc/cron.d/pgsop", "sed -i 's/^30 2/31 3/' {path}", "-31 3 * * *"),
    "schedule: health, timer": file(
        "/etc/systemd/system/pgsop-health.timer", "sed -i '/^OnUnit/d; /^OnCal/d' {path}", "pgsop-health.timer"
    ),
    "schedule: health, service": file(
        "/etc/systemd/system/pgsop-health.service",
        "sed -i '/^Nice/d; s/ health / version /' {path}",
        "pgsop-health.service",
    ),
    "schedule: cron stopped": Drift(
        "systemctl disable -q --now cron", "cron", "systemctl is-active cron; systemctl is-enabled cron"
    ),
    # the command
    "command: replaced": file(
        "/usr/local/bin/pgsop", "printf '#!/bin/sh\\nexit 0\\n' >{path}", "a file that is not pgsop"
    ),
    "command: link": Drift("rm /usr/sbin/pgsop", "/usr/sbin/pgsop", "readlink /usr/sbin/pgsop "),
}
DECLARED = {"pg_bootstrap_databases": [{"name": "appdb", "schema": "app", "roles": {"app": {"name": "appuser"}}}]}
PREPARE = """
psql appdb 'SET ROLE appuser; CREATE TABLE IF NOT EXISTS app.item (id serial PRIMARY KEY)'
"""
FUNCTIONS = """
psql() { runuser -u postgres -- psql -XAtq -d "$1" -c "$2"; }
"""


@dataclass(frozen=True)
class ManyDrifts:
    """By drift, what its probe printed: before, altered, after the check run, and after the repair; and the runs."""

    states: tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str], Mapping[str, str]]
    check: PlayResult
    repair: PlayResult
    after: PlayResult


@pytest.fixture(name="round_", scope="module")
def _round(host: Host, server: Server, play: PlayRunner) -> ManyDrifts:
    names = f"config={server.config} data={server.data} log={server.log} sandbox={server.sandbox} unit={server.unit}"

    def shell(script: str) -> str:
        return str(host.check_output("bash -euc %s", f"{names} version={server.version}\n{FUNCTIONS}{script}"))

    def look() -> dict[str, str]:
        probes = "".join(f"echo '## {name}'\n{drift.probe}\n" for name, drift in DRIFTS.items())
        # Where something is missing, that is what a probe shows.
        parts = shell(f"set +e\n{probes}true").split("## ")[1:]
        return {name: rest for name, _newline, rest in (part.partition("\n") for part in parts)}

    shell(PREPARE)
    play(SITE, on=host, extra_vars=DECLARED)
    before = look()
    shell("".join(f"{drift.hand}\n" for drift in DRIFTS.values()))
    altered = look()
    check = play(SITE, on=host, extra_vars=DECLARED, check=True, diff=True)
    checked = look()
    repair = play(SITE, on=host, extra_vars=DECLARED)
    return ManyDrifts((before, altered, checked, look()), check, repair, play(SITE, on=host, extra_vars=DECLARED))


def test_number_of_kinds() -> None:
    assert len(DRIFTS) >= 45


@pytest.mark.parametrize("name", DRIFTS)
def test_check_run_names_it(server: Server, round_: ManyDrifts, name: str) -> None:
    before, altered, _checked, _repaired = round_.states
    assert before[name] != altered[name], "the hand altered nothing"
    assert round_.check.rc == 0, round_.check.output
    words = DRIFTS[name].words.replace("$data", server.data).replace("$log", server.log)
    assert words in round_.check.stdout


@pytest.mark.parametrize("name", DRIFTS)
def test_next_run_repairs_it(round_: ManyDrifts, name: str) -> None:
    before, _altered, _checked, repaired = round_.states
    assert round_.repair.rc == 0, round_.repair.output
    assert repaired[name].split() == before[name].split()


def test_check_run_changes_nothing(round_: ManyDrifts) -> None:
    _before, altered, checked, _repaired = round_.states
    assert checked == altered


def test_run_after_the_repair_changes_nothing(round_: ManyDrifts) -> None:
    assert round_.after.rc == 0, round_.after.output
    assert round_.after.changed == 0, round_.after.output

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CIS items that can be checked, each on the converged host, and each on a host that was broken on purpose.

A check returns what is wrong as lines of text, nothing where the item is satisfied. docs/hardening.md has the same
items in words; the last test here holds the two together.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

if TYPE_CHECKING:
    from conftest import Container, PlayRunner
    from testinfra.host import Host

PAGE = Path(__file__).resolve().parents[3] / "docs" / "hardening.md"

#: What every script may use: version, cluster, data directory, log file, configuration.
PRELUDE = """
set -- $(pg_lsclusters --no-header)
V=$1 C=$2 D=$6 L=$7 ETC=/etc/postgresql/$1/$2
"""

EVERY_DATABASE = """
cd /
ask() { runuser -u postgres -- psql -XAtq -v ON_ERROR_STOP=1 -p 5432 -d "$@"; }
for database in $(ask postgres -c 'SELECT datname FROM pg_database WHERE datallowconn'); do ask $database -c "$QUERY"; done | sort -u
"""

#: Leaves one line of each kind in the log: a login, a change of structure, a failed statement, a logout.
SAMPLE = """
PGAPPNAME=cis-sample psql -XAtq -h localhost -U postgres -w -c 'SELECT 1' 2>/dev/null
PGAPPNAME=cis-sample runuser -u postgres -- psql -XAtq -p 5432 -d postgres 2>/dev/null <<'END'
CREATE TEMP TABLE cis_structure ();
SELECT 1 / 0 AS cis_failure;
END
for _ in $(seq 20); do  # the server notes the logout after psql is gone
    tail -n 200 "$L" | grep -q 'cis-sample.*disconnection' && break
    sleep 0.1
done
tail -n 200 "$L" | grep -F -A 1 cis-sample
true
"""


@dataclass(frozen=True)
class Server:
    """One host, asked with the eyes of its administrator."""

    host: Host

    def shell(self, script: str) -> list[str]:
        done = self.host.run("bash -c %s", PRELUDE + script)
        assert done.rc == 0, f"{script}\n{done.stdout}{done.stderr}"
        return str(done.stdout).splitlines()

    def sql(self, query: str) -> list[str]:
        """Rows from every database that takes connections."""
        return self.shell(f"QUERY={shlex.quote(query)}\n{EVERY_DATABASE}")

    @cached_property
    def log(self) -> str:
        return "\n".join(self.shell("cd /\n" + SAMPLE))


Check: TypeAlias = Callable[[Server], list[str]]


def silent(script: str) -> Check:
    """A script that prints what is wrong."""
    return lambda server: server.shell(script)


def no_rows(query: str) -> Check:
    """A query for what is wrong."""
    return lambda server: server.sql(query)


def setting(name: str, *allowed: str) -> Check:
    values = ", ".join(f"'{value}'" for value in allowed)
    return no_rows(
        f"SELECT '{name} is ' || current_setting('{name}') WHERE current_setting('{name}') NOT IN ({values})"
    )


def logged(pattern: str) -> Check:
    def check(server: Server) -> list[str]:
        return [] if re.search(pattern, server.log, re.MULTILINE) else [f"not in the log: {pattern}\n{server.log}"]

    return check


def mode(path: str, owner: str, allowed: str) -> Check:
    """Files and folders whose owner or mode is not one of these; what does not exist is not wrong."""
    return silent(
        f'for path in {path}; do [ ! -e "$path" ] || stat -Lc "%n %U:%G %a" "$path"; done | grep -vE " {owner} ({allowed})$" || true'
    )


def every(*checks: Check) -> Check:
    return lambda server: [line for check in checks for line in check(server)]


#: Installed packages of PostgreSQL, as apt knows them: name, whether the version is an archive's, whether it is the newest.
PACKAGES = """
for package in $(dpkg-query -Wf '${db:Status-Abbrev} ${Package}\\n' 'postgresql*' | sed -n 's/^ii *//p'); do
    apt-cache policy "$package" >/tmp/cis-policy
    installed=$(sed -n 's/^ *Installed: //p' /tmp/cis-policy)
    candidate=$(sed -n 's/^ *Candidate: //p' /tmp/cis-policy)
    sites=$(sed -n '/^ \\*\\*\\* /,/^ \\{5\\}[^ ]/s/^ \\{8,\\}[0-9]* \\(http[^ ]*\\|file[^ ]*\\).*/\\1/p' /tmp/cis-policy)
"""
REMOTE_RULES = """
SELECT 'line ' || line_number || ' is for ' || address FROM pg_hba_file_rules
 WHERE type <> 'local' AND auth_method <> 'reject'
   AND address NOT IN ('127.0.0.1', '::1', 'localhost') AND address NOT LIKE '127.%'
"""
WEAK_LOCAL_RULES = """
SELECT 'line ' || line_number || ' says ' || auth_method FROM pg_hba_file_rules
 WHERE type = 'local' AND auth_method NOT IN ('peer', 'scram-sha-256', 'reject')
"""
VERBOSE = ("debug5", "debug4", "debug3", "debug2", "debug1", "info", "notice", "warning")
PREFIX = r"^\S+ \S+ \S+ \[\d+\] postgres@postgres,app=cis-sample,client="

CHECKS: Mapping[str, Check] = {
    "1.1": every(
        silent(PACKAGES + '[ -n "$sites" ] || echo "$package is from no archive this host knows"\ndone'),
        silent(
            "grep -rsiE '^[^#]*(trusted[=:] *yes|allow-insecure[=:] *yes)' /etc/apt/sources.list /etc/apt/sources.list.d || true"
        ),
    ),
    "1.3": silent(
        "for unit in postgresql@$V-$C postgresql; do"
        " systemctl is-enabled --quiet $unit || echo $unit is not enabled;"
        " systemctl is-active --quiet $unit || echo $unit is not active; done;"
        " grep -qx auto $ETC/start.conf || echo start.conf is not auto"
    ),
    "1.4.1": silent(
        'for path in $D/PG_VERSION $D/base $D/global/pg_control; do [ "$(stat -c %U $path)" = postgres ] || echo $path; done'
    ),
    "1.4.2": every(
        silent("[ $(cat $D/PG_VERSION) = $V ] || echo PG_VERSION is $(cat $D/PG_VERSION)"),
        lambda server: [
            line
            for line in server.sql("SELECT current_setting('server_version_num')::int / 10000")
            if server.shell("cat $D/PG_VERSION") != [line]
        ],
    ),
    "1.4.3": every(
        setting("data_checksums", "on"),
        no_rows("SELECT datname || ' has damaged pages' FROM pg_stat_database WHERE checksum_failures > 0"),
    ),
    "1.5": silent(
        PACKAGES + '[ -n "$sites" ] && [ "$installed" = "$candidate" ] || echo "$package $installed, $candidate"\ndone'
    ),
    "1.6": silent(
        "grep -lsE '^[^#]*PGPASSWORD' /etc/environment /etc/profile /etc/profile.d/* /etc/bash.bashrc /etc/default/*"
        " $ETC/environment {/root,/home/*,/var/lib/postgresql}/.{profile,bash_profile,bash_login,bashrc,pam_environment};"
        " systemctl show -p Environment postgresql@$V-$C | grep PGPASSWORD; true"
    ),
    "1.7": silent("grep -lsz '^PGPASSWORD=' /proc/[0-9]*/environ || true"),
    "1.9": no_rows(
        "SELECT spcname || ' is inside of the data' FROM pg_tablespace"
        " WHERE starts_with(pg_tablespace_location(oid), current_setting('data_directory'))"
    ),
    "2.1": every(
        silent("[ $(systemctl show -P UMask postgresql@$V-$C) = 0077 ] || systemctl show -p UMask postgresql@$V-$C"),
        silent('awk \'$1 == "Umask:" && $2 != "0077"\' /proc/$(head -n 1 $D/postmaster.pid)/status'),
        silent("find $D -newer $D/postmaster.opts -perm /077 -printf 'made for others: %p\\n'"),
    ),
    "2.2": every(
        mode("/usr/share/postgresql/$V/extension", "root:root", "755"),
        silent(
            "find -L /usr/share/postgresql/$V/extension /usr/lib/postgresql/$V/lib \\( ! -user root -o -perm /022 \\)"
        ),
    ),
    "2.3": silent("find /root /home /var/lib/postgresql -name .psql_history ! -type l -perm /077"),
    "2.4": every(
        silent(
            "grep -lsE '^ *password *=' /etc/postgresql-common/pg_service.conf /etc/pg_service.conf"
            " {/root,/home/*,/var/lib/postgresql}/.pg_service.conf; true"
        ),
        silent("find /root /home /var/lib/postgresql -name .pgpass -perm /077"),
    ),
    "2.5": mode("$ETC/pg_hba.conf $ETC/pg_ident.conf", "postgres:postgres", "640|600"),
    "2.6": every(
        mode("/run/postgresql", "postgres:postgres", "2775"),
        no_rows(WEAK_LOCAL_RULES),
    ),
    "2.7": mode("$D", "postgres:postgres", "700"),
    "3.1.2": setting("log_destination", "stderr", "csvlog", "jsonlog", "syslog"),
    "3.1.3": every(setting("logging_collector", "off"), logged("cis-sample")),
    "3.1.4": every(
        mode("/var/log/postgresql", "root:postgres", "1775"),
        silent("runuser -u postgres -- test -w /var/log/postgresql || echo postgres may not write its log"),
    ),
    "3.1.5": every(
        silent("[ $L = /var/log/postgresql/postgresql-$V-$C.log ] || echo $L"),
        no_rows(
            "SELECT 'log_filename is ' || current_setting('log_filename') WHERE current_setting('log_filename')"
            " <> 'postgresql-' || replace(current_setting('cluster_name'), '/', '-') || '-%a.log'"
        ),
    ),
    "3.1.6": every(mode("$L*", "postgres:adm", "640"), setting("log_file_mode", "0640", "0600")),
    "3.1.7": setting("log_truncate_on_rotation", "on"),
    "3.1.8": every(
        setting("log_rotation_age", "1d"),
        silent("logrotate --debug /etc/logrotate.d/postgresql-common 2>&1 | grep -qF $L || echo $L is not turned over"),
        silent(
            "[ -x /etc/cron.daily/logrotate ] || systemctl is-enabled --quiet logrotate.timer || echo nothing starts logrotate"
        ),
    ),
    "3.1.9": every(
        setting("log_rotation_size", "0"),
        silent(
            "grep -qsE '^ *(hourly|daily|weekly|size|maxsize)' /etc/logrotate.d/postgresql-common || echo grows for ever"
        ),
    ),
    "3.1.14": setting("log_min_messages", *VERBOSE),
    "3.1.15": every(
        setting("log_min_error_statement", *VERBOSE, "error"),
        logged(r"STATEMENT: +SELECT 1 / 0 AS cis_failure"),
    ),
    "3.1.16": setting("debug_print_parse", "off"),
    "3.1.17": setting("debug_print_rewritten", "off"),
    "3.1.18": setting("debug_print_plan", "off"),
    "3.1.20": logged(r"connection authorized: user=postgres database=postgres application_name=cis-sample"),
    "3.1.21": logged(r"cis-sample.*disconnection: session time: "),
    "3.1.23": setting("log_hostname", "off"),
    "3.1.24": logged(PREFIX + r"\S+ LOG: "),
    "3.1.25": logged(PREFIX + r"\S+ LOG: +statement: CREATE TEMP TABLE cis_structure"),
    "3.1.27": no_rows(
        "SELECT 'log_directory is ' || current_setting('log_directory') WHERE NOT starts_with(current_setting('log_directory'), '/')"
        " OR starts_with(current_setting('log_directory'), current_setting('data_directory'))"
    ),
    "4.1": silent("getent shadow postgres | awk -F: '$2 !~ /^[!*]/ {print $1 \" has a usable password\"}'"),
    "4.3": no_rows(
        "SELECT rolname || ' has too much' FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres'"
        " AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls OR EXISTS (SELECT FROM pg_auth_members"
        " WHERE member = pg_roles.oid AND roleid::regrole::text IN"
        " ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')))"
    ),
    "4.4": no_rows(
        "SELECT rolname || ' may log in and has no password' FROM pg_authid"
        " WHERE rolcanlogin AND rolpassword IS NULL AND rolname <> 'postgres'"
    ),
    "4.5": no_rows(
        "SELECT p.oid::regprocedure || ' lends rights to everybody' FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
        " WHERE prosecdef AND nspname !~ '^(pg_|information_schema$)' AND (has_function_privilege('public', p.oid, 'EXECUTE')"
        " OR NOT coalesce(proconfig::text ~ 'search_path=', false))"
    ),
    "4.6": no_rows(
        "SELECT c.oid::regclass || ' is open to everybody' FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace,"
        " aclexplode(relacl) AS a WHERE nspname !~ '^(pg_|information_schema$)' AND a.grantee = 0"
    ),
    "4.10": no_rows(
        "SELECT current_database() || ': everybody may create in ' || nspname FROM pg_namespace"
        " WHERE nspname !~ '^(pg_|information_schema$)' AND has_schema_privilege('public', oid, 'CREATE')"
    ),
    "5.1": silent(
        "for file in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$file 2>/dev/null |"
        " grep -qE 'postgres(ql)?:[/]/[^ /@:]*:[^ @]+@|password[=][^ ]' && echo $file; done; true"
    ),
    "5.2": every(
        silent("ss -Hlnt sport = :5432 | awk '$4 !~ /^(127[.]|[[]::1[]])/ {print $4}'"),
        silent("ss -Hlnt sport = :5432 | grep -q . || echo nobody listens"),
        silent(
            "for address in $(hostname -I); do pg_isready -qt 1 -h $address && echo answers on $address; done; true"
        ),
    ),
    "5.3": no_rows(WEAK_LOCAL_RULES),
    "5.4": every(
        no_rows(
            "SELECT 'line ' || line_number || ' says ' || auth_method FROM pg_hba_file_rules"
            " WHERE type <> 'local' AND auth_method NOT IN ('scram-sha-256', 'cert', 'reject')"
        ),
        no_rows("SELECT 'line ' || line_number || ' has an error' FROM pg_hba_file_rules WHERE error IS NOT NULL"),
    ),
    "5.7": no_rows(
        "SELECT 'authentication_timeout is ' || setting FROM pg_settings"
        " WHERE name = 'authentication_timeout' AND setting::int NOT BETWEEN 1 AND 60"
    ),
    "5.9": no_rows(REMOTE_RULES),
    "5.10": no_rows(
        "SELECT 'line ' || line_number || ' is for anybody or for replication' FROM pg_hba_file_rules"
        " WHERE 'replication' = ANY (database) OR (type = 'local' AND user_name = '{all}')"
    ),
    "5.11": every(
        no_rows(REMOTE_RULES),
        silent(
            "cd /; for address in localhost 127.0.0.1 $(hostname -I); do"
            " PGCONNECT_TIMEOUT=2 psql -XAtqw -h $address -U postgres -d postgres -c \"SELECT 'in by $address'\" 2>/dev/null; done; true"
        ),
    ),
    "5.12": every(
        setting("password_encryption", "scram-sha-256"),
        no_rows("SELECT rolname || ' has an old verifier' FROM pg_authid WHERE rolpassword !~ '^SCRAM-SHA-256[$]'"),
    ),
    "6.2": every(
        setting("ignore_system_indexes", "off"),
        setting("jit_debugging_support", "off"),
        setting("jit_profiling_support", "off"),
        setting("log_disconnections", "on"),
        setting("log_connections", "on", "all", "receipt,authentication,authorization"),
        setting("post_auth_delay", "0"),
    ),
}

#: Breaks every item at once, in an order in which the server still starts.
BREAK = r"""
psql_() { runuser -u postgres -- psql -XAtq -v ON_ERROR_STOP=1 -p 5432 -d postgres "$@"; }
cd /
rm -rf /var/lib/apt/lists/*
echo 'export PGPASSWORD=open' >/var/lib/postgresql/.profile
mkdir -p /etc/systemd/system/postgresql@.service.d
install -d -o postgres -g postgres $D/inside
psql_ <<'END'
SET password_encryption = 'md5';
CREATE ROLE relic LOGIN PASSWORD 'old';
CREATE ROLE boss SUPERUSER;
CREATE ROLE ghost LOGIN;
CREATE TABLE public.open_table (id int);
GRANT SELECT ON public.open_table TO PUBLIC;
GRANT CREATE ON SCHEMA public TO PUBLIC;
CREATE FUNCTION public.lend() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
ALTER SYSTEM SET listen_addresses = '*';
ALTER SYSTEM SET log_destination = '';
ALTER SYSTEM SET logging_collector = on;
ALTER SYSTEM SET log_directory = 'log';
ALTER SYSTEM SET log_filename = 'postgresql.log';
ALTER SYSTEM SET log_file_mode = '0644';
ALTER SYSTEM SET log_truncate_on_rotation = off;
ALTER SYSTEM SET log_rotation_age = 0;
ALTER SYSTEM SET log_rotation_size = '10MB';
ALTER SYSTEM SET log_min_messages = 'panic';
ALTER SYSTEM SET log_min_error_statement = 'panic';
ALTER SYSTEM SET debug_print_parse = on;
ALTER SYSTEM SET debug_print_rewritten = on;
ALTER SYSTEM SET debug_print_plan = on;
ALTER SYSTEM SET log_hostname = on;
ALTER SYSTEM SET authentication_timeout = 300;
ALTER SYSTEM SET password_encryption = 'md5';
ALTER SYSTEM SET jit_debugging_support = on;
END
psql_ -c "CREATE TABLESPACE inside LOCATION '$D/inside'" 2>/dev/null
printf '%s\n' 'local all all trust' 'local replication all trust' 'host all all 0.0.0.0/0 trust' >$ETC/pg_hba.conf
echo manual >$ETC/start.conf
printf '[Service]\nUMask=0022\n' >/etc/systemd/system/postgresql@$V-$C.service.d/99-break.conf
rm -f /etc/logrotate.d/postgresql-common
systemctl daemon-reload
systemctl stop postgresql@$V-$C
runuser -u postgres -- /usr/lib/postgresql/$V/bin/pg_checksums --disable -D $D
systemctl start postgresql@$V-$C
systemctl disable postgresql 2>/dev/null
chmod 0777 /usr/share/postgresql/$V/extension /var/log/postgresql
chmod 0644 $L
chmod 0666 $ETC/pg_hba.conf
chmod 0755 $D
chown root $D/PG_VERSION
echo 9 >$D/PG_VERSION
install -m 0644 /dev/null /var/lib/postgresql/.psql_history
install -m 0644 /dev/null /var/lib/postgresql/.pgpass
printf '[app]\npassword=open\n' >/var/lib/postgresql/.pg_service.conf
echo postgres:open | chpasswd
PGPASSWORD=open setsid sleep 1000 >/dev/null 2>&1 </dev/null &
setsid bash -c 'exec -a "psql postgresql://app:open@localhost/app" sleep 1000' >/dev/null 2>&1 </dev/null &
"""

ITEMS = (
    *("1.1", "1.3", "1.4.1", "1.4.2", "1.4.3", "1.5", "1.6", "1.7", "1.9"),
    *("2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7"),
    *(f"3.1.{number}" for number in (*range(2, 10), *range(14, 19), 20, 21, 23, 24, 25, 27)),
    *("4.1", "4.3", "4.4", "4.5", "4.6", "4.10"),
    *("5.1", "5.2", "5.3", "5.4", "5.5", "5.7", "5.9", "5.10", "5.11", "5.12"),
    *("6.2", "7.3"),
)


@pytest.fixture(scope="module")
def converged(host: Host) -> Server:
    return Server(host)


@pytest.fixture(scope="module")
def broken(host: Host, snapshot: Callable[..., str], fresh_container: Callable[..., Container]) -> Server:
    server = Server(fresh_container(snapshot(host)).host)
    server.shell(BREAK)
    return server


@pytest.mark.parametrize("item", CHECKS)
def test_the_item_is_satisfied(converged: Server, item: str) -> None:
    assert CHECKS[item](converged) == []


@pytest.mark.on_platform("first")  # what is broken is the same everywhere
@pytest.mark.parametrize("item", CHECKS)
def test_the_check_sees_it_broken(broken: Server, item: str) -> None:
    assert CHECKS[item](broken) != []


@pytest.mark.on_platform("last")
def test_declared_pairs_leave_no_rule_for_everybody(host: Host, play: PlayRunner) -> None:
    """5.10 beyond the SOP's own lines: one variable names the databases and roles that may come in over TCP."""
    pairs = [{"database": "shop", "role": "clerk", "exception": "made tomorrow"}]
    result = play(
        "aerovista.postgresql.site",
        on=host,
        check=True,
        diff=True,
        extra_vars={"pg_hardening_hba_pairs": pairs},
        arguments=["--tags", "pg_hardening"],
    )
    assert result.rc == 0, result.output
    (task,) = [task for task in result.with_status("changed") if task.action == "aerovista.postgresql.pg_hba"]
    lines = [re.sub(r"\s+", " ", line).strip() for line in _after(task.result["diff"]).splitlines()]
    assert [line for line in lines if line.startswith(("local", "host"))] == [
        "local all postgres peer",
        "host shop clerk 127.0.0.1/32 scram-sha-256",
        "host shop clerk ::1/128 scram-sha-256",
    ]


def _after(diff: Any) -> str:
    parts = diff if isinstance(diff, list) else [diff]
    return "\n".join(str(part.get("after", "")) for part in parts)


def test_every_item_has_a_check_or_a_written_reason() -> None:
    rows = re.findall(r"^\| (\d[\d.]*) \| [^|]+ \| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert tuple(item for item, _how in rows) == ITEMS
    assert len(ITEMS) == 53
    left_out = {item for item, how in rows if re.match(r"Left out: \w.{20}", how)}
    assert left_out == set(ITEMS) - set(CHECKS)

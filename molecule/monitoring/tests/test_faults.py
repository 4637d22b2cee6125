# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the host, each made for real: it turns its check and no other, and undone it turns none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from monitoring.tests.conftest import MonitoredHost

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"

FILL = "dd if=/dev/zero of=%s bs=1M count=%s status=none"
#: Listens on every address in a process of its own, and prints its id once it does.
LISTEN = """python3 -c "
import os, signal, socket
server = socket.create_server(('', 5400))
pid = os.fork()
if pid:
    print(pid)
else:
    os.closerange(0, server.fileno())
    signal.pause()
" """
#: A program like the one there is, of another minor version; the running server keeps the old one.
REPLACE = """
import os, re, sys
path = sys.argv[1]
os.link(path, path + ".old")
with open(path, "rb") as file:
    content = file.read()
found = re.search(rb"\\(PostgreSQL\\) \\d+\\.(\\d\\d?)", content)
newer = str((int(found.group(1)) + 1) % 10 ** len(found.group(1))).zfill(len(found.group(1))).encode()
with open(path + ".new", "wb") as file:
    file.write(content[:found.start(1)] + newer + content[found.end(1):])
os.chmod(path + ".new", 0o755)
os.replace(path + ".new", path)
"""
#: A repository on the host itself, with a release that nobody has made yet.
REPOSITORY = """
set -e
mkdir -p /opt/repository/package/DEBIAN
cd /opt/repository
printf 'Package: %s\\nVersion: %s.99-1\\nArchitecture: all\\nMaintainer: nobody\\nDescription: none\\n' > package/DEBIAN/control
dpkg-deb --build package . >/dev/null
{ cat package/DEBIAN/control; printf 'Filename: ./%%s\\nSize: %%s\\nSHA256: %%s\\n' *.deb $(stat -c %%s *.deb) $(sha256sum *.deb | cut -d' ' -f1); } > Packages
echo 'deb [trusted=yes] file:/opt/repository ./' > /etc/apt/sources.list.d/next.list
"""
#: Of that list alone; the others stay as they are.
UPDATE = "apt-get update -qq -o Dir::Etc::SourceList=sources.list.d/next.list -o Dir::Etc::SourceParts=- -o APT::Get::List-Cleanup=0"


@pytest.fixture(autouse=True)
def well(clinic: MonitoredHost) -> None:
    """Before a test the host is well, so what it undoes at its end is undone."""
    assert clinic.turned() == {}


def test_nothing_turns_on_the_reference_host(clinic: MonitoredHost) -> None:
    """A server of the roles on a supported major, with a fresh, verified and drilled set."""
    answer = clinic.run()
    assert answer.rc == 0, answer.stdout
    assert "Traceback" not in answer.stderr


def test_server_that_runs_outside_of_its_unit(clinic: MonitoredHost) -> None:
    version, host = clinic.server.version, clinic.host
    host.check_output(
        f"systemctl stop {clinic.server.unit}; pg_ctlcluster --skip-systemctl-redirect {version} main start"
    )
    try:
        assert clinic.turned() == {"service.unit": "CRITICAL"}
        assert f"{clinic.server.unit} is inactive" in clinic.says("service.unit")
    finally:
        host.check_output(
            f"pg_ctlcluster --skip-systemctl-redirect -m fast {version} main stop; systemctl start {clinic.server.unit}"
        )


def test_log_on_a_disk_that_is_nearly_full(clinic: MonitoredHost) -> None:
    with clinic.mounted("/var/log/postgresql", "size=64m"):
        clinic.host.check_output(FILL, "/var/log/postgresql/old.log", "40")
        assert clinic.turned() == {}, "62 % are fine"
        clinic.host.check_output(FILL, "/var/log/postgresql/old.log", "54")
        assert clinic.turned() == {"disk.space": "WARNING"}
        clinic.host.check_output(FILL, "/var/log/postgresql/old.log", "60")
        assert clinic.turned() == {"disk.space": "CRITICAL"}
        assert clinic.says("disk.space").startswith("/var/log/postgresql (log) is 93.8 % full, 4.2 MB are free")


def test_tablespace_on_a_disk_that_is_nearly_full(clinic: MonitoredHost) -> None:
    """The disk comes after the tablespace, which is made by a server in a sandbox, where nobody mounts anything."""
    path = f"{clinic.server.data}_space"
    clinic.host.check_output("install -d -o postgres -m 0700 %s", path)
    clinic.server.sql(f"CREATE TABLESPACE space LOCATION '{path}'")
    try:
        with clinic.mounted(path, "size=64m"):
            assert clinic.turned() == {}
            clinic.host.check_output(FILL, f"{path}/big", "60")
            assert clinic.turned() == {"disk.space": "CRITICAL"}
            assert clinic.says("disk.space").startswith(f"{path} (tablespace {path}) is 93.8 % full")
    finally:
        clinic.server.sql("DROP TABLESPACE space")
        clinic.host.check_output("rmdir %s", path)


def test_disk_without_inodes(clinic: MonitoredHost) -> None:
    with clinic.mounted("/var/log/postgresql", "size=64m,nr_inodes=200"):
        clinic.host.check_output("cd /var/log/postgresql && touch $(seq 170)")
        assert clinic.turned() == {"disk.inodes": "WARNING"}
        clinic.host.check_output("cd /var/log/postgresql && touch $(seq 190)")
        assert clinic.turned() == {"disk.inodes": "CRITICAL"}
        assert "/var/log/postgresql (log) has used 9" in clinic.says("disk.inodes")


def test_server_that_others_can_reach(clinic: MonitoredHost) -> None:
    clinic.server.sql("ALTER SYSTEM SET listen_addresses = '*'")
    clinic.host.check_output(f"systemctl restart {clinic.server.unit}")
    try:
        assert clinic.turned() == {"security.listener": "CRITICAL"}
        assert "which other hosts can reach" in clinic.says("security.listener")
    finally:
        clinic.server.sql("ALTER SYSTEM RESET listen_addresses")
        clinic.host.check_output(f"systemctl restart {clinic.server.unit}")


def test_program_of_the_server_that_others_can_reach(clinic: MonitoredHost) -> None:
    """It has left the postmaster's descendants, as a daemon does: only the control group shows whose it is."""
    clinic.server.sql("CREATE TABLE public.started (pid int)")
    clinic.server.sql(f"COPY public.started FROM PROGRAM $program${LISTEN}$program$")
    pid = clinic.server.sql("TABLE public.started")
    try:
        assert clinic.turned() == {"security.listener": "CRITICAL"}
        assert f"process {pid} (python3) of the server listens on" in clinic.says("security.listener")
    finally:
        clinic.host.check_output("kill %s", pid)
        clinic.server.sql("DROP TABLE public.started")


def test_minor_release_that_apt_has_and_the_host_has_not(clinic: MonitoredHost) -> None:
    version = clinic.server.version
    clinic.host.check_output(REPOSITORY % (f"postgresql-{version}", version))
    clinic.host.check_output(UPDATE)
    try:
        assert clinic.turned() == {"version.minor": "WARNING"}
        assert f"{version}.99" in clinic.says("version.minor")
    finally:
        clinic.host.check_output(
            "rm -r /etc/apt/sources.list.d/next.list /opt/repository /var/lib/apt/lists/*opt_repository*"
        )


def test_upgrade_without_a_restart(clinic: MonitoredHost) -> None:
    path = f"/usr/lib/postgresql/{clinic.server.version}/bin/postgres"
    clinic.host.check_output("python3 -c %s %s", REPLACE, path)
    try:
        assert clinic.turned() == {"version.minor": "WARNING"}
        assert "is installed" in clinic.says("version.minor")
    finally:
        clinic.host.check_output("mv %s.old %s", path, path)


def test_release_that_nobody_maintains_any_more(clinic: MonitoredHost) -> None:
    """Everything else is old by then, too; so only this one is asked."""
    only = ("--only", "version.end_of_life")
    assert clinic.turned(*only, at="2040-01-01 12:00:00") == {"version.end_of_life": "CRITICAL"}
    assert clinic.turned(*only) == {}


# backups


def test_no_set_of_all_databases(clinic: MonitoredHost) -> None:
    """What is left is a set of some databases, which is not one to rely on."""
    clinic.host.check_output("mkdir /var/backups/aside && mv /var/backups/postgresql/2* /var/backups/aside")
    made = ""
    try:
        clinic.server.sql("CREATE DATABASE young")
        made = clinic.backup("--database", "appdb", "--database", "postgres")
        clinic.server.sql("DROP DATABASE young")
        assert clinic.turned() == {"backup.age": "CRITICAL"}
        clinic.forget(made)
        made = ""
        assert clinic.turned() == {"backup.age": "CRITICAL", "backup.missing_databases": "WARNING"}, "no set at all"
    finally:
        clinic.forget(*[made] * bool(made))
        clinic.host.check_output("mv /var/backups/aside/2* /var/backups/postgresql && rmdir /var/backups/aside")


def test_sets_that_grow_old(clinic: MonitoredHost) -> None:
    assert clinic.turned(at="+25 hours") == {}
    assert clinic.turned(at="+27 hours") == {"backup.age": "WARNING"}
    assert clinic.turned(at="+51 hours") == {"backup.age": "CRITICAL"}


def test_drill_that_grows_old(clinic: MonitoredHost) -> None:
    with clinic.backups_declared(age_warn_h=2600, age_crit_h=5000):
        assert clinic.turned(at="+7 days") == {}
        assert clinic.turned(at="+9 days") == {"backup.drill": "WARNING"}
        assert clinic.turned(at="+36 days") == {"backup.drill": "CRITICAL"}
        limits = clinic.look("--only", "backup.drill", at="+9 days")["backup.drill"]
        assert (limits["value"], limits["unit"], limits["warn"], limits["crit"]) == (
            pytest.approx(9, abs=0.1),
            "d",
            8,
            35,
        )


def test_database_that_is_in_no_set(clinic: MonitoredHost) -> None:
    clinic.server.sql("CREATE DATABASE young")
    try:
        assert clinic.turned() == {"backup.missing_databases": "WARNING"}
        assert "young" in clinic.says("backup.missing_databases")
    finally:
        clinic.server.sql("DROP DATABASE young")


def test_dump_that_is_much_smaller_than_before(clinic: MonitoredHost) -> None:
    made = []
    clinic.server.sql(
        "CREATE TABLE public.entry AS SELECT md5(i::text) FROM generate_series(1, 20000) i; ANALYZE public.entry",
        "appdb",
    )
    try:
        made.append(clinic.backup())
        clinic.server.sql("TRUNCATE public.entry", "appdb")
        made.append(clinic.backup())
        assert clinic.turned() == {"backup.shrink": "WARNING"}
        assert "appdb" in clinic.says("backup.shrink")
    finally:
        clinic.server.sql("DROP TABLE public.entry", "appdb")
        clinic.forget(*made)


def test_old_set_that_is_damaged(clinic: MonitoredHost) -> None:
    damaged, newer = clinic.backup(), clinic.backup()
    path = f"/var/backups/postgresql/{damaged}"
    try:
        assert clinic.turned() == {}
        clinic.host.check_output(f"find {path} -name '*.dat*' -type f -print -quit | xargs truncate -s 1")
        assert clinic.turned() == {"backup.damage": "WARNING"}
        assert damaged in clinic.says("backup.damage")
    finally:
        clinic.forget(damaged, newer)


def test_set_from_the_future(clinic: MonitoredHost) -> None:
    made = clinic.backup(at="+2 hours")
    try:
        assert clinic.turned() == {"backup.clock": "WARNING"}
    finally:
        clinic.forget(made)


def test_set_that_was_not_copied(clinic: MonitoredHost) -> None:
    with clinic.backups_declared(copy_command="/bin/true"):
        assert clinic.turned() == {"backup.copy": "WARNING"}


def test_failure_command_that_cannot_be_run(clinic: MonitoredHost) -> None:
    with clinic.backups_declared(failure_command="/usr/bin/no_mail root"):
        assert clinic.turned() == {"backup.notification": "WARNING"}


def test_backup_that_failed(clinic: MonitoredHost) -> None:
    program = f"/usr/lib/postgresql/{clinic.server.version}/bin/pg_dump"
    clinic.host.check_output("mv %s %s.away && ln -s /bin/false %s", program, program, program)
    try:
        assert clinic.host.run("pgsop backup").rc == 1
    finally:
        clinic.host.check_output("mv -f %s.away %s", program, program)
    try:
        assert clinic.turned() == {"backup.last_run": "CRITICAL"}
    finally:
        clinic.forget(clinic.backup())


def test_cron_that_does_not_run(clinic: MonitoredHost) -> None:
    clinic.host.check_output("systemctl stop cron")
    try:
        assert clinic.turned() == {"backup.schedule": "WARNING"}
    finally:
        clinic.host.check_output("systemctl start cron")


def test_line_for_cron_that_is_gone(clinic: MonitoredHost) -> None:
    clinic.host.check_output("mv /etc/cron.d/pgsop /root/pgsop.cron")
    try:
        assert clinic.turned() == {"backup.schedule": "WARNING"}
    finally:
        clinic.host.check_output("mv /root/pgsop.cron /etc/cron.d/pgsop")


def test_timers_that_are_stopped(clinic: MonitoredHost) -> None:
    role = {"gather_facts": True, "roles": ["aerovista.postgresql.pg_backup"]}
    assert clinic.play(role, on=clinic.host, extra_vars={"pg_backup_schedule": "timer"}).rc == 0
    try:
        assert clinic.turned() == {}
        for act in ("backup", "drill"):
            clinic.host.check_output(f"systemctl stop pgsop-{act}.timer")
            assert clinic.turned() == {"backup.schedule": "WARNING"}
            assert f"nothing runs 'pgsop {act}'" in clinic.says("backup.schedule")
            clinic.host.check_output(f"systemctl start pgsop-{act}.timer")
        assert clinic.turned() == {}
    finally:
        assert clinic.play(role, on=clinic.host).rc == 0


def test_backups_that_are_not_set_up(clinic: MonitoredHost) -> None:
    clinic.host.check_output("mv /etc/pgsop/backup.json /root/backup.json")
    try:
        turned = clinic.turned()
        assert set(turned.values()) == {"UNKNOWN"}
        assert all(name.startswith("backup.") for name in turned)
        assert "backups are not set up" in clinic.says("backup.age")
    finally:
        clinic.host.check_output("mv /root/backup.json /etc/pgsop/backup.json")


# what is declared


def test_exclusions_and_thresholds_are_heeded(clinic: MonitoredHost) -> None:
    declared = json.loads(clinic.server.read("/etc/pgsop/health.json"))
    path = "/root/health.json"

    def turned(**changes: object) -> dict[str, str]:
        clinic.host.check_output(f"printf %s %s > {path}", "%s", json.dumps(declared | changes))
        return clinic.turned("--config", path)

    clinic.host.check_output("chmod 0755 /root")
    with clinic.mounted("/var/log/postgresql", "size=64m"):
        clinic.host.check_output(FILL, "/var/log/postgresql/old.log", "60")
        assert turned() == {"disk.space": "CRITICAL"}
        assert turned(exclude={"disk.space": ["/var/log/*"]}) == {}
        assert turned(disabled=["disk.*"]) == {}
        assert turned(thresholds={"disk.space": {"crit": 99}}) == {"disk.space": "WARNING"}
        assert turned(thresholds={"disk.space": {"warn": None, "crit": None}}) == {}
    sql = {"name": "answer", "database": "appdb", "sql": "SELECT 42", "warn": 40, "message": "the answer"}
    assert turned(extra_checks=[sql]) == {"extra.answer": "WARNING"}
    assert turned(extra_checks=[sql | {"warn": 42}]) == {}
    clinic.host.check_output("chmod 0700 /root; rm %s", path)

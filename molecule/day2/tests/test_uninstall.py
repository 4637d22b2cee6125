# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/uninstall.yml: what it removes, what stays, and that the host can be converged again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from bed.hosts import CONVERGE, ROOT
from bed.recipes import Controller, recipes

if TYPE_CHECKING:
    from conftest import PlayResult, PlayRunner, Server

PLATFORM = "last"
HOST_COPY = "uninstall"
SITE = ROOT / "playbooks" / "site.yml"
UNINSTALL = ROOT / "playbooks" / "uninstall.yml"
DECLARED = yaml.safe_load(CONVERGE.read_text(encoding="utf-8"))[0]["vars"]
#: Timers leave more behind than cron.
TIMERS = DECLARED | {"pg_backup_schedule": "timer"}
#: A file of the administrator's.
KEY = "/etc/pgsop/age.key"
#: All that the collection puts on a host beside the files of a cluster.
GONE = (
    "/etc/cron.d/pgsop",
    "/etc/pgsop/backup.json",
    "/etc/pgsop/health.json",
    "/etc/postgresql-common/createcluster.d/50-pg_install.conf",
    "/etc/systemd/system/pgsop-backup.service",
    "/etc/systemd/system/pgsop-backup.timer",
    "/etc/systemd/system/pgsop-drill.service",
    "/etc/systemd/system/pgsop-drill.timer",
    "/etc/systemd/system/pgsop-health.service",
    "/etc/systemd/system/pgsop-health.timer",
    "/usr/local/bin/pgsop",
    "/usr/local/share/pgsop",
    "/usr/sbin/pgsop",
    "/var/lib/pgsop",
    "/var/lib/prometheus/node-exporter/pgsop.prom",
    "/var/lib/systemd/timers/stamp-pgsop-backup.timer",
)
#: Files whose name or content is of the collection, and units that systemd knows.
TRACES = """
{ find /etc /usr/local /usr/sbin /usr/share /var/lib /var/backups -iname '*pgsop*' -o -iname '*pg_hardening*' -o -iname '*pg_tuning*'
  grep -rIlE 'pgsop|aerovista' /etc /usr/local /usr/sbin
  systemctl list-units --all --plain --no-legend 'pgsop*' | cut -d ' ' -f 1
} | grep -v 'pgsop-bed$' | sort -u
"""
LOGIN = "PGPASSWORD=%s psql -XAtq 'host=localhost dbname=appdb user=appuser' -c 'SELECT count(*) FROM visit'"


def traces(server: Server) -> set[str]:
    return set(server.host.check_output(TRACES).split()) - {KEY, "/etc/pgsop", "/etc/hostname", "/etc/hosts"}


def uninstall(server: Server, play: PlayRunner, *, check: bool = False, **named: Any) -> PlayResult:
    result = play(UNINSTALL, on=server.host, check=check, extra_vars=DECLARED | named)
    assert result.rc == 0, result.output
    return result


@pytest.fixture(scope="module", autouse=True)
def used(server: Server, play: PlayRunner) -> Server:
    """A host with timers, a backup set, a key of the administrator's and a table of the application's."""
    result = play(SITE, on=server.host, extra_vars=TIMERS, arguments=["--tags", "pg_backup"])
    assert result.rc == 0, result.output
    server.sql("SET ROLE appuser; CREATE TABLE app.visit AS SELECT 1", database="appdb")
    server.host.check_output("systemctl start pgsop-backup.service pgsop-health.service && touch %s", KEY)
    return server


@pytest.mark.parametrize(
    ("named", "said"),
    [({"pg_uninstall_cluster": "17/main"}, "pg_uninstall_cluster"), ({"pg_uninstall_clusters": ["main"]}, "main")],
)
def test_mistake_is_refused_and_nothing_removed(
    server: Server, play: PlayRunner, named: dict[str, Any], said: str
) -> None:
    result = play(UNINSTALL, on=server.host, extra_vars=DECLARED | named)
    assert result.rc != 0
    assert said in result.error
    assert result.changed == 0


def test_check_mode_names_what_would_go_and_removes_nothing(server: Server, play: PlayRunner) -> None:
    before = traces(server)
    result = uninstall(server, play, check=True)
    assert result.changed > 0
    # Health may have run in between, and written more.
    assert traces(server) >= before
    assert server.exists(server.sandbox)


def test_nothing_runs_and_only_the_cluster_stays(server: Server, tmp_path_factory: pytest.TempPathFactory) -> None:
    there = [path for path in GONE if path != "/etc/cron.d/pgsop"]
    assert [path for path in there if not server.exists(path)] == []
    blocks = [block for block in recipes("docs/howto.md")["Uninstall"] if block.kind == "controller"]
    Controller(tmp_path_factory.mktemp("controller"), server.host).run(blocks[0].text)
    assert [path for path in GONE if server.exists(path)] == []
    ours = {"pg_hba.conf", "start.conf", "conf.d/50-pg_hardening.conf", "conf.d/60-pg_tuning.conf"}
    assert traces(server) == {f"{server.config}/{name}" for name in ours}
    assert not server.exists(f"/etc/systemd/system/{server.unit}.d")


def test_server_answers_outside_of_its_sandbox(server: Server) -> None:
    assert server.host.check_output(LOGIN, DECLARED["vault_appuser_password"]) == "1"
    shown = server.host.check_output("systemctl show -P ProtectSystem -P NeedDaemonReload %s", server.unit)
    assert shown.split() == ["no", "no"]
    assert server.show("log_statement") == "ddl"


def test_sets_and_files_of_the_administrator_stay(server: Server) -> None:
    assert server.exists("/var/backups/postgresql/latest/manifest.json")
    assert server.exists(KEY)


def test_settings_go_if_they_are_named(server: Server, play: PlayRunner) -> None:
    uninstall(server, play, pg_uninstall_settings=True)
    assert traces(server) == {f"{server.config}/pg_hba.conf", f"{server.config}/start.conf"}
    assert server.show("log_statement") == "none"
    assert server.show("shared_buffers") == "128MB"
    assert server.show("port") == "5432"


def test_second_run_changes_nothing(server: Server, play: PlayRunner) -> None:
    started = server.started
    assert uninstall(server, play, pg_uninstall_settings=True).changed == 0
    assert server.started == started


def test_host_can_be_converged_again(server: Server, play: PlayRunner) -> None:
    result = play(SITE, on=server.host, extra_vars=DECLARED)
    assert result.rc == 0, result.output
    assert server.exists(server.sandbox)
    assert server.host.check_output("systemctl is-active pgsop-health.timer") == "active"
    assert "appdb" in server.host.check_output("pgsop backups")


def test_cluster_and_sets_go_if_they_are_named(server: Server, play: PlayRunner) -> None:
    named: dict[str, Any] = {"pg_uninstall_backups": True, "pg_uninstall_clusters": [f"{server.version}/main"]}
    uninstall(server, play, **named)
    assert traces(server) == set()
    gone = (
        "/etc/postgresql/" + server.version,
        server.data,
        "/var/backups/postgresql",
        f"/etc/systemd/system/{server.unit}.d",
    )
    assert [path for path in gone if server.exists(path)] == []
    assert server.exists(KEY)
    assert uninstall(server, play, **named).changed == 0

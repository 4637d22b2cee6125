# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipe of docs/howto.md for an upgrade to another major version, on a host with the packages of two."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from bed.recipes import Block, Controller, recipes

if TYPE_CHECKING:
    from conftest import Server
    from testinfra.host import Host

#: Debian 12 has PostgreSQL 15, and can have the next release's packages beside it.
PLATFORM = "first"
HOST_COPY = "major"
OLD, NEW = "15", "17"
RECIPES = recipes("docs/howto.md")
RECIPE = RECIPES["Upgrade to another major version"]
RUN = RECIPES["Change the inventory and run"][0].text
VAULT = {"vault_appuser_password": "canary-Appuser-2b6c9e"}
SOURCES = """
set -e
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
echo "deb $mirror trixie main" >/etc/apt/sources.list.d/trixie.list
echo 'debconf debconf/frontend select Noninteractive' | debconf-set-selections
apt-get -qq update
"""
LOGIN = "PGPASSWORD=%s psql -XAtq 'host=localhost dbname=appdb user=appuser' -c 'SELECT count(*) FROM visit'"
TRACES = "grep -rIlE '15[-/]main' /etc/postgresql /etc/systemd /etc/cron.d /etc/pgsop /etc/postgresql-common || true"


def on_host(host: Host, block: Block) -> None:
    done = host.run("bash -e -o pipefail -c %s", block.text)
    assert done.rc == 0, f"{block.text}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def upgraded(host: Host, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Controller:
    """The host after the whole recipe, with the old cluster dropped before the second run."""
    if server.version != OLD:
        pytest.skip(f"only a host with PostgreSQL {OLD} can have the packages of {NEW} from the next release")
    server.sql("SET ROLE appuser; CREATE TABLE app.visit AS SELECT generate_series(1, 7)", database="appdb")
    prepared = host.run("bash -c %s", SOURCES)
    assert prepared.rc == 0, prepared.stderr
    controller = Controller(tmp_path_factory.mktemp("controller"), host, vault=dict(VAULT))
    before, declared, after = (block for block in RECIPE if block.kind)
    on_host(host, before)
    controller.declare(declared.text)
    controller.run(RUN.splitlines()[1])
    on_host(host, after)
    controller.run(RUN.splitlines()[1])
    return controller


@pytest.mark.usefixtures("upgraded")
def test_application_finds_its_data_at_the_same_port(host: Host) -> None:
    assert host.check_output(LOGIN, VAULT["vault_appuser_password"]) == "7"


@pytest.mark.usefixtures("upgraded")
def test_roles_have_taken_over_the_new_cluster(host: Host) -> None:
    shown = host.check_output("runuser -u postgres -- psql -XAtq -c 'SHOW server_version_num' -c 'SHOW log_statement'")
    number, statement = shown.split()
    assert (number[:2], statement) == (NEW, "ddl")
    assert host.check_output("systemctl show -P ProtectSystem postgresql@%s-main", NEW) == "strict"
    for name in ("backup", "health"):
        assert json.loads(host.check_output("cat /etc/pgsop/%s.json", name))["version"] == int(NEW)


@pytest.mark.usefixtures("upgraded")
def test_backups_and_health_are_well(host: Host) -> None:
    done = host.run("pgsop health --format json --only 'backup.*' --only 'service.*' --only 'settings.*'")
    bad = {each["id"]: each["message"] for each in json.loads(done.stdout)["findings"] if each["status"] == "CRITICAL"}
    assert bad == {}


@pytest.mark.usefixtures("upgraded")
def test_nothing_of_the_old_cluster_is_left(host: Host) -> None:
    assert host.check_output(TRACES) == ""
    assert host.check_output("ls /etc/postgresql") == NEW
    assert (
        host.check_output("ls -d /etc/systemd/system/postgresql@*")
        == f"/etc/systemd/system/postgresql@{NEW}-main.service.d"
    )


def test_another_run_changes_nothing(upgraded: Controller) -> None:
    assert "changed=0" in upgraded.run(f"{RUN.splitlines()[1]} --check")

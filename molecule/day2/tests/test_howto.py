# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipes of docs/howto.md, executed as they are written: what a person then has."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bed.recipes import Block, Controller, recipes

if TYPE_CHECKING:
    from conftest import Container, Server, Target
    from testinfra.host import Host

#: One host is enough for what does not depend on the platform.
PLATFORM = "last"
RECIPES = recipes("docs/howto.md")
#: Blocks that a person executes with an editor, a network or another computer.
BY_HAND = "by-hand"
#: In another file, because it needs two major versions; and what the recipes refer to.
ELSEWHERE = {"Upgrade to another major version", "Uninstall", "Update this collection", "How to"}
RUN = "Change the inventory and run"
#: Passwords at the time of the first run, and one that was changed later.
VAULT = {
    "vault_appuser_password": "canary-Appuser-2b6c9e",
    "vault_shopuser_password": "canary-Shopuser-91aa04",
    "vault_anna_password": "canary-Anna-77c0e1",
}
CHANGED = "canary-Shopuser-changed-5d1f"

#: How long an answer takes depends on what else this machine does.
PATIENCE = "pg_monitoring_thresholds: {service.readiness: {warn: 60}}"

PREPARE = """
set -e
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq -y install --no-install-recommends bsd-mailx openssh-server openssh-client faketime >/dev/null
useradd --create-home otto
useradd --create-home ops
echo 'root: ops' >>/etc/aliases
mkdir -p /run/sshd /root/.ssh
ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys
printf 'Host nxcore\\n  HostName localhost\\n  StrictHostKeyChecking no\\n' >/root/.ssh/config
systemctl start ssh
"""


class Reader:
    """Follows the recipes on one host, in the order of the tests."""

    def __init__(self, host: Host, server: Server, folder: Path, *, bare: str) -> None:
        """`bare` is a copy of the host as it was before."""
        self.host = host
        self.server = server
        self.bare = bare
        self.controller = Controller(folder, host, vault=dict(VAULT))
        self.followed: set[str] = set()
        self.renamed = ""

    def blocks(self, heading: str, kind: str) -> list[Block]:
        self.followed.add(heading)
        return [block for block in RECIPES[heading] if block.kind == kind]

    def declare(self, heading: str) -> None:
        for block in self.blocks(heading, "inventory"):
            self.controller.declare(block.text)

    def on_controller(self, heading: str) -> str:
        return "".join(self.controller.run(block.text) for block in self.blocks(heading, "controller"))

    def on_host(self, heading: str, kind: str = "host", *, on: Host | None = None) -> str:
        """What the commands of a recipe print on the host."""
        printed = ""
        for block in self.blocks(heading, kind):
            done = (on or self.host).run("bash -e -o pipefail -c %s", block.text)
            assert done.rc == 0, f"{block.text}\n{done.stdout}{done.stderr}"
            printed += done.stdout
        return printed

    def ask(self, statement: str) -> str:
        """What postgres gets over the socket, after the port was changed."""
        command = f"runuser -u postgres -- {self.server.psql} -XAtq -p 5433 -c %s"
        return str(self.host.check_output(command, statement))

    def login(self, user: str, password: str, statement: str, *, database: str = "shop", port: int = 5432) -> str:
        """What a client gets over TCP; the exit status if it is refused."""
        dsn = f"host=localhost port={port} dbname={database} user={user}"
        done = self.host.run("PGPASSWORD=%s psql -XAtq %s -c %s", password, dsn, statement)
        return str(done.stdout).strip() if done.rc == 0 else f"refused {done.rc}"


@pytest.fixture(scope="module")
def reader(
    host: Host, server: Server, snapshot: Callable[[Target], str], tmp_path_factory: pytest.TempPathFactory
) -> Reader:
    bare = snapshot(host)
    prepared = host.run("bash -c %s", PREPARE)
    assert prepared.rc == 0, prepared.stderr
    return Reader(host, server, tmp_path_factory.mktemp("controller"), bare=bare)


@pytest.fixture(scope="module")
def first(reader: Reader) -> Reader:
    """After the first run: what was added."""
    reader.declare("Add a database")
    reader.declare("Let a colleague read a database")
    reader.declare("Let an administrator log in without a password")
    (script,) = reader.blocks("Send mail if a backup fails", "mail_failure")
    reader.host.check_output("printf %%s %s >/usr/local/sbin/mail_failure", script.text)
    reader.host.check_output("chmod 0755 /usr/local/sbin/mail_failure")
    reader.declare("Send mail if a backup fails")
    reader.on_controller(RUN)
    made = "CREATE TABLE visit (id int PRIMARY KEY, page text); INSERT INTO visit VALUES (1, '/'), (2, '/imprint')"
    assert reader.login("shopuser", VAULT["vault_shopuser_password"], made) == ""
    return reader


@pytest.fixture(scope="module")
def second(first: Reader, server: Server) -> Reader:
    """After the second run: what was changed and taken away; the tests above have used the host as it was."""
    first.renamed = server.sql("SELECT oid FROM pg_roles WHERE rolname = 'shopuser'")
    for heading in ("Take access from a colleague", "Rename a role"):
        first.on_host(heading)
        first.declare(heading)
    first.declare("Change port, memory or the time of the backup")
    first.declare("Turn the sandbox off")
    first.on_controller(RUN)
    first.controller.vault["vault_shopuser_password"] = CHANGED
    first.on_controller("Change a password")
    return first


def test_every_block_has_a_known_use() -> None:
    known = {"inventory", "controller", "host", "new-host", "client", "mail_failure", BY_HAND}
    assert {block.kind for blocks in RECIPES.values() for block in blocks} == known


def test_contents_list_every_recipe() -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "howto.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\[([^\]]+)\]\(#", text)) >= RECIPES.keys() - {"How to", RUN}


# what was added


def test_new_database_has_its_application(first: Reader) -> None:
    assert first.login("shopuser", VAULT["vault_shopuser_password"], "SELECT count(*) FROM visit") == "2"


def test_colleague_reads_and_does_not_write(first: Reader) -> None:
    anna = VAULT["vault_anna_password"]
    assert first.login("anna", anna, "SELECT count(*) FROM shop.visit") == "2"
    assert first.login("anna", anna, "DELETE FROM shop.visit").startswith("refused")
    assert first.login("anna", anna, "SELECT 1", database="appdb").startswith("refused")


def test_administrator_logs_in_without_a_password(first: Reader) -> None:
    heading = "Let an administrator log in without a password"
    assert re.search(r"^ +[1-9]", first.on_host(heading), re.MULTILINE)
    assert first.server.sql("SELECT rolsuper FROM pg_roles WHERE rolname = 'otto'") == "f"


def test_mail_arrives(first: Reader) -> None:
    first.on_host("Send mail if a backup fails")
    mail = first.host.check_output(
        "for i in $(seq 100); do test -s /var/mail/ops && break; sleep 0.1; done; cat /var/mail/ops"
    )
    assert re.search(r"^Subject: PostgreSQL: backup failed on ", mail, re.MULTILINE)
    assert "pg_backup_failure_command" in mail


def test_tunnel_reaches_the_server(first: Reader) -> None:
    password = f"localhost:15432:shop:shopuser:{VAULT['vault_shopuser_password']}"
    first.host.check_output("umask 077; echo %s >/root/.pgpass", password)
    assert "shopuser" in first.on_host("Connect with DBeaver or pgAdmin", "client")


def test_access_is_listed(first: Reader) -> None:
    printed = first.on_host("List who has access to what")
    may = dict(re.findall(r"^ (\w+) +\| \{(.*)\}$", printed, re.MULTILINE))
    assert {name: may[name] for name in ("anna", "appuser", "otto", "shopuser")} == {
        "anna": "shop",
        "appuser": "appdb",
        "otto": "shop",
        "shopuser": "shop",
    }
    assert "shop_readonly=r" in printed


# restored


def test_database_of_yesterday_comes_back_beside(first: Reader) -> None:
    first.host.check_output("faketime -f -1d pgsop backup")
    first.server.sql("INSERT INTO shop.visit VALUES (3, '/today')", database="shop")
    first.on_host("Restore a database as it was yesterday")
    assert first.server.sql("SELECT count(*) FROM shop.visit", database="shop_restore") == "2"
    assert first.server.sql("SELECT count(*) FROM shop.visit", database="shop") == "3"
    first.host.check_output("sudo -u postgres dropdb shop_restore")


def test_rows_of_one_table_come_back(first: Reader) -> None:
    first.host.check_output("pgsop backup")
    first.server.sql("DELETE FROM shop.visit WHERE id > 1", database="shop")
    first.server.sql("UPDATE shop.visit SET page = '/kept'", database="shop")
    first.on_host("Restore rows of one table")
    rows = first.server.sql("SELECT string_agg(page, ' ' ORDER BY id) FROM shop.visit", database="shop")
    assert rows == "/kept /imprint /today"
    assert "shop_rows" not in first.server.sql("SELECT datname FROM pg_database").split()


@pytest.fixture(scope="module")
def new_host(
    first: Reader, fresh_container: Callable[..., Container], tmp_path_factory: pytest.TempPathFactory
) -> Host:
    """Another host with the same inventory and the sets."""
    other = fresh_container(first.bare)
    desk = Controller(
        tmp_path_factory.mktemp("new"), other, variables=dict(first.controller.variables), vault=dict(VAULT)
    )
    desk.declare(PATIENCE)
    desk.declare("pg_backup_failure_command: ''")
    desk.run("ansible-playbook -i inventories/nxcore playbooks/site.yml --tags pg_bootstrap,pg_monitoring")
    copied = "docker exec {0} tar -C /var/backups -c postgresql | docker exec -i {1} tar -C /var/backups -x"
    desk.run(copied.format(first.host.backend.hostname, other.name))
    return other.host


def test_new_host_has_everything(first: Reader, new_host: Host) -> None:
    first.on_host("Move everything to a new host", "new-host", on=new_host)
    dsn = "host=localhost dbname=shop user=shopuser"
    count = "PGPASSWORD=%s psql -XAtq %s -c 'SELECT count(*) FROM visit'"
    assert new_host.check_output(count, VAULT["vault_shopuser_password"], dsn) == "3"


# what was changed and taken away


def test_colleague_is_gone(second: Reader) -> None:
    assert second.ask("SELECT count(*) FROM pg_roles WHERE rolname = 'anna'") == "0"


def test_renamed_role_is_the_same_role(second: Reader) -> None:
    assert second.ask("SELECT oid FROM pg_roles WHERE rolname = 'shop_web'") == second.renamed
    assert second.ask("SELECT count(*) FROM pg_roles WHERE rolname = 'shopuser'") == "0"


def test_changed_password_is_the_only_one(second: Reader) -> None:
    assert second.login("shop_web", CHANGED, "SELECT count(*) FROM visit", port=5433) == "3"
    former = VAULT["vault_shopuser_password"]
    assert second.login("shop_web", former, "SELECT 1", port=5433).startswith("refused")


def test_port_memory_time_and_sandbox_are_changed(second: Reader) -> None:
    assert second.ask("SHOW port") == "5433"
    assert second.ask("SHOW shared_buffers") == "256MB"
    assert "15 3 * * * postgres" in second.server.read("/etc/cron.d/pgsop")
    unit = f"postgresql@{second.server.version}-main"
    assert second.host.check_output("systemctl show -P ProtectSystem %s", unit) == "no"


def test_every_recipe_was_followed(second: Reader) -> None:
    assert RECIPES.keys() - second.followed == ELSEWHERE

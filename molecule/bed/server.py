# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster of a host, looked at without any of the collection's own code."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest
from testinfra.host import Host


@dataclass(frozen=True)
class Server:
    """The cluster of a host, looked at without any of the collection's own code."""

    host: Host
    version: str

    @property
    def config(self) -> str:
        return f"/etc/postgresql/{self.version}/main"

    @property
    def data(self) -> str:
        return f"/var/lib/postgresql/{self.version}/main"

    @property
    def log(self) -> str:
        return f"/var/log/postgresql/postgresql-{self.version}-main.log"

    @property
    def unit(self) -> str:
        return f"postgresql@{self.version}-main.service"

    @property
    def sandbox(self) -> str:
        return f"/etc/systemd/system/{self.unit}.d/50-pg_hardening.conf"

    @property
    def psql(self) -> str:
        """The program itself: Debian's wrapper is slower, and first reads configuration that a test may have broken."""
        return f"/usr/lib/postgresql/{self.version}/bin/psql"

    @property
    def started(self) -> str:
        return self.sql("SELECT pg_postmaster_start_time()")

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What psql prints for postgres over the socket: a line per row, columns apart by `|`."""
        command = f"runuser -u postgres -- {self.psql} -XAtq -v ON_ERROR_STOP=1"
        socket = "-h /var/run/postgresql -d %s -c %s"
        return str(self.host.check_output(f"{command} {socket}", database, statement))

    def read(self, path: str) -> str:
        """A file, to the last newline."""
        answer = self.host.run("cat %s", path)
        assert answer.rc == 0, answer.stderr
        return str(answer.stdout)

    def exists(self, path: str) -> bool:
        return bool(self.host.run("test -e %s", path).rc == 0)

    def mode(self, path: str) -> str:
        """Owner, group and mode, as in `root:root 0644`."""
        names, mode = self.host.check_output("stat -c '%%U:%%G %%a' %s", path).split()
        return f"{names} {mode:>04}"

    def show(self, setting: str) -> str:
        return self.sql(f"SHOW {setting}")

    def reload(self) -> None:
        """Reload the configuration, and wait until new sessions use it."""
        loaded = self.sql("SELECT pg_conf_load_time()")
        self.sql("SELECT pg_reload_conf()")
        for _try in range(100):
            if self.sql("SELECT pg_conf_load_time()") > loaded:
                return
            time.sleep(0.1)
        pytest.fail("the server has not read its files within 10 s")

    def files(self) -> dict[str, str]:
        """Mode, owner, group and digest of all that configures the server, hidden leftovers included."""
        places = f"/etc/postgresql /etc/postgresql-common /etc/systemd/system {self.data}/postgresql.auto.conf"
        listing = f"find {places} -printf '%p\\t%m %u:%g %l\\n'; find {places} -type f -exec sha256sum {{}} +"
        files: dict[str, str] = {}
        for line in self.host.check_output(listing).splitlines():
            if "\t" in line:
                path, status = line.split("\t")
                files[path] = status
            else:
                digest, path = line.split(maxsplit=1)
                files[path] += digest
        return files

    def settings(self) -> dict[str, str]:
        """Every setting in force for a new session with its place, and when the server started."""
        return dict(row.split("|", maxsplit=1) for row in self.sql(SETTINGS).splitlines())

    def state(self) -> dict[str, str]:
        """All that has to be the same after a change that was refused."""
        return self.files() | self.settings() | {"refused by the server": self.sql(REFUSED)}


SETTINGS = """
SELECT name, concat_ws(' ', setting, sourcefile, sourceline, pending_restart) FROM pg_settings
UNION ALL SELECT 'started', pg_postmaster_start_time()::text
"""
REFUSED = """
SELECT concat_ws(' ', sourcefile, sourceline, error) FROM pg_file_settings WHERE error IS NOT NULL
UNION ALL SELECT concat_ws(' ', 'HBA line', line_number, error) FROM pg_hba_file_rules WHERE error IS NOT NULL
"""

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes with which the server does not start: the old state is put back, and the server answers again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Server
    from faults.tests.conftest import Change, Refuse

#: The files of this scenario take turns at the platforms.
PLATFORM = "last"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"shared_preload_libraries": "nolib"}, ["shared_preload_libraries = nolib", 'could not access file "nolib"']),
        ({"listen_addresses": "192.0.2.1"}, ["listen_addresses = 192.0.2.1", "could not create any TCP/IP sockets"]),
        ({"huge_pages": "on"}, ["huge_pages = on", "could not map anonymous shared memory"]),
    ],
)
def test_server_that_cannot_start_is_back_with_the_old_settings(
    server: Server, refuse: Refuse, settings: dict[str, Any], words: list[str]
) -> None:
    error = refuse("pg_settings", settings=settings, restarted=True)
    path = f"{server.config}/conf.d/70-fault.conf"
    for word in [*words, path, "the previous state was put back and is in force", "Next step: correct the value"]:
        assert word in error
    assert server.sql("SELECT 1") == "1"


def test_file_that_was_there_before_is_put_back_as_it_was(server: Server, change: Change, refuse: Refuse) -> None:
    first = change("pg_settings", settings={"log_temp_files": "4MB"})
    assert not first["failed"], first
    refuse("pg_settings", settings={"shared_preload_libraries": "nolib", "log_temp_files": "8MB"}, restarted=True)
    assert server.show("log_temp_files") == "4MB"
    server.host.check_output(f"rm {server.config}/conf.d/70-fault.conf")
    server.reload()


def test_sandbox_in_which_the_server_cannot_start_is_taken_away_again(server: Server, refuse: Refuse) -> None:
    error = refuse("pg_sandbox", name="pg_hardening", directives={"SystemCallFilter": "@basic-io"}, restarted=True)
    assert f"{server.unit}" in error or f"cluster {server.version}/main" in error
    assert "the previous state was put back and is in force" in error
    assert "Next step: " in error
    pid = server.host.check_output(f"head -n 1 {server.data}/postmaster.pid")
    assert "NoNewPrivs:\t1" in server.read(f"/proc/{pid}/status")


def test_misspelt_directive_is_refused_without_a_restart(server: Server, refuse: Refuse) -> None:
    error = refuse("pg_sandbox", directives={"NoNewPrivilege": "yes"})
    for word in [
        f"{server.unit}.d/50-fault.conf",
        "NoNewPrivilege",
        "Next step: correct the directive",
        "nothing was changed",
    ]:
        assert word in error

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a server that cannot be asked: where its configuration puts them, not where the packages do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import command
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.configured import client_files
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.lockout import explain

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "/data", "/etc/x", "/l", "/s")


def program(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    def run(arguments: Sequence[str]) -> command.Answer:
        name = arguments[-1]
        return command.Answer(0, f"{values[name]}\n", "") if name in values else command.Answer(1, "", "denied")

    monkeypatch.setattr(command, "run", run)


@pytest.mark.parametrize(
    ("values", "files"),
    [
        ({}, ("/etc/x/pg_hba.conf", "/etc/x/pg_ident.conf")),
        ({"hba_file": "/srv/hba.conf"}, ("/srv/hba.conf", "/etc/x/pg_ident.conf")),
        ({"hba_file": "hba.conf", "ident_file": "/srv/ident.conf"}, ("/data/hba.conf", "/srv/ident.conf")),
    ],
)
def test_files_are_where_the_configuration_puts_them(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], files: tuple[str, str]
) -> None:
    program(monkeypatch, values)
    assert client_files(CLUSTER) == files


def test_line_that_locks_the_owner_out_is_in_the_file_that_the_server_reads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "hba.conf"
    file.write_text("local all all reject\n", encoding="utf-8")
    program(monkeypatch, {"hba_file": str(file)})
    found = explain(CLUSTER)
    assert f"line 1 of {file} (local all all reject)" in found.sentence
    assert f"{file} && " in found.remedy

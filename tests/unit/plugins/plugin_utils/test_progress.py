# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a run came on a host."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.plugin_utils.progress import Progress

ROLES = ("pg_install", "pg_preflight", "pg_hardening", "pg_tuning")


@pytest.mark.parametrize(
    ("tags", "last", "done", "left"),
    [
        ((), "pg_install", "nothing", "pg_hardening, pg_tuning"),
        ((), "pg_hardening", "pg_install", "pg_tuning"),
        (("all",), "pg_tuning", "pg_install, pg_hardening", "nothing"),
        (("pg_hardening", "pg_tuning"), "pg_hardening", "nothing", "pg_tuning"),
    ],
)
def test_run_that_stopped(tags: tuple[str, ...], last: str, done: str, left: str) -> None:
    progress = Progress(tags)
    progress.plan(ROLES)
    progress.began("host", last)
    sentence = progress.stopped("host")
    assert sentence.startswith(f"stopped in {last}. Done before: {done}. Not begun: {left}. Next step: ")


@pytest.mark.parametrize("last", ["pg_preflight", ""])
def test_run_that_changed_nothing_yet(last: str) -> None:
    progress = Progress()
    progress.plan(ROLES)
    if last:
        progress.began("host", last)
    assert progress.stopped("host") == ""

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of variables that no role has."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.plugin_utils.declaration.names import unknown_names
from ansible_collections.aerovista.postgresql.plugins.plugin_utils.declaration.role_variables import ROLES, options

KNOWN = (*options(), "postgresql_version")


def changed(name: str) -> set[str]:
    """The name with one letter left out, doubled, or exchanged with the next, at each place behind its prefix."""
    places = range(3, len(name))
    left_out = {name[:place] + name[place + 1 :] for place in places}
    doubled = {name[:place] + name[place] + name[place:] for place in places}
    exchanged = {name[:place] + name[place + 1 : place + 2] + name[place] + name[place + 2 :] for place in places}
    return (left_out | doubled | exchanged) - {*KNOWN}


@pytest.mark.parametrize("name", KNOWN)
def test_each_slip_of_one_letter_is_refused(name: str) -> None:
    slips = changed(name)
    assert len(unknown_names(slips, KNOWN, ROLES, ()).refused) == len(slips)


@pytest.mark.parametrize(
    "name", ["postgresql_users", "postgres_exporter_port", "pgbouncer_port", "patroni_version", "page_size"]
)
def test_variable_of_another_role_passes(name: str) -> None:
    assert unknown_names([name], KNOWN, ROLES, ()) == ([], [])


def test_exception_passes() -> None:
    assert unknown_names(["pg_backup_colour"], KNOWN, ROLES, ["pg_backup_colour"]) == ([], [])

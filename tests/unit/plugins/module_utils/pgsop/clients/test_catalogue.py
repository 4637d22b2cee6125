# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of clients, its documentation and its record."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients import (
    catalogue,
    login_rules,
    string_rules,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.catalogue import CLIENTS
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.clients import recorded

_PAGE = (Path(__file__).resolve().parents[6] / "docs/clients.md").read_text(encoding="utf-8")
#: Debian and documentation write some versions in another way.
_VERSIONS = {"13.02.0000": "13.02"}


def test_the_table_of_the_docs_has_the_clients_and_versions_of_the_catalogue() -> None:
    rows = re.findall(r"^\| `([\w.-]+)` \| (.+?) \| \d+ ", _PAGE, re.MULTILINE)
    assert rows == [(name, client.measured) for name, client in CLIENTS.items()]
    assert f"Measured {catalogue.MEASURED_ON} " in _PAGE


def test_the_docs_have_every_difference() -> None:
    sources = "".join(Path(str(each.__file__)).read_text(encoding="utf-8") for each in (login_rules, string_rules))
    assert set(re.findall(r"^\| `(client\.\w+)`", _PAGE, re.MULTILINE)) == set(re.findall(r'"(client\.\w+)"', sources))


def test_the_docs_show_no_disagreement() -> None:
    counts = re.findall(r"^\| `[\w.-]+` \| .+? \| (\d+) \| \d+ \| \d+ \| \d+ \| (\d+) \| (\d+) \|", _PAGE, re.MULTILINE)
    assert len(counts) == len(CLIENTS)
    assert all(strings == agree and disagree == "0" for strings, agree, disagree in counts)


@pytest.mark.parametrize("name", CLIENTS)
def test_the_record_is_of_the_versions_in_the_table(name: str) -> None:
    versions = {row.version for row in recorded.read() if row.client == name}
    assert len(versions) == 1
    version = versions.pop()
    assert _VERSIONS.get(version, version) in CLIENTS[name].measured

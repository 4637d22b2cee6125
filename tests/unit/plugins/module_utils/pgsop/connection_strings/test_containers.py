# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines of containers."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings import containers
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("docker run -e A=b --env C=d --env=E=f -eG=h image -x", {"A": "b", "C": "d", "E": "f", "G": "h"}),
        ("$ sudo podman run --rm \\\n  -e 'A=b c' image", {"A": "b c"}),
        ("docker compose run -e A=b app", {"A": "b"}),
        ("docker container exec -e A -e B=c app", {"B": "c"}),
    ],
)
def test_variables(text: str, expected: dict[str, str]) -> None:
    assert containers.is_command(text)
    assert containers.read_variables(text) == expected


@pytest.mark.parametrize("text", ["docker ps", "dockerrun -e A=b", "A=b", "docker"])
def test_other_texts(text: str) -> None:
    assert not containers.is_command(text)


@pytest.mark.parametrize("text", ["docker run canary", "docker run -e 'A=canary", "docker run -e A=canary -e A=yranac"])
def test_what_is_refused_is_not_repeated(text: str) -> None:
    with pytest.raises(DsnError) as caught:
        containers.read_variables(text)
    assert "anar" not in str(caught.value)

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of TLS, as far as no certificate is needed; tests/servers/health/test_start.py has real ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.next_start.tls_files import tls_obstacles

LATER = 4e9


@pytest.fixture
def values(tmp_path: Path) -> dict[str, str]:
    for name in ("server.crt", "server.key", "ca.crt"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o600)
    return {
        "ssl": "on",
        "ssl_cert_file": "server.crt",
        "ssl_key_file": "server.key",
        "ssl_ca_file": "",
        "ssl_crl_file": "",
    }


def found(values: dict[str, str], folder: Path, started_at: float = LATER) -> list[str]:
    return [obstacle.name for obstacle in tls_obstacles(values, str(folder), started_at)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"ssl": "off", "ssl_cert_file": "gone.crt"}, []),
        ({"ssl_cert_file": "gone.crt"}, ["ssl_cert_file"]),
        ({"ssl_key_file": "gone.key"}, ["ssl_key_file"]),
        ({"ssl_ca_file": "gone.crt"}, ["ssl_ca_file"]),
        ({"ssl_ca_file": "ca.crt"}, []),
        ({"ssl_crl_file": "/nowhere/crl"}, ["ssl_crl_file"]),
    ],
)
def test_files(tmp_path: Path, values: dict[str, str], changes: dict[str, str], expected: list[str]) -> None:
    assert found(values | changes, tmp_path) == expected


@pytest.mark.parametrize(
    "case",
    [
        ("me", 0o600, True),
        ("me", 0o640, False),
        ("me", 0o604, False),
        ("root", 0o640, True),
        ("root", 0o644, False),
        ("root", 0o660, False),
        ("other", 0o600, False),
    ],
)
def test_keys(
    tmp_path: Path, values: dict[str, str], monkeypatch: pytest.MonkeyPatch, case: tuple[str, int, bool]
) -> None:
    """A key of root may be readable for its group, one of the server's owner may not."""
    owner, mode, good = case
    real = os.stat

    def shown(path: str, **options: bool) -> os.stat_result:
        status = list(real(path, **options))
        status[0], status[4] = 0o100000 | mode, {"me": 1000, "root": 0, "other": 1001}[owner]
        return os.stat_result(status)

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "stat", shown)
    assert found(values, tmp_path) == ["ssl_key_file"] * (not good)


def test_pair_is_not_judged_while_it_is_empty_or_has_a_passphrase(tmp_path: Path, values: dict[str, str]) -> None:
    assert found(values, tmp_path, started_at=0.0) == []
    assert found(values | {"ssl_passphrase_command": "echo x"}, tmp_path, started_at=0.0) == []

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What libpq refuses by itself comes before what the server would have answered."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.causes import cause
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.causes_client import (
    refused as refused_by_client,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import (
    GOOD,
    known,
    refused,
)

PLACE = 'connection to server at "localhost" (127.0.0.1), port 5432 failed: '
ANSWERS = {
    "GSSAPI encryption required but no credential cache": "client.gssencmode",
    "GSSAPI encryption required but it is not supported over a local socket": "client.gssencmode",
    'gssencmode value "require" invalid when GSSAPI support is not compiled in': "client.gssencmode",
    f"{PLACE}channel binding required, but SSL not in use": "client.channel_binding",
    f"{PLACE}channel binding is required, but server did not offer an authentication method that supports channel binding": (
        "client.channel_binding"
    ),
    f'{PLACE}authentication method requirement "md5" failed: server requested SASL authentication': "client.require_auth",
    f"{PLACE}session is not read-only": "client.session_attrs",
    f"{PLACE}server is not in hot standby mode": "client.session_attrs",
    'weak sslmode "prefer" may not be used with sslnegotiation=direct': "client.parameter",
    "invalid SSL protocol version range": "client.parameter",
    'invalid integer value "9999999999" for connection option "keepalives"': "client.parameter",
}


@pytest.mark.parametrize("said", ANSWERS)
def test_the_client_comes_before_the_password(said: str) -> None:
    assert cause(refused(said, found=known(matches=False))).id == ANSWERS[said]


@pytest.mark.parametrize(
    "said", ['FATAL: invalid value for parameter "x": "y"', "FATAL: password authentication failed", ""]
)
def test_what_the_server_refuses_is_none_of_these(said: str) -> None:
    assert refused_by_client(refused(said)) is None


def test_the_origin_of_a_parameter_is_named() -> None:
    said = "GSSAPI encryption required but no credential cache"
    evidence = refused(said)
    assert " in PGGSSENCMODE," in cause(evidence).hint
    given = dataclasses.replace(GOOD.target, origins={"gssencmode": "given"})
    assert " in the connection string," in cause(dataclasses.replace(evidence, target=given)).hint

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What libpq refuses by itself, with the right password and with a wrong one."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.diagnose.office import PASSWORD, WRONG, DiagnosisHost

#: What libpq refuses does not depend on the version of the server; the oldest, the newest and one between are enough.
MAJORS = (13, 17, 18)
PARAMETERS = {
    "gssencmode=require": "client.gssencmode",
    "channel_binding=require": "client.channel_binding",
    "channel_binding=require&sslmode=disable": "client.channel_binding",
    "require_auth=md5": "client.require_auth",
    "sslnegotiation=direct": "client.parameter",
    "sslmode=no-verify": "dsn.invalid",
    "sslmode=DISABLE": "dsn.invalid",
}


@pytest.mark.parametrize("password", [PASSWORD, WRONG])
@pytest.mark.parametrize("parameters", PARAMETERS)
def test_the_parameter_is_the_cause(office: DiagnosisHost, parameters: str, password: str) -> None:
    assert office.cause(office.uri(password, more=f"?{parameters}")) == PARAMETERS[parameters]


@pytest.mark.parametrize("parameters", ["gssencmode=disable", "channel_binding=prefer", "require_auth=scram-sha-256"])
def test_the_remedy_works(office: DiagnosisHost, parameters: str) -> None:
    assert office.cause(office.uri(more=f"?{parameters}")) == ""


def test_a_variable_is_named(office: DiagnosisHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGGSSENCMODE", "require")
    name, _message, hint = office.seen()
    assert (name, " in PGGSSENCMODE," in hint) == ("client.gssencmode", True)


def test_the_same_answer_for_two_addresses_is_shown_once(office: DiagnosisHost) -> None:
    name, message, _hint = office.seen(office.uri(host="localhost", more="?options=-c%20odd%3Dx"))
    assert (name, message.count("unrecognized configuration parameter")) == ("settings.options", 1)

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes that lie in the client library: a parameter of the connection string refuses the connection before the server does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..connection_values import ENVIRONMENT
from .evidence import Cause, Evidence

#: By libpq's keyword, the variable of the environment that has the value otherwise.
_VARIABLES = {key: name for name, key in ENVIRONMENT.items()}


def refused(evidence: Evidence) -> Cause | None:
    """Return a cause if libpq itself refused; no password and no rule of the server changes that.

    Returns:
        client.gssencmode, client.channel_binding, client.require_auth, client.session_attrs, or client.parameter for others.
    """
    explain = _CAUSES.get(evidence.attempt.kind)
    return explain(evidence) if explain else None


def _gssencmode(evidence: Evidence) -> Cause:
    why = "and the user has no Kerberos ticket, or libpq no support for it"
    if evidence.target.socket:
        why = "which a socket does not have"
    sentence = f"gssencmode=require asks for encryption with GSSAPI, {why}: {evidence.attempt.said}"
    return Cause("client.gssencmode", sentence, _instead(evidence, "gssencmode", "disable"))


def _channel_binding(evidence: Evidence) -> Cause:
    why = "the connection has no SSL"
    if evidence.found is not None and not evidence.found.server["ssl"]:
        why = f"{evidence.label} has ssl off"
    elif "SSL not in use" not in evidence.attempt.said:
        why = "the server asks for a password in another way"
    sentence = f"channel_binding=require takes only a SCRAM password over SSL, and {why}"
    return Cause("client.channel_binding", sentence, _instead(evidence, "channel_binding", "prefer"))


def _require_auth(evidence: Evidence) -> Cause:
    sentence = f"require_auth does not accept the way in which the server asks for a login: {evidence.attempt.said}"
    return Cause("client.require_auth", sentence, _instead(evidence, "require_auth", "scram-sha-256"))


def _session_attrs(evidence: Evidence) -> Cause:
    wanted = evidence.target.parameters.get("target_session_attrs", "")
    sentence = f"target_session_attrs={wanted} does not accept {evidence.label}: {evidence.attempt.said}"
    return Cause("client.session_attrs", sentence, _instead(evidence, "target_session_attrs", "any"))


def _parameter(evidence: Evidence) -> Cause:
    sentence = f"libpq refuses a parameter before it connects: {evidence.attempt.said}"
    return Cause("client.parameter", sentence, f"leave the parameter out: {evidence.uri()}")


def _instead(evidence: Evidence, keyword: str, value: str) -> str:
    """Return the next step: another value, where the present one is from."""
    origin = evidence.target.origins.get(keyword) or _VARIABLES.get(keyword, "")
    place = "the connection string" if origin == "given" else origin
    return f"set {keyword} to {value} in {place}, or leave it out: {evidence.uri()}?{keyword}={value}"


_CAUSES: Mapping[str, Callable[[Evidence], Cause]] = {
    "gssencmode": _gssencmode,
    "channel_binding": _channel_binding,
    "require_auth": _require_auth,
    "session_attrs": _session_attrs,
    "client_option": _parameter,
}

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one cause, out of the whole evidence: the first that applies, in the order in which a connection meets them."""

from __future__ import annotations

from ..debian import LOG_ROOT
from . import causes_client, causes_database, causes_login, causes_network, causes_pooler, causes_rules
from .evidence import Cause, Evidence


def cause(evidence: Evidence) -> Cause:
    """Return the cause of a connection that does not work.

    The order is that of a connection: what libpq itself refuses, a pooler, network, then rules, role and password, database; a missing password comes last.

    Returns:
        The first cause that applies; id `unknown` if no cause does.
    """
    refused = causes_client.refused(evidence)
    if refused is not None:
        return refused
    if evidence.pooler is not None or evidence.attempt.kind.startswith(causes_pooler.KIND):
        return causes_pooler.cause(evidence, cause)
    for found in causes_network.reasons(evidence):
        return found
    # A server without a free slot refuses before it checks the role.
    early = [causes_database.slots] if evidence.error_is("slots") else []
    for reason in (
        *early,
        *causes_rules.REASONS,
        *causes_login.REASONS,
        *causes_database.REASONS,
        causes_login.none_given,
    ):
        answer = reason(evidence)
        if answer is not None:
            return answer
    log = evidence.place.cluster.log_file if evidence.place.cluster else LOG_ROOT
    said = evidence.attempt.said or "it said nothing"
    why = f"; the log says: {evidence.log[0]}" if evidence.log else ""
    return Cause("unknown", f"the server refused, and why is not known here: {said}{why}", f"sudo tail -n 50 {log}")

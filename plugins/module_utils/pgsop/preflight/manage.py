# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask a host whether a declaration can be carried out on it; nothing is changed."""

from __future__ import annotations

from ..availability import ABSENT, ANSWERS, availability
from ..cluster import find_cluster
from .host import host_problems
from .report_types import PreflightReport
from .request import PreflightRequest
from .server import server_problems
from .without_server import problems_without_server


def inspect(request: PreflightRequest) -> PreflightReport:
    """Return why the host cannot carry out a declaration, as sentences; an empty list if it can.

    A server that answers is asked itself. Without one, tables and files are used.
    """
    cluster = find_cluster(request.version, request.cluster)
    state = availability(cluster)
    found = list(host_problems(request, cluster))
    if cluster is not None and state == ANSWERS:
        found += server_problems(request, cluster)
    else:
        found += problems_without_server(request, bare=state == ABSENT)
    return {"problems": found, "server_state": state}

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of the log: about the server, not about what sessions did with rows."""

from __future__ import annotations

import re

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.log_lines import server_lines

P = "2026-11-29 15:00:00.000 UTC [12] app@shop "
LOG = "\n".join(
    [
        f'{P}ERROR:  new row violates "c"; FATAL:  canary invalid value',
        f"{P}DETAIL:  Failing row contains (canary).",
        f"{P}STATEMENT:  CALL p('FATAL:  canary')",
        "\tFATAL:  canary",
        f"{P}LOG:  duration: 1 ms  statement: SELECT 'invalid value for parameter'",
        f"{P}DETAIL:  parameters: $1 = 'canary'",
        f'{P}LOG:  invalid value for parameter "port": "x"',
        f"{P}HINT:  a",
        f'{P}FATAL:  role "x"  does not exist',
        f"{P}DETAIL:  b",
        f"{P}FATAL:  canary",
        f"{P}DETAIL:  canary",
        f"{P}CONTEXT:  PL/pgSQL function f() line 1 at RAISE",
        f"{P}PANIC:  could not write",
    ]
)
COUNTS = re.compile("invalid value for parameter")


def test_lines_about_the_server() -> None:
    texts = [line[len(P) :] for line in server_lines(LOG, COUNTS, more=True)]
    assert texts == [
        'LOG: invalid value for parameter "port": "x"',
        "HINT: a",
        'FATAL: role "x" does not exist',
        "DETAIL: b",
        "PANIC: could not write",
    ]
    texts = [line[len(P) :] for line in server_lines(LOG, COUNTS)]
    assert [text.partition(":")[0] for text in texts] == ["LOG", "FATAL", "PANIC"]

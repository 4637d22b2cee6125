# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold after every run from every start; each answers with what speaks against it."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.aerovista.postgresql.tests.servers import catalog, oracle
from ansible_collections.aerovista.postgresql.tests.servers.harness import Run, converge, spoken
from ansible_collections.aerovista.postgresql.tests.servers.scope import (
    declared_part,
    difference,
    owned_by_strangers,
    strangers_part,
    untouchable_part,
)
from ansible_collections.aerovista.postgresql.tests.servers.server import Server
from ansible_collections.aerovista.postgresql.tests.servers.world import PASSWORD, PrivilegeSetup, reset

_REFERENCES: dict[tuple[int, str], dict[str, frozenset[Any]]] = {}


def reference(server: Server, world: PrivilegeSetup) -> dict[str, frozenset[Any]]:
    """The one state that every start leads to: that of a start without any drift."""
    key = (server.port, world.name)
    if key not in _REFERENCES:
        reset(server, world)
        converge(server, world)
        _REFERENCES[key] = declared_part(catalog.read(server), world)
    return _REFERENCES[key]


def one_run_is_enough(run: Run) -> list[str]:
    """The next run has nothing to do, and says so."""
    said = [f"changed is {run.again['changed']}"] if run.again["changed"] or run.again["diff"] else []
    return said + [text for _database, text in spoken(run.again)]


def same_end_from_every_start(run: Run, wanted: dict[str, frozenset[Any]]) -> list[str]:
    """What is declared is the same, to the grantor, wherever the run began."""
    return difference(wanted, declared_part(run.after, run.world))


def every_statement_counts(run: Run) -> list[str]:
    """Played one by one, each statement of the plan is accepted and changes the state."""
    return run.idle


def check_tells_what_a_run_does(run: Run) -> list[str]:
    """Check mode changes nothing and gives the statements of the run, none more or fewer."""
    touched = [] if run.checked == run.before else ["check mode changed the state"]
    missing = [f"not foretold: {item}" for item in run.applied if item not in run.planned]
    surplus = [f"foretold, not done: {item}" for item in run.planned if item not in run.applied]
    if bool(run.planned) != bool(run.outcome["changed"]):
        touched.append(f"changed is {run.outcome['changed']}")
    return touched + missing + surplus


def strangers_keep_what_they_have(run: Run) -> list[str]:
    """What roles outside the declaration were granted they still have, with the right to pass it on, and no more."""
    owned = owned_by_strangers(run.before)
    return difference(strangers_part(run.before, owned), strangers_part(run.after, owned))


def server_agrees(run: Run) -> list[str]:
    """For managed roles the server answers has_*_privilege as declared, for what there is and for what comes later."""
    return oracle.complaints(run.server, run.world)


def nothing_goes_wrong(run: Run) -> list[str]:
    """No warning, no error, no CASCADE but for memberships, no password in the server's log."""
    found = re.findall(r"^.*\b(?:WARNING|ERROR|FATAL|PANIC): .*$", run.log, re.MULTILINE)
    found += [text for _database, text in run.applied if "CASCADE" in text and re.search(r"\bON\b", text)]
    texts = [*(text for _database, text in run.applied), run.log, str(run.outcome)]
    return found + ["a password is told"] * any(PASSWORD in text or "SCRAM-SHA-256$" in text for text in texts)


def others_are_untouched(run: Run) -> list[str]:
    """Members of extensions and other schemas are as before, to the byte."""
    return difference(untouchable_part(run.before), untouchable_part(run.after))


def order_means_nothing(run: Run) -> list[str]:
    """The same declaration in another order gives the same plan text."""
    if run.shuffled == run.planned:
        return []
    return [f"{one} / {other}" for one, other in zip(run.planned, run.shuffled, strict=False) if one != other] or [
        f"{len(run.planned)} statements, and {len(run.shuffled)} in another order"
    ]


def violations(run: Run, wanted: dict[str, frozenset[Any]]) -> dict[str, list[str]]:
    """All of the above."""
    found = {
        check.__name__: check(run)
        for check in (
            one_run_is_enough,
            every_statement_counts,
            check_tells_what_a_run_does,
            strangers_keep_what_they_have,
            server_agrees,
            nothing_goes_wrong,
            others_are_untouched,
            order_means_nothing,
        )
    }
    found["same_end_from_every_start"] = same_end_from_every_start(run, wanted)
    return {name: lines for name, lines in found.items() if lines}

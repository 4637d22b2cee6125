# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client would do with a connection: every rule, applied to one entry of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import login_rules, string_rules
from .catalogue import MEASURED_ON
from .model import DIFFERS, FAILS, Client, Difference
from .report_types import ClientReport
from .situation import Situation

SAME, UNKNOWN = "same", "unknown"
_RULES: tuple[Callable[[Situation], Iterator[Difference]], ...] = (
    string_rules.form,
    string_rules.parameters,
    login_rules.sslmode,
    string_rules.names,
    string_rules.plus,
    string_rules.socket,
    string_rules.hosts,
    login_rules.environment,
    login_rules.addresses,
    login_rules.password_source,
    login_rules.password,
)


@dataclass(frozen=True)
class Prediction:
    """What a client does differently from libpq with one connection.

    Attributes:
        name: of the client, as option --as-client has it.
        client: its entry.
        differences: those that keep the connection from working first.
        known: False if the connection string could not be read.
    """

    name: str
    client: Client
    differences: tuple[Difference, ...] = ()
    known: bool = True

    @property
    def verdict(self) -> str:
        """Return same, differs, fails, or unknown."""
        if not self.known:
            return UNKNOWN
        effects = {each.effect for each in self.differences}
        return FAILS if FAILS in effects else DIFFERS if effects else SAME

    @property
    def failure(self) -> Difference | None:
        """Return the first difference that keeps the connection from working."""
        return next((each for each in self.differences if each.effect == FAILS), None)

    def as_dict(self) -> ClientReport:
        """Return the prediction as reports have it."""
        return {
            "name": self.name,
            "versions": self.client.measured,
            "date": MEASURED_ON,
            "verdict": self.verdict,
            "differences": [
                {"id": each.id, "effect": each.effect, "message": each.message, "remedy": each.remedy}
                for each in self.differences
            ],
        }


def predict(name: str, situation: Situation) -> Prediction:
    """Return what a client would do with a connection.

    Args:
        name: of the client.
        situation: the connection, with the client's entry.
    """
    found = list(dict.fromkeys(each for rule in _RULES for each in rule(situation)))
    found.sort(key=lambda each: each.effect != FAILS)
    return Prediction(name, situation.client, tuple(found))

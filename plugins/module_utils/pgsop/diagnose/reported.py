# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an application reported, compared with what the server shows."""

from __future__ import annotations

from dataclasses import replace

from .attempt import ConnectionAttempt
from .causes import cause
from .causes_login import set_password
from .error_patterns import OF_APPLICATION, OF_NETWORK
from .error_text import ApplicationError
from .evidence import Cause, Evidence

#: The causes of a diagnosis that only lacks the application's password.
_NO_PASSWORD = ("password.missing", "pgpass.mode")
#: Faults that lie in the driver or the application, so that no server is needed, and their next step.
_IN_THE_CLIENT = {
    "iterations": "set scram_iterations to 100000 at most, and then the password again: \\password ROLE",
    "client_option": "write it like this: postgresql://USER:PASSWORD@localhost:5432/DATABASE?sslmode=disable",
    "pool": "return connections to the pool sooner, or enlarge it; sudo pgsop activity shows the sessions",
}


def explain(error: ApplicationError, evidence: Evidence) -> Cause | None:
    """Return the cause of an application's error, resolved by the evidence of the same connection.

    Several causes share one text. The one that the server shows comes first, then what the text itself names.

    Returns:
        None if the connection works and the fault does not lie in what only the application has.
    """
    now = None if evidence.attempt.works else cause(_with_placeholders(error, evidence))
    if not error.fault or (now is not None and now.id in error.causes):
        return now
    if error.fault in _IN_THE_CLIENT:
        return unchecked(error)
    if evidence.error_is(*OF_NETWORK) and not evidence.attempt.works:
        # The application did reach a server: localhost was the wrong guess.
        return unchecked(error) if error.guessed and error.fault not in OF_NETWORK else now
    if error.fault in OF_NETWORK:
        return None if evidence.attempt.works else _past(error)
    return _answered(error, evidence, now)


def _answered(error: ApplicationError, evidence: Evidence, now: Cause | None) -> Cause | None:
    """Return the cause of what a server answered to the application; it answers this diagnosis, too."""
    found = cause(replace(evidence, attempt=ConnectionAttempt(False, error.words, error.fault)))
    if found.id == "password.refused":
        sentence = (
            f"the password of the application is wrong: role {evidence.target.user} exists and has a password that is valid, and the"
            " application sends another one"
        )
        return set_password(evidence, "password.wrong", sentence)
    lacking = replace(evidence, attempt=ConnectionAttempt(False, "", "no_password"))
    if error.fault in OF_APPLICATION or evidence.found is None or cause(lacking).id == found.id:
        return found
    if now is not None and now.id not in _NO_PASSWORD:
        return now
    return None if evidence.attempt.works else _past(error)


def _with_placeholders(error: ApplicationError, evidence: Evidence) -> Evidence:
    """Return the evidence with placeholders for names that a fault of the network does not have: no command invents a role."""
    names = {"user": "ROLE", "dbname": "DATABASE"}
    unknown = {
        key: name for key, name in names.items() if key not in evidence.target.origins and error.fault in OF_NETWORK
    }
    user, database = unknown.get("user", evidence.target.user), unknown.get("dbname", evidence.target.database)
    return replace(evidence, target=replace(evidence.target, user=user, database=database))


def unchecked(error: ApplicationError) -> Cause:
    """Return the cause from the text only: the most likely one, and the others that share the text."""
    if not error.fault:
        hint = "give the connection string of the application: sudo pgsop diagnose DSN"
        return Cause("error.unknown", error.words, hint)
    more = "give the connection string too, and the server is examined: sudo pgsop diagnose --error-file FILE DSN"
    hint = _IN_THE_CLIENT.get(error.fault, more)
    several = error.causes if len(error.causes) > 1 else ()
    return Cause(error.causes[0], error.words, hint, candidates=several)


def _past(error: ApplicationError) -> Cause:
    """Return the cause that the text names if the server does not show it any more."""
    sentence = f"{error.words}; the server does not show that now"
    return Cause(
        error.causes[0], sentence, "if the application still fails, try its connection string with its password"
    )

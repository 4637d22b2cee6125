# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception of the engine."""

from __future__ import annotations

from collections.abc import Sequence


class PgsopError(Exception):
    """An act that was refused or failed, with what the reader needs to go on.

    Args:
        attempted: the act, as an infinitive phrase ("activate the new HBA file").
        target: its object (a path, a setting, a unit).
        answer: the answer of the server or the system.
        next_step: the next command or act of the reader.
    """

    def __init__(self, *, attempted: str, target: str, answer: str, next_step: str) -> None:
        super().__init__(attempted, target, answer, next_step)
        self.attempted = attempted
        self.target = target
        self.answer = answer
        self.next_step = next_step

    @property
    def problem(self) -> str:
        """Return the fault as a sentence, without the next step."""
        answer = self.answer.rstrip(". ")
        return f"Cannot {self.attempted} ({self.target}): {answer}{'' if answer.endswith(('?', '!')) else '.'}"

    def __str__(self) -> str:
        return f"{self.problem} Next step: {self.next_step}"


def combine_errors(failures: Sequence[PgsopError], *more: str) -> PgsopError:
    """Return one error for several: the first, with the others in its answer.

    Args:
        failures: at least one.
        more: sentences that follow them.
    """
    first, *others = failures
    answer = "; ".join([first.answer.rstrip(". "), *(str(other).rstrip(". ") for other in others), *more])
    return PgsopError(attempted=first.attempted, target=first.target, answer=answer, next_step=first.next_step)


class ServerError(PgsopError):
    """The server's answer to a statement or a connection.

    Args:
        code: SQLSTATE, None if the server did not answer.
    """

    def __init__(self, *, attempted: str, target: str, answer: str, next_step: str, code: str | None = None) -> None:
        super().__init__(attempted=attempted, target=target, answer=answer, next_step=next_step)
        self.code = code


class OwnerRefusedError(ServerError):
    """The server runs, and its rules refuse the login of the cluster's owner."""

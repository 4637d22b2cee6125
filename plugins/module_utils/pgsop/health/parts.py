# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The measurements of one read of a check in one place, or the reason why they are missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import PgsopError, ServerError
from .check import FirstLookError, HiddenError, Measured
from .config import HealthConfig

HIDDEN, FAILED, FIRST_LOOK = "hidden", "failed", "first look"

#: SQLSTATE of a missing privilege.
_DENIED = "42501"


@dataclass(frozen=True)
class Part:
    """The result of one read.

    Attributes:
        database: the database that was read; empty for the host and the server.
        measured: everything that was measured and is not excluded.
        skip_reason: HIDDEN, FAILED or FIRST_LOOK if it could not be measured; empty if it could.
        reason: of the skip_reason.
    """

    database: str
    measured: tuple[Measured, ...] = ()
    skip_reason: str = ""
    reason: str = ""


def gather(config: HealthConfig, check: str, items: Iterable[Measured], database: str = "") -> Part:
    """Return what a check measures, without the objects that the configuration excludes.

    Args:
        config: names the exclusions.
        check: identifier of the check.
        items: what the check measures, read here, so that what it raises becomes the skip_reason of the part.
        database: the database that is read; empty for the host and the server.
    """
    prefix = f"{database}." if database else ""
    measured: list[Measured] = []
    skip_reason, reason = "", ""
    try:
        for item in items:
            measured += [item] if config.counts(check, f"{prefix}{item.object_name}") else []
    except FirstLookError:
        skip_reason = FIRST_LOOK
    except HiddenError as error:
        skip_reason, reason = HIDDEN, str(error)
    except (PgsopError, OSError) as error:
        skip_reason, reason = failure(error)
    return Part(database, tuple(measured), skip_reason, reason)


def failure(error: Exception) -> tuple[str, str]:
    """Return the skip_reason and the reason for an error; HIDDEN for a missing privilege (SQLSTATE 42501), otherwise FAILED."""
    if isinstance(error, ServerError):
        return (HIDDEN if error.code == _DENIED else FAILED), error.answer
    if isinstance(error, PgsopError):
        return FAILED, error.answer
    return FAILED, getattr(error, "strerror", None) or str(error)

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory in whole steps, so that a few MB more or less give the same settings.

The kernel reports a little less or more memory after each of its updates. Every formula therefore starts from the
*counted* memory: what was measured, rounded down to a whole step. A quarter of it, shared_buffers, comes out in steps
of 4 MB below 256 MB, 16 MB below 1 GB, 64 MB below 8 GB and 256 MB above.
"""

from __future__ import annotations

#: Least share by which memory must have grown, and shrunk, before the settings follow. Growth can wait, a
#: shrunken host cannot; both are far above what a kernel update moves.
_GROWTH_PERCENT = 5
_SHRINK_PERCENT = 1
_SHRINK_MB = 16


def step_mb(memory_mb: int) -> int:
    """Return the size of a step in MB: 16 below 1 GB, 64 below 4 GB, 256 below 32 GB, 1024 above."""
    for below, step in ((1024, 16), (4096, 64), (32768, 256)):
        if memory_mb < below:
            return step
    return 1024


def counted_mb(memory_mb: int) -> int:
    """Return the memory in MB, rounded down to a whole step."""
    return memory_mb - memory_mb % step_mb(memory_mb)


def unchanged_mb(memory_mb: int) -> list[int]:
    """Return counted amounts of an earlier run that agree with this measurement, in MB: the fresh one first.

    The others follow, nearest first: down to one step or 5 % below the fresh amount, whichever is farther, and up to 16
    MB or 1 % above the measured one, whichever is more.
    """
    fresh = counted_mb(memory_mb)
    lowest = fresh - max(step_mb(fresh), fresh * _GROWTH_PERCENT // 100)
    highest = memory_mb + max(_SHRINK_MB, memory_mb * _SHRINK_PERCENT // 100)
    amounts = [fresh]
    higher = fresh + step_mb(fresh)
    while higher <= highest:
        amounts.append(higher)
        higher += step_mb(higher)
    lower = counted_mb(fresh - 1)
    while lower >= max(lowest, 1):
        amounts.append(lower)
        lower = counted_mb(lower - 1)
    return sorted(amounts, key=lambda amount: abs(amount - fresh))

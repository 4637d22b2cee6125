# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The profiles: the memory settings of each kind of use, as functions of the counted memory.

``sop`` is section 6 of the SOP and nothing else. The others follow the rules that research of pgtune and
timescaledb-tune led to: shared_buffers stays below 16 GB unless huge pages are on, work_mem is what the budget
leaves for each connection, maintenance_work_mem is 5 %, and nothing is ever below the server's own default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..units import AUTOMATIC, format_memory
from .budget import LIMIT_PERCENT, MAINTENANCE_FLOOR_KB, MB, UNCAPPED_VACUUM, WORK_FLOOR_KB, Knobs, worst_case
from .model import Choice

GB = 1024 * MB

_SHARED_PERCENT = 25
_SHARED_FLOOR_KB = 128 * MB
_SHARED_CAP_KB = 16 * GB
_MAINTENANCE_PERCENT = 5
_AUTOVACUUM_CAP_KB = 512 * MB
_SOP_WORK_KB = 16 * MB
_SOP_MAINTENANCE_KB = 256 * MB


@dataclass(frozen=True)
class Profile:
    """One kind of use.

    Attributes:
        max_connections: sessions to allow; 100 until measured otherwise, more clients are served better by a pooler.
        cache_percent: effective_cache_size in % of the memory; less if sorts take more of it from the file cache.
        nodes: sorts and hashes at a time in each session, for which work_mem is computed.
        work_cap_mb: most work_mem to propose, in MB.
        wal_cap_gb: most max_wal_size to propose, in GB.
        gather_cap: most max_parallel_workers_per_gather to propose.
        statistics_target: default_statistics_target.
        jit: whether queries run long enough for compiling them to pay.
    """

    name: str
    max_connections: int = 100
    cache_percent: int = 75
    nodes: int = 1
    work_cap_mb: int = 64
    wal_cap_gb: int = 4
    gather_cap: int = 4
    statistics_target: int = 100
    jit: bool = False

    @property
    def scaled(self) -> bool:
        """Return whether all values grow with the host; in ``sop`` three of the five are constants."""
        return self.name != "sop"


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("sop"),
        Profile("web"),
        Profile("oltp", wal_cap_gb=8),
        Profile("mixed", cache_percent=70, nodes=2),
        Profile(
            "dw",
            max_connections=40,
            cache_percent=60,
            nodes=2,
            work_cap_mb=256,
            wal_cap_gb=16,
            gather_cap=8,
            statistics_target=500,
            jit=True,
        ),
    )
}


def start_knobs(profile: Profile, memory_mb: int, major: int, given: Mapping[str, Any], huge: bool) -> Knobs:
    """Return the profile's memory settings before anything is lowered, in kB.

    Args:
        profile: the kind of use.
        memory_mb: counted memory, in MB.
        major: major version.
        given: settings that no profile decides (hash_mem_multiplier, autovacuum_max_workers) and those set by hand;
            computed values leave room for these.
        huge: whether huge pages are certain, so that large shared_buffers cost nothing.
    """
    maintenance = _maintenance_kb(memory_mb, major) if profile.scaled else _SOP_MAINTENANCE_KB
    own = {
        "shared_buffers": _shared_kb(profile, memory_mb, huge),
        "max_connections": profile.max_connections,
        "work_mem": WORK_FLOOR_KB if profile.scaled else _SOP_WORK_KB,
        "maintenance_work_mem": maintenance,
        "autovacuum_work_mem": min(maintenance, _AUTOVACUUM_CAP_KB) if profile.scaled else AUTOMATIC,
    }
    knobs = Knobs(**{**own, **given})
    if profile.scaled and "work_mem" not in given:
        return replace(knobs, work_mem=_work_kb(profile, knobs, memory_mb, major))
    return knobs


def _shared_kb(profile: Profile, memory_mb: int, huge: bool) -> int:
    share = memory_mb * MB * _SHARED_PERCENT // 100
    if not profile.scaled:
        return share
    return max(_SHARED_FLOOR_KB, share if huge else min(share, _SHARED_CAP_KB))


def _maintenance_kb(memory_mb: int, major: int) -> int:
    """Return 5 % of the memory in whole 64 MB, 64 MB to 1 GB, from 17 on (no 1 GB cap in vacuum) to 2 GB."""
    share = memory_mb * _MAINTENANCE_PERCENT // 100 // 64 * 64 * MB
    return max(MAINTENANCE_FLOOR_KB, min(share, 2 * GB if major >= UNCAPPED_VACUUM else GB))


def _work_kb(profile: Profile, knobs: Knobs, memory_mb: int, major: int) -> int:
    """Return the rest of the budget per session and node, in whole MB within 4 MB and the profile's cap."""
    rest = worst_case(replace(knobs, work_mem=0), memory_mb, major).spare_kb
    share = int(rest / (max(1, knobs.max_connections) * knobs.hash_mem_multiplier * profile.nodes))
    return max(WORK_FLOOR_KB, min(share // MB * MB, profile.work_cap_mb * MB))


def cache_kb(profile: Profile, memory_mb: int) -> int:
    """Return effective_cache_size in kB: shared_buffers and the system's file cache together, in whole 4 MB."""
    return memory_mb * profile.cache_percent // 100 // 4 * 4 * MB


def memory_choices(profile: Profile, knobs: Knobs, memory_mb: int) -> dict[str, Choice]:
    """Return the memory settings that the profile writes, with their reasons, in the order of the SOP.

    Args:
        profile: the kind of use.
        knobs: those that fit the budget, memory in kB.
        memory_mb: counted memory, in MB.
    """
    by = f"profile {profile.name}" if profile.scaled else "SOP section 6"
    cache = {"memory_mb": memory_mb, "percent": profile.cache_percent}
    choices = {
        "max_connections": Choice(str(knobs.max_connections), f"{by}: {profile.max_connections} connections"),
        "shared_buffers": _shared_choice(profile, by, knobs, memory_mb),
        "work_mem": _work_choice(profile, by, knobs, memory_mb),
        "maintenance_work_mem": _maintenance_choice(profile, by, knobs, memory_mb),
        "effective_cache_size": Choice(
            format_memory(cache_kb(profile, memory_mb)),
            f"{by}: {profile.cache_percent} % of {memory_mb} MB, shared_buffers and file cache together",
            cache,
        ),
    }
    if profile.scaled:
        choices["autovacuum_work_mem"] = Choice(
            format_memory(knobs.autovacuum_work_mem),
            f"{by}: maintenance_work_mem, at most {format_memory(_AUTOVACUUM_CAP_KB)} for each autovacuum worker",
            {"autovacuum_max_workers": knobs.autovacuum_max_workers},
        )
    return choices


def _shared_choice(profile: Profile, by: str, knobs: Knobs, memory_mb: int) -> Choice:
    reason = f"{by}: {_SHARED_PERCENT} % of {memory_mb} MB"
    if profile.scaled:
        reason += (
            f", at least {format_memory(_SHARED_FLOOR_KB)}, without huge pages at most {format_memory(_SHARED_CAP_KB)}"
        )
    inputs = {"memory_mb": memory_mb, "percent": _SHARED_PERCENT}
    return Choice(format_memory(knobs.shared_buffers), reason, inputs)


def _work_choice(profile: Profile, by: str, knobs: Knobs, memory_mb: int) -> Choice:
    if not profile.scaled:
        return Choice(format_memory(knobs.work_mem), f"{by}: {format_memory(_SOP_WORK_KB)} for each sort or hash")
    reason = (
        f"{by}: what {LIMIT_PERCENT} % of {memory_mb} MB leave to each of {knobs.max_connections} connections with"
        f" {profile.nodes} sorts or hashes at a time, {format_memory(WORK_FLOOR_KB)} to {profile.work_cap_mb}MB"
    )
    inputs = {
        "memory_mb": memory_mb,
        "max_connections": knobs.max_connections,
        "hash_mem_multiplier": knobs.hash_mem_multiplier,
        "nodes": profile.nodes,
    }
    return Choice(format_memory(knobs.work_mem), reason, inputs)


def _maintenance_choice(profile: Profile, by: str, knobs: Knobs, memory_mb: int) -> Choice:
    value = format_memory(knobs.maintenance_work_mem)
    if not profile.scaled:
        return Choice(value, f"{by}: {format_memory(_SOP_MAINTENANCE_KB)} for VACUUM and CREATE INDEX")
    inputs = {"memory_mb": memory_mb, "percent": _MAINTENANCE_PERCENT}
    return Choice(
        value, f"{by}: {_MAINTENANCE_PERCENT} % of {memory_mb} MB, 64MB to 1GB (from version 17 on 2GB)", inputs
    )

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings beside memory that the profiles web, oltp, mixed and dw write: WAL, storage, parallelism, JIT.

Only what differs from the server's default is written, and only what the version and the build have.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..settings.values import Parameter
from .model import Choice, Inputs
from .profiles import Profile

#: random_page_cost and, up to version 17 and from 18 on, effective_io_concurrency by kind of storage. Version 18
#: counts reads of many blocks; its own default of 16 is never lowered, and more than 32 has to be measured first.
STORAGE: dict[str, tuple[str, int, int]] = {"hdd": ("4", 2, 16), "ssd": ("1.1", 200, 16), "nvme": ("1.1", 200, 32)}

_IO_REWORKED = 18
_DEFAULT_WORKERS = 8
_DEFAULT_PER_QUERY = 2
_DEFAULT_IO_WORKERS = 3
_MAX_IO_WORKERS = 31
_DEFAULT_STATISTICS_TARGET = 100


def workload_choices(profile: Profile, inputs: Inputs, known: Mapping[str, Parameter]) -> dict[str, Choice]:
    """Return the settings beside memory that the server has; empty for ``sop``.

    Args:
        profile: the kind of use.
        inputs: CPUs, storage, size of the WAL's file system and major version.
        known: rows of pg_settings by name; a setting without a row is left out.
    """
    if not profile.scaled:
        return {}
    choices = {
        **_wal(profile, inputs.disk_mb, known.get("wal_compression")),
        **_storage(inputs.storage, inputs.major),
        **_parallel(profile, inputs.cpus),
        **_planner(profile),
    }
    return {name: choice for name, choice in choices.items() if name in known}


def _wal(profile: Profile, disk_mb: int | None, compression: Parameter | None) -> dict[str, Choice]:
    size = wal_gb(profile, disk_mb)
    method = _compression(compression) if compression else "on"
    inputs = {"cap_gb": profile.wal_cap_gb, "disk_mb": disk_mb}
    return {
        "max_wal_size": Choice(
            f"{size}GB",
            f"profile {profile.name}: {profile.wal_cap_gb}GB, at most a tenth of the WAL's file system, at least 1GB",
            inputs,
        ),
        "min_wal_size": Choice(
            f"{size * 256}MB" if size % 4 else f"{size // 4}GB", "a quarter of max_wal_size, kept for reuse"
        ),
        "checkpoint_timeout": Choice("15min", "fewer full page images than with checkpoints every 5 minutes"),
        "wal_compression": Choice(method, "smaller WAL for a little CPU, the fastest method this server has"),
    }


def wal_gb(profile: Profile, disk_mb: int | None) -> int:
    """Return max_wal_size in GB: the profile's, halved until it is at most a tenth of the file system, at least 1.

    Args:
        profile: the kind of use.
        disk_mb: size of the file system in MB; None for unknown, which allows 4 GB.
    """
    size = profile.wal_cap_gb
    room = 4 if disk_mb is None else disk_mb // 10240
    while size > max(1, room):
        size //= 2
    return size


def _compression(parameter: Parameter) -> str:
    """Return lz4 if the build has it; before version 15 the setting is a boolean."""
    if parameter.vartype == "bool":
        return "on"
    return "lz4" if "lz4" in (parameter.enumvals or ()) else "pglz"


def _storage(storage: str, major: int) -> dict[str, Choice]:
    page_cost, before, after = STORAGE[storage]
    choices = {
        "random_page_cost": Choice(page_cost, f"storage is {storage}", {"storage": storage}),
        "effective_io_concurrency": Choice(
            str(after if major >= _IO_REWORKED else before),
            f"storage is {storage}",
            {"storage": storage, "major": major},
        ),
    }
    if storage != "hdd":
        choices["autovacuum_vacuum_cost_limit"] = Choice(
            "1000", f"storage is {storage}: vacuum may read five times as fast as the default", {"storage": storage}
        )
    return choices


def _parallel(profile: Profile, cpus: int) -> dict[str, Choice]:
    """Return worker counts if the CPUs allow more than the server's defaults, never less."""
    half = cpus // 2
    counts = {
        "max_worker_processes": (cpus, _DEFAULT_WORKERS, "one for each CPU"),
        "max_parallel_workers": (cpus, _DEFAULT_WORKERS, "one for each CPU"),
        "max_parallel_workers_per_gather": (
            min(half, profile.gather_cap),
            _DEFAULT_PER_QUERY,
            f"half of the CPUs, at most {profile.gather_cap}",
        ),
        "max_parallel_maintenance_workers": (min(half, 4), _DEFAULT_PER_QUERY, "half of the CPUs, at most 4"),
        "io_workers": (min(cpus // 4, _MAX_IO_WORKERS), _DEFAULT_IO_WORKERS, "a quarter of the CPUs"),
    }
    return {
        name: Choice(str(count), f"{reason}: {cpus} CPUs", {"cpus": cpus})
        for name, (count, default, reason) in counts.items()
        if count > default
    }


def _planner(profile: Profile) -> dict[str, Choice]:
    choices = {}
    if not profile.jit:
        choices["jit"] = Choice("off", f"profile {profile.name}: its queries are over before compiling them pays")
    if profile.statistics_target != _DEFAULT_STATISTICS_TARGET:
        choices["default_statistics_target"] = Choice(
            str(profile.statistics_target), f"profile {profile.name}: better estimates over large tables"
        )
    return choices

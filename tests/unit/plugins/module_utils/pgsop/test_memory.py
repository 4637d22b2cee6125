# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Effective memory and CPUs, on trees that look like /proc and /sys of real hosts and containers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import memory
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError

MB = 1024**2
HOST_MB = 8000
SENTINEL = 0x7FFFFFFFFFFFF000
UNIT = "/system.slice/system-postgresql.slice/postgresql@17-main.service"

V2 = "31 23 0:28 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate"
HYBRID = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw"
V1_MEMORY = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,seclabel,memory"
V1_CPU = "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct"
BOUND = "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory"


@dataclass(frozen=True)
class Host:
    """A fake root folder."""

    root: Path

    def write(self, path: str, text: object) -> None:
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"{text}\n", encoding="utf-8")

    def mounts(self, *lines: str) -> None:
        self.write("/proc/self/mountinfo", "\n".join(["22 1 8:1 / / rw - ext4 /dev/sda1 rw", *lines]))


@pytest.fixture(name="host")
def _host(tmp_path: Path) -> Host:
    host = Host(tmp_path)
    host.write("/proc/meminfo", f"MemTotal:       {HOST_MB * 1024} kB\nMemFree:  1 kB")
    host.write("/proc/1/cgroup", "0::/init.scope")
    host.write("/proc/1/status", "Name:\tsystemd\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7")
    host.write("/proc/42/status", "Name:\tpostgres\nCpus_allowed_list:\t0-1,4,6-7")
    host.write("/proc/42/cgroup", f"0::{UNIT}")
    return host


def test_host_without_limits_has_all_its_memory(host: Host) -> None:
    assert memory.effective_memory(root=host.root) == memory.Limit(HOST_MB * MB, "MemTotal")


@pytest.mark.parametrize("group", [UNIT, "/system.slice/system-postgresql.slice", "/system.slice", "/"])
@pytest.mark.parametrize("name", ["memory.max", "memory.high"])
def test_v2_limit_of_any_group_above_the_postmaster_counts(host: Host, group: str, name: str) -> None:
    host.mounts(V2)
    host.write(f"/sys/fs/cgroup{UNIT}/memory.max", "max")
    host.write(f"/sys/fs/cgroup{group}/{name}", 2000 * MB)
    assert memory.effective_memory(42, host.root) == memory.Limit(2000 * MB, f"cgroup {name} {group}")


def test_least_of_nested_limits_counts(host: Host) -> None:
    host.mounts(V2)
    host.write("/sys/fs/cgroup/system.slice/memory.max", 1000 * MB)
    host.write(f"/sys/fs/cgroup{UNIT}/memory.max", 3000 * MB)
    host.write(f"/sys/fs/cgroup{UNIT}/memory.high", 1500 * MB)
    assert memory.effective_memory(42, host.root) == memory.Limit(1000 * MB, "cgroup memory.max /system.slice")


def test_without_postmaster_only_the_hosts_own_groups_count(host: Host) -> None:
    host.mounts(V2)
    host.write("/proc/self/cgroup", "0::/user.slice")
    host.write("/sys/fs/cgroup/user.slice/memory.max", 100 * MB)
    host.write(f"/sys/fs/cgroup{UNIT}/memory.max", 1000 * MB)
    assert memory.effective_memory(root=host.root).source == "MemTotal"


def test_container_with_private_namespace_sees_its_limit_at_the_root(host: Host) -> None:
    host.mounts(V2)
    host.write("/sys/fs/cgroup/memory.max", 512 * MB)
    assert memory.effective_memory(root=host.root) == memory.Limit(512 * MB, "cgroup memory.max /")


def test_v1_limit_counts_and_its_sentinel_does_not(host: Host) -> None:
    host.mounts(V1_CPU, V1_MEMORY)
    host.write("/proc/42/cgroup", f"5:cpu,cpuacct:/\n4:memory:{UNIT}\n1:name=systemd:{UNIT}")
    host.write(f"/sys/fs/cgroup/memory{UNIT}/memory.limit_in_bytes", SENTINEL)
    assert memory.effective_memory(42, host.root).source == "MemTotal"
    host.write("/sys/fs/cgroup/memory/system.slice/memory.limit_in_bytes", 700 * MB)
    expected = memory.Limit(700 * MB, "cgroup v1 memory.limit_in_bytes /system.slice")
    assert memory.effective_memory(42, host.root) == expected


@pytest.mark.parametrize(("v1_mb", "v2_mb", "winner"), [(600, 900, "cgroup v1"), (900, 600, "cgroup memory.max")])
def test_both_hierarchies_of_a_hybrid_host_are_looked_at(host: Host, v1_mb: int, v2_mb: int, winner: str) -> None:
    host.mounts(V1_MEMORY, HYBRID)
    host.write("/proc/42/cgroup", f"4:memory:/a\n0::{UNIT}")
    host.write("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", v1_mb * MB)
    host.write(f"/sys/fs/cgroup/unified{UNIT}/memory.max", v2_mb * MB)
    limit = memory.effective_memory(42, host.root)
    assert limit.value == 600 * MB
    assert limit.source.startswith(winner)


def test_container_in_the_hosts_namespace_finds_its_groups_below_the_bound_mount(host: Host) -> None:
    host.mounts(BOUND)
    host.write("/proc/42/cgroup", "4:memory:/docker/abc/system.slice")
    host.write("/sys/fs/cgroup/memory/system.slice/memory.limit_in_bytes", 900 * MB)
    host.write("/sys/fs/cgroup/memory/memory.limit_in_bytes", 2000 * MB)
    expected = memory.Limit(900 * MB, "cgroup v1 memory.limit_in_bytes /system.slice")
    assert memory.effective_memory(42, host.root) == expected


def test_group_outside_of_the_namespace_is_taken_for_the_root(host: Host) -> None:
    host.mounts(V2)
    host.write("/proc/42/cgroup", "0::/../../other")
    host.write("/sys/fs/cgroup/memory.max", 300 * MB)
    assert memory.effective_memory(42, host.root).value == 300 * MB


def test_postmaster_that_is_gone_is_taken_for_none(host: Host) -> None:
    host.mounts(V2)
    host.write("/sys/fs/cgroup/init.scope/memory.max", 400 * MB)
    assert memory.effective_memory(4711, host.root).source == "cgroup memory.max /init.scope"


def test_unknown_memory_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    with pytest.raises(PgsopError, match="pg_tuning_memory_mb"):
        memory.effective_memory(root=tmp_path)


@pytest.mark.parametrize(("pid", "cpus"), [(None, 8), (42, 5), (4711, 8)])
def test_cpus_are_those_of_the_affinity(host: Host, pid: int | None, cpus: int) -> None:
    assert memory.effective_cpus(pid, host.root) == memory.Limit(cpus, "CPU affinity")


@pytest.mark.parametrize(
    ("quota", "cpus"), [("max 100000", 5), ("300000 100000", 3), ("150000 100000", 1), ("50000 100000", 1)]
)
def test_v2_quota_limits_cpus(host: Host, quota: str, cpus: int) -> None:
    host.mounts(V2)
    host.write("/sys/fs/cgroup/system.slice/cpu.max", quota)
    assert memory.effective_cpus(42, host.root).value == cpus


@pytest.mark.parametrize(("quota", "cpus"), [(-1, 5), (200000, 2), (20000, 1)])
def test_v1_quota_limits_cpus(host: Host, quota: int, cpus: int) -> None:
    host.mounts(V1_CPU)
    host.write("/proc/42/cgroup", "3:cpuacct,cpu:/a")
    host.write("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", quota)
    host.write("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", 100000)
    assert memory.effective_cpus(42, host.root).value == cpus


def test_unknown_cpus_count_as_one(tmp_path: Path) -> None:
    assert memory.effective_cpus(root=tmp_path).value == 1


def test_disk_size_is_that_of_the_first_folder_there_is(tmp_path: Path) -> None:
    assert memory.filesystem_mb(str(tmp_path / "none")) is None
    size = memory.filesystem_mb(str(tmp_path / "none"), str(tmp_path))
    assert size is not None
    assert size > 0

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proposals: the SOP's table from 1 to 128 GB, all profiles, drift, a person's own values, what a server says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings.values import Parameter, canonical
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.model import Inputs, Proposal
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.packaged import packaged
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.profiles import PROFILES
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.propose import propose
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.steps import counted_mb

SIZES_MB = [1024, 2048, 4096, 7900, 8192, 16384, 32768, 65536, 131072]
MAJORS = [13, 14, 15, 16, 17, 18]
MEMORY = ("max_connections", "shared_buffers", "work_mem", "maintenance_work_mem", "effective_cache_size")
#: Amounts at which the counted memory steps.
BOUNDARIES_MB = [
    *range(512, 1024, 48),
    *range(1024, 4096, 192),
    *range(4096, 16384, 768),
    24576,
    32768,
    33792,
    65536,
    131072,
]


def inputs(memory_mb: int, **changes: Any) -> Inputs:
    return replace(Inputs(memory_mb=memory_mb, cpus=4, major=17, disk_mb=500_000), **changes)


def again(first: Proposal, memory_mb: int, **changes: Any) -> Proposal:
    return propose(inputs(memory_mb, previous=first.values, **changes))


def mb(value: str) -> int:
    return int(canonical(Parameter("any", "0", "integer", "user", unit="MB"), value))


def server(major: int, **settings: str) -> dict[str, Parameter]:
    rows = packaged(major)
    return {**rows, **{name: replace(rows[name], setting=setting) for name, setting in settings.items()}}


@pytest.mark.parametrize(
    ("memory_mb", "expected"),
    [
        (1024, ("50", "256MB", "4MB", "64MB", "768MB")),
        (2048, ("100", "512MB", "5MB", "64MB", "1536MB")),
        (4096, ("100", "1GB", "12MB", "64MB", "3GB")),
        (7900, ("100", "1920MB", "16MB", "256MB", "5760MB")),
        (8192, ("100", "2GB", "16MB", "256MB", "6GB")),
        (16384, ("100", "4GB", "16MB", "256MB", "12GB")),
        (32768, ("100", "8GB", "16MB", "256MB", "24GB")),
        (65536, ("100", "16GB", "16MB", "256MB", "48GB")),
        (131072, ("100", "32GB", "16MB", "256MB", "96GB")),
    ],
)
def test_sop_values_by_size_of_the_host(memory_mb: int, expected: tuple[str, ...]) -> None:
    assert propose(inputs(memory_mb)).values == dict(zip(MEMORY, expected, strict=True))


def test_nominal_8_gb_keep_the_constants_of_the_sop() -> None:
    assert [memory_mb for memory_mb in range(7680, 8200) if propose(inputs(memory_mb)).lowered] == []


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_fits_every_host(profile: str) -> None:
    for memory_mb in [*range(576, 9000, 37), *range(9000, 140_000, 1013)]:
        proposal = propose(inputs(memory_mb, profile=profile))
        values = proposal.values
        assert proposal.budget.fits, memory_mb
        assert 20 <= int(values["max_connections"]) <= 100, memory_mb
        assert mb(values["work_mem"]) >= 4, memory_mb
        assert mb(values["maintenance_work_mem"]) >= 64, memory_mb
        assert mb(values["shared_buffers"]) <= max(128, memory_mb // 4), memory_mb
        assert memory_mb * 0.5 <= mb(values["effective_cache_size"]) <= memory_mb * 0.75, memory_mb


@pytest.mark.parametrize("major", [*MAJORS, 19])
@pytest.mark.parametrize("memory_mb", SIZES_MB)
@pytest.mark.parametrize("profile", PROFILES)
def test_every_value_is_one_the_server_of_that_version_takes(profile: str, memory_mb: int, major: int) -> None:
    known = packaged(major)
    for name, value in propose(inputs(memory_mb, profile=profile, major=major, cpus=64)).values.items():
        canonical(known[name], value)


def test_bare_host_gets_the_same_proposal_as_its_server_later() -> None:
    for profile in PROFILES:
        bare = propose(inputs(8192, profile=profile))
        asked = propose(inputs(8192, profile=profile, server=server(17)))
        assert (bare.values, bare.reasons) == (asked.values, asked.reasons)
        assert (bare.validated, asked.validated) == (False, True)


@pytest.mark.parametrize("drift_mb", [-10, -1, 1, 10])
@pytest.mark.parametrize("profile", PROFILES)
def test_drift_changes_neither_values_nor_reasons(profile: str, drift_mb: int) -> None:
    for boundary in BOUNDARIES_MB:
        for memory_mb in (boundary - 1, boundary, boundary + 9):
            first = propose(inputs(memory_mb, profile=profile))
            second = again(first, memory_mb + drift_mb, profile=profile)
            assert (second.values, second.reasons) == (first.values, first.reasons), memory_mb


@pytest.mark.parametrize("profile", PROFILES)
def test_drift_changes_no_value_where_the_telling_ones_are_set_by_hand(profile: str) -> None:
    by_hand = {"profile": profile, "overrides": {"shared_buffers": "160MB", "effective_cache_size": "1GB"}}
    for boundary in [amount for amount in BOUNDARIES_MB if amount >= 1024]:
        first = propose(inputs(boundary, **by_hand))
        assert again(first, boundary - 10, **by_hand).values == first.values, boundary


@pytest.mark.parametrize("factor", [0.5, 0.75, 1.25, 2])
def test_real_change_of_memory_gives_the_values_of_a_fresh_host(factor: float) -> None:
    for memory_mb in SIZES_MB:
        changed = int(memory_mb * factor)
        assert again(propose(inputs(memory_mb)), changed).values == propose(inputs(changed)).values


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shared_buffers", "2000MB"),
        ("shared_buffers", "1984MB"),
        ("work_mem", "15MB"),
        ("effective_cache_size", "6100MB"),
    ],
)
def test_value_changed_by_hand_does_not_pass_for_drift(name: str, value: str) -> None:
    first = propose(inputs(8192))
    altered = {**first.values, name: value}
    assert propose(inputs(8192, previous=altered)).values == first.values


def test_change_of_profile_or_overrides_keeps_shared_buffers_at_a_step() -> None:
    first = propose(inputs(8192))
    for changes in ({"profile": "web"}, {"overrides": {"work_mem": "8MB"}}):
        assert again(first, 8185, **changes).values["shared_buffers"] == "2GB"


def test_lowered_value_says_what_was_lowered_and_why() -> None:
    proposal = propose(inputs(2000))
    reasons = proposal.reasons
    assert proposal.lowered == ["work_mem", "maintenance_work_mem"]
    assert "lowered from 16MB" in reasons["work_mem"]
    assert f"90 % of {counted_mb(2000)} MB" in reasons["work_mem"]
    assert "lowered" not in reasons["max_connections"]


def test_host_too_small_for_any_value_says_so_but_gets_a_proposal() -> None:
    proposal = propose(inputs(256))
    assert not proposal.budget.fits
    assert proposal.values["max_connections"] == "20"


@pytest.mark.parametrize(
    ("memory_mb", "overrides", "numbers"),
    [
        (8192, {"work_mem": "64MB"}, "15616 MB.* 100 connections x 64 MB x 2 .*7372 MB"),
        (8192, {"max_connections": 500}, "18816 MB.* 500 connections x 16 MB x 2 .*7372 MB"),
        (8192, {"shared_buffers": "6GB"}, "10112 MB.*shared_buffers 6144 MB.*7372 MB"),
        (8192, {"hash_mem_multiplier": 4}, "9216 MB.*x 16 MB x 4 .*7372 MB"),
        (8192, {"autovacuum_work_mem": "1GB", "autovacuum_max_workers": 3}, "8320 MB.*3 autovacuum workers x 1024 MB"),
        (2048, {"work_mem": "16MB"}, "3904 MB.*1843 MB"),
    ],
)
def test_override_beyond_the_budget_is_refused_with_the_numbers(
    memory_mb: int, overrides: dict[str, Any], numbers: str
) -> None:
    with pytest.raises(PgsopError, match=numbers) as refusal:
        propose(inputs(memory_mb, overrides=overrides))
    assert "pg_tuning_force" in refusal.value.next_step
    assert str(next(iter(overrides))) in refusal.value.target
    forced = propose(inputs(memory_mb, overrides=overrides, force=True))
    assert not forced.budget.fits
    assert {name: str(value) for name, value in overrides.items()}.items() <= forced.values.items()


def test_override_within_the_budget_stands_and_gives_room_to_the_others() -> None:
    proposal = propose(inputs(1024, overrides={"Max_Connections": 20}))
    assert proposal.values["max_connections"] == "20"
    assert proposal.values["work_mem"] == "11MB"
    assert proposal.reasons["max_connections"] == "set by hand; the profile's value is 20"
    assert proposal.budget.fits


def test_computed_work_mem_makes_room_for_more_connections() -> None:
    proposal = propose(inputs(16384, profile="web", overrides={"max_connections": 300}))
    assert proposal.values["work_mem"] == "15MB"
    assert proposal.budget.fits


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"overrides": {"work_mem": "16 mb"}}, "unit"),
        ({"overrides": {"shared_buffers": "8kB"}}, "range"),
        ({"overrides": {"wal_compression": "brotli"}}, "pglz, lz4"),
        ({"overrides": {"jit": "perhaps"}}, "boolean"),
        ({"overrides": {"work_mem": None}}, "NoneType"),
        ({"overrides": {"work_mem": ["16MB"]}}, "list"),
        ({"memory_mb": 255}, "at least 256"),
        ({"cpus": 0}, "at least 1"),
        ({"major": 12}, "13 and later"),
        ({"profile": "desktop"}, "'desktop'.*sop, web"),
        ({"storage": "tape"}, "'tape'.*hdd"),
    ],
)
def test_bad_input_is_refused_with_what_is_accepted(changes: dict[str, Any], answer: str) -> None:
    with pytest.raises(PgsopError, match=answer):
        propose(replace(inputs(8192), **changes))


def test_unknown_setting_is_refused_where_a_server_can_say_so() -> None:
    overrides = {"work_memory": "16MB"}
    assert propose(inputs(8192, overrides=overrides)).values["work_memory"] == "16MB"
    with pytest.raises(PgsopError, match="no setting of this name"):
        propose(inputs(8192, overrides=overrides, server=server(17)))
    extension = {"pg_stat_statements.max": 10000}
    assert propose(inputs(8192, overrides=extension, server=server(17))).values["pg_stat_statements.max"] == "10000"


def test_setting_fixed_at_build_time_is_refused() -> None:
    block_size = Parameter(name="block_size", setting="8192", vartype="integer", context="internal")
    with pytest.raises(PgsopError, match="fixed"):
        propose(inputs(8192, overrides={"block_size": 4096}, server={**server(17), "block_size": block_size}))


def test_method_the_build_does_not_have_is_neither_proposed_nor_accepted() -> None:
    rows = server(18)
    plain = replace(rows["wal_compression"], enumvals=("pglz", "on", "off"))
    workers = replace(rows["io_method"], enumvals=("sync", "worker"))
    bare_build = {**rows, "wal_compression": plain, "io_method": workers}
    proposal = propose(inputs(8192, profile="oltp", major=18, server=bare_build))
    assert proposal.values["wal_compression"] == "pglz"
    assert "io_method" not in proposal.values
    with pytest.raises(PgsopError, match="sync, worker"):
        propose(inputs(8192, major=18, server=bare_build, overrides={"io_method": "io_uring"}))


def test_multiplier_of_the_server_counts_unless_it_is_our_own() -> None:
    rows = server(17, hash_mem_multiplier="4")
    assert propose(inputs(8192, server=rows)).values["work_mem"] == "12MB"
    ours = {"hash_mem_multiplier": "4"}
    assert propose(inputs(8192, server=rows, previous=ours)).values["work_mem"] == "16MB"


def test_restart_is_needed_only_where_a_postmaster_setting_differs() -> None:
    rows = server(17, shared_buffers="262144", work_mem="16384")
    settings = {setting.name: setting for setting in propose(inputs(8192, server=rows)).settings}
    assert [name for name, setting in settings.items() if setting.needs_restart] == []
    changed = {setting.name: setting for setting in propose(inputs(8192, server=server(17))).settings}
    assert [name for name, setting in changed.items() if setting.needs_restart] == ["shared_buffers"]

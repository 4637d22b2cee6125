# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faces of the modules for activity and locks: what they ask for, when they fail, and a host without a server."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import old_keys
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster_choice import TargetCluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import HealthConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.render import NO_SERVER
from ansible_collections.aerovista.postgresql.plugins.modules import pg_activity_info, pg_locks_info
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.render.samples import (
    ACTIVITY,
    ACTIVITY_TEXT,
    LOCKS,
    LOCKS_TEXT,
)

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "", "", "", "")
CONFIG = HealthConfig(17, database="shop")
FINDINGS = [{"status": "WARNING", "message": "slow", "hint": ""}]


class EndError(Exception):
    """A module that ended, with its answer."""


class Module:
    """What the faces need of AnsibleModule."""

    check_mode = False
    given: ClassVar[dict[str, Any]] = {}

    def __init__(self, argument_spec: dict[str, Any], *, supports_check_mode: bool) -> None:
        assert supports_check_mode
        assert argument_spec["dsn"]["no_log"]
        self.params = {**{name: option.get("default") for name, option in argument_spec.items()}, **self.given}

    def exit_json(self, **answer: Any) -> None:
        raise EndError(answer)

    def fail_json(self, **answer: Any) -> None:
        raise EndError({"failed": True, **answer})


def answer(monkeypatch: pytest.MonkeyPatch, face: ModuleType, found: Any, **given: Any) -> dict[str, Any]:
    """What a module answers whose engine is replaced."""

    def target_cluster(version: int | None, name: str, *, attempted: str, check: bool, dsn: str) -> Any:
        assert dsn == (given.get("dsn") or "")
        if isinstance(found, Exception):
            raise found
        return found

    engine = {pg_activity_info: "activity", pg_locks_info: "lock_report"}[face]
    monkeypatch.setattr(Module, "given", given)
    monkeypatch.setattr(face, "AnsibleModule", Module)
    monkeypatch.setattr(face, "target_cluster", target_cluster)
    monkeypatch.setattr(pg_locks_info, "config_of", lambda *_named: CONFIG)
    sample = {pg_activity_info: ACTIVITY, pg_locks_info: LOCKS}[face]
    more = {"findings": FINDINGS}
    monkeypatch.setattr(face, engine, lambda *where, **options: {**sample, "asked": (where, options), **more})
    with pytest.raises(EndError) as ended:
        face.main()
    return dict(ended.value.args[0])


@pytest.mark.parametrize(
    ("face", "given", "asked"),
    [
        (pg_activity_info, {}, ((CLUSTER,), {"database": "shop", "dsn": "", "limit": 20})),
        (pg_locks_info, {}, ((CLUSTER, CONFIG), {"dsn": "", "limits": {}})),
        (pg_locks_info, {"warn_s": 0.0}, ((CLUSTER, CONFIG), {"dsn": "", "limits": {"warn": 0.0}})),
        (
            pg_locks_info,
            {"warn_s": 5.0, "crit_s": 9.0},
            ((CLUSTER, CONFIG), {"dsn": "", "limits": {"warn": 5.0, "crit": 9.0}}),
        ),
    ],
)
def test_it_only_looks(monkeypatch: pytest.MonkeyPatch, face: ModuleType, given: dict[str, Any], asked: Any) -> None:
    answered = answer(monkeypatch, face, TargetCluster(CLUSTER, "shop"), **given)
    sample, text, with_old_keys = {
        pg_activity_info: (ACTIVITY, ACTIVITY_TEXT, old_keys.activity),
        pg_locks_info: (LOCKS, LOCKS_TEXT, old_keys.locks),
    }[face]
    expected = {"changed": False, "configured": True, "asked": asked, "findings": FINDINGS, "text": text.splitlines()}
    assert answered == {**with_old_keys(sample), **expected}


@pytest.mark.parametrize("face", [pg_activity_info, pg_locks_info])
def test_a_host_without_a_server(monkeypatch: pytest.MonkeyPatch, face: ModuleType) -> None:
    assert answer(monkeypatch, face, None) == {"changed": False, "configured": False, "text": [NO_SERVER]}
    error = PgsopError(attempted="look", target="t", answer="a", next_step="n")
    assert answer(monkeypatch, face, error) == {"failed": True, "msg": "Cannot look (t): a. Next step: n"}


@pytest.mark.parametrize(("fail_on", "failed"), [("never", False), ("critical", False), ("warning", True)])
def test_failure(monkeypatch: pytest.MonkeyPatch, fail_on: str, failed: bool) -> None:
    told = answer(monkeypatch, pg_locks_info, TargetCluster(CLUSTER, "shop"), fail_on=fail_on)
    assert (told.get("failed", False), told["findings"]) == (failed, FINDINGS)
    assert told["text"] == LOCKS_TEXT.splitlines()


def test_a_limit_below_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer(monkeypatch, pg_activity_info, None, limit=-1)["failed"]

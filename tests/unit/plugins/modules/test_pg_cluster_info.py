# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The face of the module: it needs root, and says so before it reads anything."""

from __future__ import annotations

import os
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.modules import pg_cluster_info


class EndError(Exception):
    """A module that ended, with its answer."""


class Module:
    """What the face needs of AnsibleModule."""

    def __init__(self, argument_spec: dict[str, Any], *, supports_check_mode: bool) -> None:
        assert supports_check_mode
        self.params = {name: option.get("default", 17) for name, option in argument_spec.items()}

    def exit_json(self, **answer: Any) -> None:
        raise EndError(answer)

    def fail_json(self, msg: str) -> None:
        raise EndError({"failed": True, "msg": msg})


@pytest.mark.parametrize(("user", "refused"), [(0, False), (65534, True)])
def test_who_is_not_root_gets_one_sentence_with_the_next_step(
    monkeypatch: pytest.MonkeyPatch, user: int, refused: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(pg_cluster_info, "AnsibleModule", Module)
    monkeypatch.setattr(pg_cluster_info, "inspect_host", lambda wanted: {"seen": wanted.version})
    with pytest.raises(EndError) as ended:
        pg_cluster_info.main()
    answer = ended.value.args[0]
    assert answer.get("failed", False) is refused
    assert ("become" in answer["msg"]) if refused else (answer["seen"] == 17)

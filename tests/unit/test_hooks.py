# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hooks of .pre-commit-config.yaml are steps of scripts/lint, so a commit that they refuse fails in CI too."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
REPOSITORIES = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
HOOKS = [hook for repository in REPOSITORIES for hook in repository["hooks"]]
#: Options that a hook has because pre-commit gives it files by their names.
FOR_NAMED_FILES = {"--force-exclude"}


def steps() -> dict[str, list[str]]:
    """Commands of scripts/lint, by their title."""
    found = re.findall(r'^step "([^"]+)" (.+)$', (ROOT / "scripts/lint").read_text(encoding="utf-8"), re.MULTILINE)
    return {title: [word for word in shlex.split(command) if word != "."] for title, command in found}


def test_hooks_are_local() -> None:
    assert [repository["repo"] for repository in REPOSITORIES] == ["local"]
    assert {hook["language"] for hook in HOOKS} == {"system"}


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_hook_is_a_step_of_lint(hook: dict[str, Any]) -> None:
    words = [word for word in shlex.split(hook["entry"]) if word not in FOR_NAMED_FILES]
    command = [
        word.removeprefix(".venv/bin/") for word in words if word != "env" and not word.startswith("PYTHONPATH=")
    ]
    assert command == steps()[hook["name"]]

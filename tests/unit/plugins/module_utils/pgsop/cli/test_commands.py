# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every subcommand is known, and only the one that is called is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import commands

FOLDER = Path(commands.__file__).parent


def test_every_subcommand_has_its_place() -> None:
    files = {path.stem for path in FOLDER.glob("*.py") if "def add(subparsers" in path.read_text(encoding="utf-8")}
    assert files == set(commands.NAMES)
    assert [module.__name__.rpartition(".")[2] for module in commands.every()] == list(commands.NAMES)


@pytest.mark.parametrize("name", [name for name in commands.NAMES if name != "help"])
def test_one_that_is_called_comes_alone(name: str) -> None:
    (module,) = commands.commands([name, "--help"])
    assert module.__name__.endswith(f".cli.{name}")


@pytest.mark.parametrize(
    "arguments", [[], ["--help"], ["help"], ["help", "health"], ["helth"], ["--version", "health"]]
)
def test_otherwise_all_come(arguments: list[str]) -> None:
    assert len(commands.commands(arguments)) == len(commands.NAMES)

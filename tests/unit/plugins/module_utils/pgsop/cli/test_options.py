# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of shared options."""

from __future__ import annotations

import argparse

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import options


def parser() -> options.Parser:
    made = options.Parser(prog="pgsop x", add_help=False)
    options.add_databases(made, "which")
    options.add_dry_run(made)
    options.add_scheduled(made)
    options.add_set(made, "of this set")
    options.add_general(made)
    return made


def test_defaults() -> None:
    assert vars(parser().parse_args([])) == {
        "databases": [],
        "dry_run": False,
        "scheduled": False,
        "set": "latest",
        "format": "text",
        "config": "/etc/pgsop/backup.json",
    }


def test_databases_add_up() -> None:
    assert parser().parse_args(["--database", "a", "--database", "b"]).databases == ["a", "b"]


def test_half_an_option_is_none() -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--dry"])


def test_advice_can_be_typed_as_it_is() -> None:
    arguments = argparse.Namespace(command="restore", typed=["restore", "--database", "app db"])
    assert options.called(arguments) == "pgsop restore"
    assert options.again(arguments) == "run it with sudo: sudo pgsop restore --database 'app db'"


def test_quiet() -> None:
    assert options.quiet(argparse.Namespace(scheduled=True))
    assert not options.quiet(argparse.Namespace(scheduled=False))
    assert not options.quiet(argparse.Namespace())

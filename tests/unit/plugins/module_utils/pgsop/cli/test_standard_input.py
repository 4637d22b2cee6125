# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that read standard input."""

from __future__ import annotations

import argparse

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.standard_input import (
    FileOrStandardInput,
    StandardInput,
)


@pytest.fixture(name="parser")
def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("--one", action=FileOrStandardInput, default="")
    parser.add_argument("--two", action=FileOrStandardInput, default="")
    parser.add_argument("--three", action=StandardInput)
    return parser


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ([], ("", "", False)),
        (["--one", "-", "--two", "file"], ("-", "file", False)),
        (["--three", "--one", "file"], ("file", "", True)),
        (["--one", "-", "--one", "-"], ("-", "", False)),
    ],
)
def test_one_reads_it(parser: argparse.ArgumentParser, typed: list[str], expected: tuple[str, str, bool]) -> None:
    found = parser.parse_args(typed)
    assert (found.one, found.two, found.three) == expected


@pytest.mark.parametrize("typed", [["--one", "-", "--two", "-"], ["--three", "--two", "-"], ["--one", "-", "--three"]])
def test_two_of_them_are_wrong_usage(parser: argparse.ArgumentParser, typed: list[str]) -> None:
    with pytest.raises(argparse.ArgumentError):
        parser.parse_args(typed)

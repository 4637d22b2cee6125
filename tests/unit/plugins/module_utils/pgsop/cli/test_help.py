# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command for help; test_main.py compares it with --help."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import main


@pytest.mark.parametrize(("word", "meant"), [("bakup", "backup"), ("healht", "health"), ("xyz", "")])
def test_unknown_command_is_refused_with_the_nearest_name(
    capsys: pytest.CaptureFixture[str], word: str, meant: str
) -> None:
    for arguments in (["help", word], [word]):
        assert main.main(arguments) == 2
        told = capsys.readouterr()
        assert (told.out, word in told.err) == ("", False)
        assert ("did you mean" in told.err) is bool(meant)
        assert f"did you mean {meant}?" in told.err or not meant


def test_one_command_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["help", "backup", "restore"]) == 2
    assert "1 argument is not known" in capsys.readouterr().err

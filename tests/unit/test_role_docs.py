# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of variables in the roles' READMEs are written from argument specs, between two comments."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BEGIN = "<!-- variables: made from meta/argument_specs.yml by scripts/role_docs.py -->"
END = "<!-- end of variables -->"
README = f"# pg_x\n\nBefore.\n\n{BEGIN}\n{END}\n\nAfter.\n"
SPEC = """
argument_specs:
  main:
    options:
      pg_x_name:
        description: A name, as in C(pg_lsclusters).
        type: str
        required: true
      pg_x_time:
        description:
          - When it runs, as V(HH:MM)
            in quotes.
          - A time | of O(pg_x_name).
        type: str
        default: "02:30"
      pg_x_mode:
        description: What runs.
        type: str
        choices: [cron, none, "no"]
        default: cron
      pg_x_port:
        description: That of M(aerovista.postgresql.pg_hba).
        type: int
      pg_x_entries:
        description: Entries.
        type: list
        elements: dict
        default: []
        options:
          key: {description: A key., type: str, required: true}
          value: {description: A value., type: str}
      pg_x_words:
        description: Words.
        type: list
        elements: str
        default: [postgres, "*"]
"""
TABLE = r"""| Variable | Type | Default | Meaning |
|---|---|---|---|
| `pg_x_name` | str | required | A name, as in `pg_lsclusters`. |
| `pg_x_time` | str | `"02:30"` | When it runs, as `HH:MM` in quotes. A time \| of `pg_x_name`. |
| `pg_x_mode` | str | `cron` | What runs. One of `cron`, `none`, `"no"`. |
| `pg_x_port` | int | computed | That of `aerovista.postgresql.pg_hba`. |
| `pg_x_entries` | list of dict | `[]` | Entries. Keys: `key` (required), `value`. |
| `pg_x_words` | list of str | `[postgres, "*"]` | Words. |
"""


@pytest.fixture
def readme(tmp_path: Path) -> Path:
    role = tmp_path / "roles/pg_x"
    (role / "meta").mkdir(parents=True)
    (role / "meta/argument_specs.yml").write_text(SPEC, encoding="utf-8")
    path = role / "README.md"
    path.write_text(README, encoding="utf-8")
    return path


def run(*arguments: object) -> tuple[int, str]:
    command = [sys.executable, str(ROOT / "scripts/role_docs.py"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_table_is_written_between_its_comments(tmp_path: Path, readme: Path) -> None:
    assert run(tmp_path)[0] == 0
    assert readme.read_text(encoding="utf-8") == f"# pg_x\n\nBefore.\n\n{BEGIN}\n\n{TABLE}\n{END}\n\nAfter.\n"
    assert run(tmp_path) == (0, "")


def test_check_names_the_file_that_differs_and_writes_nothing(tmp_path: Path, readme: Path) -> None:
    status, output = run("--check", tmp_path)
    assert (status, str(readme.relative_to(tmp_path)) in output) == (1, True)
    assert readme.read_text(encoding="utf-8") == README
    run(tmp_path)
    assert run("--check", tmp_path) == (0, "")
    readme.write_text(readme.read_text(encoding="utf-8").replace("`cron`", "`timer`", 1), encoding="utf-8")
    assert run("--check", tmp_path)[0] == 1


@pytest.mark.parametrize("content", ["", BEGIN, f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n"])
def test_readme_without_one_place_for_the_table_is_refused(tmp_path: Path, readme: Path, content: str) -> None:
    readme.write_text(content, encoding="utf-8")
    for options in ([], ["--check"]):
        status, output = run(*options, tmp_path)
        assert (status, str(readme.relative_to(tmp_path)) in output) == (2, True)
        assert readme.read_text(encoding="utf-8") == content

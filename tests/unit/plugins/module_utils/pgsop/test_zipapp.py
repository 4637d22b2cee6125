# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same sources make the same bytes, wherever they come from, and nothing that is needed is left out."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import io
import resource
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import version, zipapp
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError

ENGINE = Path(zipapp.__file__).parent


@pytest.fixture(name="command", scope="module")
def _command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bin") / "pgsop"
    path.write_bytes(zipapp.build())
    path.chmod(0o755)
    return path


def run(*arguments: object) -> str:
    done = subprocess.run([str(word) for word in arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_same_sources_make_the_same_bytes() -> None:
    assert zipapp.build() == zipapp.build()
    with zipfile.ZipFile(io.BytesIO(zipapp.build())) as archive:
        entries = archive.infolist()
        assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
        assert {(entry.date_time, entry.compress_type) for entry in entries} == {((1980, 1, 1, 0, 0, 0), 0)}
        assert archive.testzip() is None


def test_sources_are_those_of_the_engine() -> None:
    for path, source in zipapp.sources().items():
        assert source == (ENGINE.parent / path).read_text(encoding="utf-8")


def test_every_module_that_is_imported_is_there() -> None:
    """Counted here in another way: by what a relative import says, against the files of the engine."""
    packed = {Path(path) for path in zipapp.sources()}
    for path in packed:
        tree = ast.parse((ENGINE.parent / path).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not node.level:
                continue
            base = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            targets = [base, *(base / alias.name for alias in node.names)]
            wanted = [each for target in targets for each in (target.with_suffix(".py"), target / "__init__.py")]
            assert {each for each in wanted if (ENGINE.parent / each).is_file()} <= packed


def test_what_is_not_needed_stays_away() -> None:
    assert [path for path in zipapp.sources() if path.startswith(("pgsop/settings/", "pgsop/tuning/"))] == []


def test_everything_in_it_can_be_imported(command: Path) -> None:
    names = [path[:-3].replace("/", ".").removesuffix(".__init__") for path in zipapp.sources()]
    run(sys.executable, "-c", f"import sys; sys.path.insert(0, {str(command)!r}); import {', '.join(names)}")


def test_everything_is_loaded_before_anything_is_done(command: Path) -> None:
    """The file may be replaced by a newer one while a backup runs; what is loaded later would be read from that."""
    late = "pgsop.backup.objects.expression, pgsop.backup.obstacles.find"
    load = f"import pgsop.cli.main, pgsop.cli.commands, {late}; pgsop.cli.commands.every()"
    code = f"import sys; sys.path.insert(0, {str(command)!r}); {load}; print(*sys.modules)"
    names = {path[:-3].replace("/", ".").removesuffix(".__init__") for path in zipapp.sources()}
    assert names - set(run(sys.executable, "-c", code).split()) == {"pgsop.zipapp"}


def test_command_makes_itself(command: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pgsop import zipapp; sys.stdout.buffer.write(zipapp.build())"
    )
    made = subprocess.run([sys.executable, "-c", code, command], capture_output=True, check=True).stdout
    assert hashlib.sha256(made).hexdigest() == hashlib.sha256(command.read_bytes()).hexdigest()


def test_command_answers_at_once(command: Path) -> None:
    """Measured in time of the processor: that does not depend on what else this machine does."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "restore" in run(sys.executable, "-I", command, "--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_version_is_told(command: Path) -> None:
    assert run(sys.executable, "-I", command, "--version") == f"pgsop {version.VERSION}\n"


def test_interrupt_while_it_loads_is_no_traceback(command: Path) -> None:
    code = "import os; os.kill(os.getpid(), signal.SIGINT)"
    with zipfile.ZipFile(command) as archive:
        main = archive.read("__main__.py").decode("ascii")
    interrupted = main.replace("from pgsop.cli.main", f"{code}\nfrom pgsop.cli.main")
    done = subprocess.run([sys.executable, "-c", interrupted], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, b"")


def test_command_is_run_without_the_callers_environment(command: Path) -> None:
    assert command.read_bytes().splitlines()[0] == b"#!/usr/bin/python3 -I"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", None),
        (b"#!/bin/sh\necho\n", None),
        (b"#!/usr/bin/python3\n# pgsop is great\n", None),
        (b"\x00\xff#!", None),
        (b"#!/usr/bin/python3 -I\n# pgsop 0.0.1: a zip file, cut", "0.0.1"),
    ],
)
def test_file_is_told_from_others(content: bytes, told: str | None) -> None:
    assert zipapp.version_in(content) == told


def test_own_file_is_known() -> None:
    assert zipapp.version_in(zipapp.build()) == version.VERSION


def test_module_without_a_source_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: importlib.util.spec_from_loader(name, None))
    with pytest.raises(PgsopError, match="its source is not there"):
        zipapp.build()

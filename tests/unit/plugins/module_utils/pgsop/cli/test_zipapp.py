# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same sources make the same bytes, wherever they come from, and nothing that is needed is left out."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import io
import marshal
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import zipapp

ENGINE = Path(zipapp.__file__).parents[1]


def run(*arguments: object) -> str:
    done = subprocess.run([str(word) for word in arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def repacked(command: Path, path: Path, keep: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of the command with other files in it."""
    with zipfile.ZipFile(command) as archive, zipfile.ZipFile(path, "w") as copy:
        for name in archive.namelist():
            content = keep(name, archive.read(name))
            if content is not None:
                copy.writestr(name, content)
    return path


def test_compiled_code_is_enough(command: Path, tmp_path: Path) -> None:
    """So nothing is compiled when the command starts."""
    bare = repacked(command, tmp_path / "bare", lambda name, content: content if name.endswith(".pyc") else None)
    assert run(sys.executable, bare, "--version") == run(sys.executable, command, "--version")


def test_another_python_reads_the_sources(command: Path, tmp_path: Path) -> None:
    magic = len(importlib.util.MAGIC_NUMBER)

    def older(name: str, content: bytes) -> bytes:
        return (b"\x00" * magic + content[magic:]) if name.endswith(".pyc") else content

    other = repacked(command, tmp_path / "other", older)
    assert run(sys.executable, other, "--version") == run(sys.executable, command, "--version")


def test_what_has_no_lasting_form_is_not_compiled(command: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dumps(_code: object, _form: int) -> bytes:
        raise ValueError("unmarshallable object")

    monkeypatch.setattr(marshal, "dumps", dumps)
    with zipfile.ZipFile(io.BytesIO(zipapp.build())) as archive, zipfile.ZipFile(command) as whole:
        sources = [name for name in whole.namelist() if not name.endswith(".pyc")]
        assert archive.namelist() == sources


@pytest.mark.parametrize("seed", ["1", "2"])
def test_bytes_depend_on_nothing_that_happens_to_be_loaded(command: Path, seed: str) -> None:
    """The order of sets, and strings of one character, which the whole process shares."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pgsop.cli import zipapp;"
        "shared = [sys.intern(chr(number)) for number in range(128)]; sys.stdout.buffer.write(zipapp.build())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    made = subprocess.run([sys.executable, "-c", code, command], capture_output=True, check=True, env=environment)
    assert hashlib.sha256(made.stdout).hexdigest() == hashlib.sha256(command.read_bytes()).hexdigest()


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
    load = "import pgsop.cli.main, pgsop.cli.commands; pgsop.cli.commands.every()"
    code = f"import sys; sys.path.insert(0, {str(command)!r}); {load}; print(*sys.modules)"
    names = {path[:-3].replace("/", ".").removesuffix(".__init__") for path in zipapp.sources()}
    late = names - set(run(sys.executable, "-c", code).split())
    assert "pgsop.cli.zipapp" in late
    # These are loaded while option --as-client is read.
    as_client = f"{load}; pgsop.cli.diagnose._client('pgx')"
    assert late - set(run(sys.executable, "-c", code.replace(load, as_client)).split()) == {"pgsop.cli.zipapp"}
    assert {name.rpartition(".")[0] for name in late} == {"pgsop.cli", "pgsop.clients", "pgsop.diagnose"}


def test_help_needs_no_driver(command: Path) -> None:
    """How long it takes is measured by `make bench`."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-I", command, "--help"], capture_output=True, text=True, check=True
    )
    assert "restore" in done.stdout
    assert "pgsop.cli.restore" in done.stderr
    assert "psycopg2" not in done.stderr

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of an encrypted set is plain, and what comes out is what went in. A script with age's command line plays age."""

from __future__ import annotations

import dataclasses
import io
import os
import tarfile
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import checksums, encryption, manifest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import Store, StoredSet
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    held,
    inside,
    manifest_of,
    on_disk,
    script,
)

AGE = """
words, options, recipients = sys.argv[1:], {}, []
while words and words[0].startswith("-"):
    word = words.pop(0)
    if word == "-r":
        recipients.append(words.pop(0))
    elif word in ("-o", "-i"):
        options[word] = words.pop(0)
    else:
        options[word] = ""
if "--version" in options:
    sys.exit(print("v1.1.1"))
if "bad" in recipients:
    sys.exit("age: error: unknown recipient type: \\"bad\\"")
content = (open(words[0], "rb") if words else sys.stdin.buffer).read()
if "-d" in options:
    key = open(options["-i"]).read()
    head, _line, content = content.partition(b"\\n")
    if key.encode() not in head.split():
        sys.exit("age: error: no identity matched any of the recipients")
else:
    head = " ".join(["age", *recipients]).encode() + b"\\n"
done = bytes(byte ^ 0x55 for byte in content)
out = open(options["-o"], "wb") if "-o" in options else sys.stdout.buffer
out.write(done if "-d" in options else head + done)
"""

PLAIN = {"appdb.dump/toc.dat": b"toc", "appdb.dump/1.dat": bytes(range(256)) * 40, "globals.sql": b"CREATE ROLE secret"}


@pytest.fixture(autouse=True)
def age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encryption, "PROGRAM", script(tmp_path / "age", AGE))


@pytest.fixture
def config(tmp_path: Path) -> BackupConfig:
    (tmp_path / "key").write_text("mine", encoding="utf-8")
    return BackupConfig(
        17,
        directory=str(tmp_path / "sets"),
        encryption_recipients=("mine", "colleague"),
        encryption_identity_file=str(tmp_path / "key"),
    )


@pytest.fixture
def stored(config: BackupConfig) -> StoredSet:
    """An encrypted set."""
    made = manifest_of(1)
    folder = Path(config.directory) / made.name
    for name, content in PLAIN.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / ".pgsop").touch()
    plain = checksums.take(str(folder), flush=False)
    encryption.encrypt(config, str(folder))
    files = checksums.take(str(folder), flush=False)
    manifest.write(
        str(folder),
        dataclasses.replace(made, plain_files=plain, files=files, encryption={"tool": encryption.version()}),
    )
    return Store(config.directory).load(made.name)


def leftovers(config: BackupConfig) -> list[str]:
    return [name for name in inside(config.directory) if name.startswith(".restore-")]


def test_every_part_is_encrypted_and_nothing_plain_stays(stored: StoredSet) -> None:
    assert stored.verified
    assert sorted(inside(stored.path)) == [".pgsop", "appdb.dump.tar.age", "globals.sql.age", "manifest.json"]
    for name in ("appdb.dump.tar.age", "globals.sql.age"):
        content = (Path(stored.path) / name).read_bytes()
        assert content.startswith(b"age mine colleague\n")
        assert not [plain for plain in PLAIN.values() if plain in content]


def test_what_comes_out_is_what_went_in_and_goes_away_again(config: BackupConfig, stored: StoredSet) -> None:
    with encryption.opened(config, stored, ["appdb.dump", "globals.sql"]) as folder:
        assert Path(folder).stat().st_mode & 0o777 == 0o700
        found = {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}
        assert found == PLAIN
        assert not encryption.abandoned(folder)
    assert leftovers(config) == []


def test_parts_that_nobody_asked_for_stay_encrypted(config: BackupConfig, stored: StoredSet) -> None:
    with encryption.opened(config, stored, ["globals.sql"]) as folder:
        assert inside(folder) == ["globals.sql"]


def test_plain_set_is_used_where_it_is(config: BackupConfig) -> None:
    path = on_disk(Path(config.directory), 2)
    stored = Store(config.directory).load(path.name)
    with encryption.opened(dataclasses.replace(config, encryption_identity_file=""), stored, ["appdb.dump"]) as folder:
        assert folder == str(path)
    assert stored.manifest is not None
    assert encryption.stored_name(stored.manifest, "appdb.dump") == "appdb.dump"


def test_parts_have_their_names_on_disk(stored: StoredSet) -> None:
    assert stored.manifest is not None
    assert encryption.stored_name(stored.manifest, "appdb.dump") == "appdb.dump.tar.age"
    assert encryption.stored_name(stored.manifest, "globals.sql") == "globals.sql.age"


@pytest.mark.parametrize("part", ["appdb.dump", "globals.sql"])
def test_key_that_does_not_fit_is_told(config: BackupConfig, stored: StoredSet, part: str) -> None:
    Path(config.encryption_identity_file).write_text("somebody's", encoding="utf-8")
    with pytest.raises(PgsopError, match="no identity matched"), encryption.opened(config, stored, [part]):
        pass
    assert leftovers(config) == []


@pytest.mark.parametrize(
    ("key", "told"), [("", "no secret key is declared"), ("/nowhere/key", "/nowhere/key cannot be read")]
)
def test_missing_key_is_told_before_anything_is_made(
    config: BackupConfig, stored: StoredSet, key: str, told: str
) -> None:
    without = dataclasses.replace(config, encryption_identity_file=key)
    with pytest.raises(PgsopError, match=told), encryption.opened(without, stored, ["globals.sql"]):
        pass


@pytest.mark.parametrize("part", ["appdb.dump", "globals.sql", "gone.dump"])
def test_part_that_is_gone_is_told(config: BackupConfig, stored: StoredSet, part: str) -> None:
    for path in Path(stored.path).glob("*.age"):
        path.unlink()
    with pytest.raises(PgsopError, match="No such file"), encryption.opened(config, stored, [part]):
        pass
    assert leftovers(config) == []


def test_part_that_was_altered_is_refused(config: BackupConfig, stored: StoredSet) -> None:
    path = Path(stored.path) / "globals.sql.age"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with (
        pytest.raises(PgsopError, match="another content than it was verified"),
        encryption.opened(config, stored, ["globals.sql"]),
    ):
        pass
    assert leftovers(config) == []


@pytest.mark.parametrize("name", ["../evil", "appdb.dump/../../evil", "/tmp/evil", "appdb.dump/sub/evil", "evil"])
def test_altered_archive_writes_nowhere_else(
    config: BackupConfig, stored: StoredSet, tmp_path: Path, name: str
) -> None:
    archived = io.BytesIO()
    with tarfile.open(fileobj=archived, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = 4
        archive.addfile(member, io.BytesIO(b"evil"))
        link = tarfile.TarInfo("appdb.dump/toc.dat")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    path = Path(stored.path) / "appdb.dump.tar.age"
    path.write_bytes(b"age mine\n" + bytes(byte ^ 0x55 for byte in archived.getvalue()))
    with pytest.raises(PgsopError, match="cannot be read"), encryption.opened(config, stored, ["appdb.dump"]):
        pass
    assert [path for path in tmp_path.rglob("evil") if path.is_file()] == []
    assert leftovers(config) == []


def test_what_was_added_to_an_archive_elsewhere_is_left_there(config: BackupConfig, stored: StoredSet) -> None:
    archived = io.BytesIO()
    with tarfile.open(fileobj=archived, mode="w") as archive:
        for name in ("appdb.dump/toc.dat", "appdb.dump/1.dat", "other/3.dat", "appdb.dump/sub/4.dat"):
            member = tarfile.TarInfo(name)
            member.size = len(PLAIN.get(name, b"evil"))
            archive.addfile(member, io.BytesIO(PLAIN.get(name, b"evil")))
    path = Path(stored.path) / "appdb.dump.tar.age"
    path.write_bytes(b"age mine\n" + bytes(byte ^ 0x55 for byte in archived.getvalue()))
    with encryption.opened(config, stored, ["appdb.dump"]) as folder:
        assert inside(folder) == ["appdb.dump"]
        assert inside(Path(folder) / "appdb.dump") == ["1.dat", "toc.dat"]


@pytest.mark.parametrize("folder", [False, True])
def test_recipient_that_is_none_is_told_and_the_plain_part_is_still_there(
    config: BackupConfig, tmp_path: Path, folder: bool
) -> None:
    made = tmp_path / "made"
    plain = made / "appdb.dump" / "toc.dat" if folder else made / "appdb.dump"
    plain.parent.mkdir(parents=True)
    plain.write_bytes(b"x" * 1_000_000)
    with pytest.raises(PgsopError, match="unknown recipient type"):
        encryption.encrypt(dataclasses.replace(config, encryption_recipients=("bad",)), str(made))
    assert plain.exists()


def test_program_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert encryption.version() == "age v1.1.1"
    monkeypatch.setattr(encryption, "PROGRAM", "/nowhere/age")
    with pytest.raises(PgsopError, match="install the package age"):
        encryption.version()


def test_folder_of_a_killed_restore_is_abandoned(tmp_path: Path) -> None:
    (tmp_path / ".restore-x").mkdir()
    # Whoever made it may be about to lock it.
    assert not encryption.abandoned(str(tmp_path / ".restore-x"))
    os.utime(tmp_path / ".restore-x", (0, 0))
    with held(tmp_path / ".restore-x"):
        assert not encryption.abandoned(str(tmp_path / ".restore-x"))
    assert encryption.abandoned(str(tmp_path / ".restore-x"))

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A manifest says what was written, or nothing."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import manifest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.manifest import StoredFile
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    dump_of,
    inside,
    manifest_of,
)

FULL = manifest_of(
    3,
    ["appdb", dump_of("a\nb \u6570", rows={}, sequences={'"\u00e4"."x\ny"': (-9_223_372_036_854_775_808, False)})],
    files=(StoredFile("appdb.dump/toc.dat", 12, "ab" * 32, 1_795_305_600_000_000_001),),
    plain_files=(StoredFile("appdb.dump/toc.dat", 11, "cd" * 32),),
    encryption={"tool": "age 1.1.1", "recipients": ["age1x"]},
    seconds={"databases": 0.1},
    copies=({"at": "2026-11-22T00:00:00Z", "command": "/bin/copy"},),
    drills=({"at": "2026-11-22T00:00:00Z", "ok": True},),
    damage=("a file has other bytes",),
)


def altered(**changes: Any) -> str:
    """The manifest with another body under the same digest."""
    return json.dumps({**json.loads(manifest.to_text(FULL)), **changes})


def test_what_is_written_is_read_back() -> None:
    text = manifest.to_text(FULL)
    assert manifest.from_text(text) == FULL
    assert manifest.to_text(manifest.from_text(text)) == text


def test_one_altered_byte_is_refused_or_means_the_same() -> None:
    """What can be altered without being seen is white space between the parts alone."""
    text = manifest.to_text(manifest_of(1, ["a"])).encode()
    unseen = []
    for position, byte in enumerate(text):
        for other in {byte ^ 1, byte ^ 0x20, byte ^ 0x80, ord("0"), ord(" ")} - {byte}:
            changed = text[:position] + bytes([other]) + text[position + 1 :]
            try:
                assert manifest.from_text(changed.decode()) == manifest_of(1, ["a"])
                unseen.append(chr(byte))
            except ValueError:
                pass
    assert set(unseen) <= {" ", "\n"}


@pytest.mark.parametrize("length", [0, 1, 100, -3])
def test_cut_manifest_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=r"line|digest|form"):
        manifest.from_text(manifest.to_text(FULL)[:length])


@pytest.mark.parametrize(
    "text",
    [
        altered(serial=4),
        altered(damage=[]),
        altered(complete=False),
        altered(digest=""),
        altered(digest=None),
        altered(extra=1),
        json.dumps({"form": manifest.FORM}),
    ],
)
def test_content_that_does_not_fit_the_digest_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="does not fit its digest"):
        manifest.from_text(text)


@pytest.mark.parametrize(
    "text", [altered(form=2), altered(form="1"), altered(form=None), "{}", "[]", "null", '"x"', "1"]
)
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"this pgsop reads form {manifest.FORM}"):
        manifest.from_text(text)


def test_set_knows_its_size_and_its_databases() -> None:
    made = manifest_of(1, ["a", "b"], files=(StoredFile("x", 5, ""), StoredFile("y", 7, "")))
    assert made.bytes == 12
    assert made.database("b") == dump_of("b")
    assert made.database("c") is None


def test_file_is_replaced_as_a_whole_and_nobody_else_reads_it(tmp_path: Path) -> None:
    manifest.write(str(tmp_path), FULL)
    later = dataclasses.replace(FULL, serial=9)
    manifest.write(str(tmp_path), later)
    assert manifest.read(str(tmp_path)) == later
    assert inside(tmp_path) == ["manifest.json"]
    assert (tmp_path / "manifest.json").stat().st_mode & 0o777 == 0o600


def test_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(PgsopError, match="Cannot write the manifest"):
        manifest.write(str(tmp_path / "gone"), FULL)
    with pytest.raises(FileNotFoundError):
        manifest.read(str(tmp_path / "gone"))

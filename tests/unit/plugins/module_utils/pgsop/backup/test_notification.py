# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The failure command is run the same for a failure and for a test, and its own failure is kept and shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import notification
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.progress import Progress
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import script

#: Writes what a site's command can see of its surroundings.
SHOW = """
import json
seen = {key: value for key, value in os.environ.items() if key.startswith("PGSOP_")}
seen.update(arguments=sys.argv[1:], folder=os.getcwd(), input=sys.stdin.read(), session=os.getsid(0) == os.getpid())
json.dump(seen, open(os.path.join(os.path.dirname(sys.argv[0]), "seen"), "w"))
"""
SECRET = "token-4711"


class Shown(Progress):
    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)


def config(tmp_path: Path, body: str = "", *, command: str = "") -> BackupConfig:
    path = script(tmp_path / "page", body)
    return BackupConfig(
        17,
        directory="/var/backups/there",
        state_directory=str(tmp_path),
        failure_command=command or f"{path} {SECRET} 'two words'",
    )


def seen(tmp_path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((tmp_path / "seen").read_text(encoding="utf-8"))
    return found


def test_test_and_failure_run_the_command_alike(tmp_path: Path) -> None:
    declared = config(tmp_path, SHOW)
    notification.report_failure(declared, "backup", ValueError("disk\0full"), Shown())
    failure = seen(tmp_path)
    notification.send_test(declared)
    test = seen(tmp_path)
    assert failure.pop("PGSOP_ERROR") == "disk full"
    assert test.pop("PGSOP_ERROR") == notification.TEST_MESSAGE
    assert failure == test
    assert (test["PGSOP_ACT"], test["PGSOP_DIRECTORY"]) == ("backup", "/var/backups/there")
    assert test["arguments"] == [SECRET, "two words"]


@pytest.mark.parametrize(
    ("body", "command", "error"),
    [
        ("sys.exit(3)", "", "it ended with status 3"),
        ("print('no route', file=sys.stderr); sys.exit(1)", "", "it ended with status 1; no route"),
        ("print('\\n'.join('abcdefgh')); sys.exit(1)", "", "it ended with status 1; a b c d e"),
        ("time.sleep(60)", "", "not done within 0 s"),
        ("", "/nowhere/page x", "there is no program '/nowhere/page'"),
        ("", "/etc/passwd x", "/etc/passwd is not executable"),
    ],
)
def test_command_that_fails_is_kept_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, command: str, error: str
) -> None:
    monkeypatch.setattr(notification, "_TIMEOUT_S", 0.3 if "sleep" in body else 20.0)
    declared, shown = config(tmp_path, body, command=command), Shown()
    notification.report_failure(declared, "drill", ValueError("broken"), shown)
    (warning,) = shown.warnings
    assert error in warning
    assert notification.TEST_COMMAND in warning
    kept = notification.last(declared)
    assert kept is not None
    assert (kept["ok"], kept["act"], kept["test"]) == (False, "drill", False)
    assert error in kept["error"]
    with pytest.raises(PgsopError) as failed:
        notification.send_test(declared)
    assert error in failed.value.answer
    assert (notification.last(declared) or {})["test"] is True


def test_command_that_cannot_even_be_started_leaves_the_first_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_arguments: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(notification, "run_command", no_room)
    shown = Shown()
    notification.report_failure(config(tmp_path), "backup", ValueError("x"), shown)
    assert "No space left on device" in shown.warnings[0]


def test_state_that_cannot_be_written_is_shown_and_hides_nothing(tmp_path: Path) -> None:
    shown = Shown()
    declared = BackupConfig(17, state_directory=str(tmp_path / "gone"), failure_command="/bin/false")
    notification.report_failure(declared, "backup", ValueError("x"), shown)
    assert len(shown.warnings) == 2


def test_test_that_goes_well_takes_a_failure_back(tmp_path: Path) -> None:
    page = tmp_path / "page"
    declared = config(tmp_path, "sys.exit(1)")
    notification.report_failure(declared, "backup", ValueError("x"), Shown())
    script(page, "print('sent')")
    report = notification.send_test(declared)
    assert (report["ok"], report["output"], report["error"]) == (True, "sent", "")
    assert (notification.last(declared) or {})["ok"] is True


def test_arguments_are_in_no_output(tmp_path: Path) -> None:
    declared, shown = config(tmp_path, "sys.exit(1)"), Shown()
    notification.report_failure(declared, "backup", ValueError("x"), shown)
    kept = (tmp_path / "notification.json").read_text(encoding="utf-8")
    assert SECRET not in kept + str(shown.warnings) + str(notification.last(declared))


def test_another_command_has_not_run_yet(tmp_path: Path) -> None:
    declared = config(tmp_path)
    notification.send_test(declared)
    assert notification.last(config(tmp_path, command="/bin/true")) is None
    assert notification.last(BackupConfig(17, state_directory=str(tmp_path))) is None


@pytest.mark.parametrize("text", [None, "", "[]", '{"ok": true}'])
def test_note_of_another_kind_is_no_note(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "notification.json").write_text(text, encoding="utf-8")
    assert notification.last(config(tmp_path)) is None


def test_nothing_is_run_where_nothing_is_declared(tmp_path: Path) -> None:
    declared, shown = BackupConfig(17, state_directory=str(tmp_path)), Shown()
    notification.report_failure(declared, "backup", ValueError("x"), shown)
    assert (shown.warnings, list(tmp_path.iterdir())) == ([], [])
    with pytest.raises(PgsopError) as refused:
        notification.send_test(declared)
    assert refused.value.target == "pg_backup_failure_command"

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is planned from a declaration and the answers of a server, which is played by tables."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import cluster as cluster_module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import memory
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings import dropin, refusal
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings import plan as plan_module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings.declaration import SettingsRequest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings.plan import (
    SettingsPlan,
    make_plan,
    offline_plan,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings.values import written

USER = pwd.getpwuid(os.getuid()).pw_name
GROUP = grp.getgrgid(os.getgid()).gr_name

#: Rows of pg_settings: name, setting, unit, vartype, context, low, high, enumvals, boot_val.
PG_SETTINGS: Sequence[tuple[Any, ...]] = (
    ("work_mem", "4096", "kB", "integer", "user", "64", "2147483647", None, "4096"),
    ("shared_buffers", "16384", "8kB", "integer", "postmaster", "16", "1073741823", None, "16384"),
    ("max_connections", "100", None, "integer", "postmaster", "1", "262143", None, "100"),
    ("unix_socket_permissions", "0777", None, "integer", "postmaster", "0", "511", None, "511"),
    ("random_page_cost", "4", None, "real", "user", "0", "1.79769e+308", None, "4"),
    ("log_connections", "off", None, "bool", "superuser-backend", None, None, None, "off"),
    ("log_lock_waits", "off", None, "bool", "superuser", None, None, None, "off"),
    ("wal_level", "replica", None, "enum", "postmaster", None, None, ["minimal", "replica", "logical"], "replica"),
    ("log_line_prefix", "%m [%p] ", None, "string", "sighup", None, None, None, "%m [%p] "),
    ("archive_command", "", None, "string", "sighup", None, None, None, ""),
    ("listen_addresses", "localhost", None, "string", "postmaster", None, None, None, "localhost"),
    ("data_directory", "/var/lib/postgresql/17/main", None, "string", "postmaster", None, None, None, None),
    ("config_file", "/etc/postgresql/17/main/postgresql.conf", None, "string", "postmaster", None, None, None, None),
    ("hba_file", "/etc/postgresql/17/main/pg_hba.conf", None, "string", "postmaster", None, None, None, None),
    ("DateStyle", "ISO, MDY", None, "string", "user", None, None, None, "ISO, MDY"),
    ("TimeZone", "UTC", None, "string", "user", None, None, None, "GMT"),
    ("client_encoding", "UTF8", None, "string", "user", None, None, None, "SQL_ASCII"),
    ("server_version_num", "170012", None, "integer", "internal", "170012", "170012", None, "170012"),
)
_COLUMNS = ("name", "setting", "unit", "vartype", "context", "min_val", "max_val", "enumvals", "boot_val")


class Server(Session):
    """A session that answers from tables."""

    def __init__(self) -> None:
        super().__init__(None)
        self.settings = {
            row[0]: dict(zip(_COLUMNS, row, strict=True), shown=row[1], source="default") for row in PG_SETTINGS
        }
        for row in self.settings.values():
            row.update(sourcefile=None, sourceline=None, pending_restart=False)
        self.entries: list[dict[str, Any]] = []
        self.loaded_at = float("inf")

    def rows(self, statement: str, parameters: Any = ()) -> list[dict[str, Any]]:
        if "pg_conf_load_time" in statement:
            return [{"extract": self.loaded_at}]
        if "pg_file_settings" in statement:
            return [dict(row) for row in self.entries]
        assert "FROM pg_catalog.pg_settings" in statement
        (names,) = parameters
        assert isinstance(names, list)
        return [dict(row) for name, row in self.settings.items() if name.lower() in names]

    def now(self, name: str, setting: str, source: str = "configuration file", **more: object) -> None:
        """What pg_settings says of a setting."""
        self.settings[name].update(setting=setting, shown=setting, source=source, **more)

    def line(self, path: str, name: str | None, setting: str | None, line: int = 1, error: str | None = None) -> None:
        """A line of a file on disk, in pg_file_settings."""
        row = {"sourcefile": path, "sourceline": line, "name": name, "setting": setting, "applied": error is None}
        self.entries.append(dict(row, error=error))


@dataclass
class ServerState:
    """A host with one cluster, and what is declared for it."""

    root: Path
    server: Server = field(default_factory=Server)

    @property
    def cluster(self) -> Cluster:
        data, config = str(self.root / "data"), str(self.root / "17" / "main")
        return Cluster(17, "main", 5432, True, USER, data, config, "", "")

    @property
    def main_file(self) -> str:
        return f"{self.cluster.config_directory}/postgresql.conf"

    @property
    def auto_conf(self) -> str:
        return f"{self.cluster.data_directory}/postgresql.auto.conf"

    def dropin(self, name: str) -> str:
        return f"{self.cluster.config_directory}/conf.d/{name}"

    def request(self, settings: dict[str, Any], **more: Any) -> SettingsRequest:
        defaults: dict[str, Any] = {"name": "t", "priority": 50, "reasons": {}}
        return SettingsRequest(version=17, cluster="main", settings=settings, **{**defaults, **more})

    def plan(self, settings: dict[str, Any], **more: Any) -> SettingsPlan:
        return make_plan(self.request(settings, **more), self.cluster, self.server)

    def applied(self, settings: dict[str, Any], **more: Any) -> SettingsRequest:
        """Have the drop-in on disk as it was declared."""
        request = self.request(settings, **more)
        Path(request.path).write_text(request.text, encoding="utf-8")
        Path(request.path).chmod(0o644)
        for number, (name, value) in enumerate(settings.items()):
            self.server.line(request.path, name, written(value), 3 * number + 3)
        return request


@pytest.fixture(name="world")
def _world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServerState:
    world = ServerState(tmp_path)
    Path(world.dropin("x")).parent.mkdir(parents=True)
    Path(world.main_file).write_text("port = 5432\ninclude_dir = 'conf.d'\n", encoding="utf-8")
    Path(world.auto_conf).parent.mkdir()
    Path(world.auto_conf).write_text("# Do not edit this file manually!\n", encoding="utf-8")
    monkeypatch.setattr(cluster_module, "CONFIG_ROOT", str(tmp_path))
    monkeypatch.setattr(refusal, "effective_memory", lambda pid: memory.Limit(8 * 1024**3, "MemTotal"))
    if USER != GROUP:  # the engine takes the owner's name for the group's, as it is for postgres
        monkeypatch.setattr(plan_module, "has_mode", lambda state, mode: state.mode == mode.mode)
    return world


def test_new_setting_is_written_and_loaded(world: ServerState) -> None:
    plan = world.plan({"work_mem": "16MB"}, reasons={"work_mem": "Per sort."})
    assert plan.actions == [f"write {world.dropin('50-t.conf')}", "reload"]
    assert plan.text.endswith("\n# Per sort.\nwork_mem = '16MB'\n")
    (setting,) = plan.settings
    assert (setting.value, setting.reason, setting.in_force, setting.needs_restart) == (
        "16MB",
        "Per sort.",
        False,
        False,
    )
    file_part, server_part = plan.diff()
    assert file_part["before_header"] == file_part["after_header"] == world.dropin("50-t.conf")
    assert file_part["before"] == ""
    assert file_part["after"] == f"# {USER}:{USER} 0644\n" + dropin.one_line_each(plan.text)
    assert server_part == {
        "before_header": "running server",
        "after_header": "running server",
        "before": "work_mem = 4096\n",
        "after": "work_mem = 16MB\n",
    }


@pytest.mark.parametrize(
    ("name", "declared", "setting"),
    [
        ("work_mem", "16MB", "16384"),
        ("WORK_MEM", "16 MB", "16384"),
        ("shared_buffers", "1GB", "131072"),
        ("random_page_cost", "1.10", "1.1"),
        ("log_connections", True, "on"),
        ("log_connections", "yes", "on"),
        ("unix_socket_permissions", "0770", "0770"),
        ("wal_level", "LOGICAL", "logical"),
        ("log_line_prefix", "it's", "it's"),
        ("archive_command", "", ""),
    ],
)
def test_value_that_is_in_force_changes_nothing(world: ServerState, name: str, declared: Any, setting: str) -> None:
    world.applied({name: declared})
    next(row for key, row in world.server.settings.items() if key == name.lower()).update(setting=setting)
    plan = world.plan({name: declared})
    assert plan.actions == []
    assert plan.diff() == []
    assert [item.in_force for item in plan.settings] == [True]


@pytest.mark.parametrize(
    ("name", "declared"),
    [("random_page_cost", 1.1), ("work_mem", "16MB"), ("log_connections", True), ("wal_level", "logical")],
)
def test_value_that_is_not_in_force_is_told(world: ServerState, name: str, declared: Any) -> None:
    (setting,) = world.plan({name: declared}).settings
    assert not setting.in_force


def test_file_altered_by_hand_is_written_again(world: ServerState) -> None:
    request = world.applied({"work_mem": "16MB"})
    world.server.now("work_mem", "16384")
    with Path(request.path).open("a", encoding="utf-8") as handle:
        handle.write("fsync = off\n")
    plan = world.plan({"work_mem": "16MB"})
    assert plan.actions == [f"write {request.path}", "reload"]
    assert plan.diff()[0]["before"].endswith("fsync = off\n")


def test_mode_altered_by_hand_is_repaired_and_shown(world: ServerState) -> None:
    request = world.applied({"work_mem": "16MB"})
    world.server.now("work_mem", "16384")
    Path(request.path).chmod(0o666)
    plan = world.plan({"work_mem": "16MB"})
    assert plan.writes
    assert [part["before"].splitlines()[0] for part in plan.diff()] == [f"# {USER}:{GROUP} 0666"]


def test_file_that_was_never_loaded_is_loaded(world: ServerState) -> None:
    world.applied({"work_mem": "16MB"})
    plan = world.plan({"work_mem": "16MB"})
    assert plan.actions == ["reload"]
    assert [part["before_header"] for part in plan.diff()] == ["running server"]


@pytest.mark.parametrize(("allowed", "last"), [(True, "restart"), (False, "reload")])
def test_postmaster_setting_needs_a_restart_that_may_be_withheld(world: ServerState, allowed: bool, last: str) -> None:
    plan = world.plan({"shared_buffers": "1GB"}, restart_allowed=allowed)
    assert plan.needs_restart
    assert plan.actions[-1] == last
    assert [item.needs_restart for item in plan.settings] == [True]


def test_withheld_restart_is_no_change_of_its_own(world: ServerState) -> None:
    world.applied({"shared_buffers": "1GB"})
    plan = world.plan({"shared_buffers": "1GB"}, restart_allowed=False)
    assert plan.needs_restart
    assert plan.actions == []


def test_reload_settings_do_not_restart(world: ServerState) -> None:
    plan = world.plan({"work_mem": "16MB", "log_line_prefix": "%m ", "log_connections": True})
    assert not plan.needs_restart
    assert plan.actions[-1] == "reload"


@pytest.mark.parametrize("context", ["sighup", "superuser", "user", "backend", "superuser-backend"])
def test_only_postmaster_settings_restart(world: ServerState, context: str) -> None:
    world.server.settings["work_mem"]["context"] = context
    assert not world.plan({"work_mem": "16MB"}).needs_restart


# postgresql.auto.conf


def test_override_by_alter_system_is_reset_and_shown(world: ServerState) -> None:
    world.applied({"work_mem": "16MB"})
    world.server.line(world.auto_conf, "work_mem", "1MB", 3)
    world.server.line(world.auto_conf, "log_lock_waits", "on", 4)
    world.server.now("work_mem", "1024")
    plan = world.plan({"work_mem": "16MB"})
    assert plan.actions == ["ALTER SYSTEM RESET work_mem", "reload"]
    assert plan.auto_conf is not None
    assert plan.auto_conf.text == "# Do not edit this file manually!\n"
    part = plan.diff()[0]
    assert (part["before_header"], part["before"], part["after"]) == (world.auto_conf, "work_mem = '1MB'\n", "")


def test_same_value_in_auto_conf_is_reset_too(world: ServerState) -> None:
    world.applied({"work_mem": "16MB"})
    world.server.line(world.auto_conf, "WORK_MEM", "16MB")
    world.server.now("work_mem", "16384")
    assert world.plan({"work_mem": "16MB"}).actions == ["ALTER SYSTEM RESET WORK_MEM", "reload"]


def test_reset_of_a_postmaster_setting_restarts(world: ServerState) -> None:
    world.applied({"shared_buffers": "1GB"})
    world.server.line(world.auto_conf, "shared_buffers", "512MB")
    world.server.now("shared_buffers", "65536")
    assert world.plan({"shared_buffers": "1GB"}).actions == ["ALTER SYSTEM RESET shared_buffers", "reload", "restart"]


def test_override_by_alter_system_can_be_refused(world: ServerState) -> None:
    world.server.line(world.auto_conf, "work_mem", "1MB", 3)
    with pytest.raises(PgsopError) as refused:
        world.plan({"work_mem": "16MB"}, refuse_auto_conf=True)
    assert f"work_mem = 1MB in {world.auto_conf} line 3" in str(refused.value)
    assert "ALTER SYSTEM RESET" in refused.value.next_step


# other files


@pytest.mark.parametrize("place", ["conf.d/60-theirs.conf", "conf.d/50-t2.conf", "postgresql.conf"])
def test_override_in_a_later_place_is_refused_with_file_and_line(world: ServerState, place: str) -> None:
    path = f"{world.cluster.config_directory}/{place}"
    world.server.line(path, "Work_Mem", "1MB", 9)
    with pytest.raises(PgsopError) as refused:
        world.plan({"work_mem": "16MB"})
    assert f"Work_Mem = 1MB in {path} line 9" in str(refused.value)


@pytest.mark.parametrize(("name", "caller"), [("60-pg_tuning.conf", "pg_tuning"), ("60-theirs.conf", "")])
def test_override_in_the_file_of_another_role_is_refused_with_that_role(
    world: ServerState, name: str, caller: str
) -> None:
    path = Path(world.dropin(name))
    path.write_text(dropin.render(caller, {"work_mem": "1MB"}, {}) if caller else "work_mem = 1MB\n", encoding="utf-8")
    world.server.line(str(path), "work_mem", "1MB", 3)
    with pytest.raises(PgsopError) as refused:
        world.plan({"work_mem": "16MB"})
    assert f"work_mem = 1MB in {path} line 3" in refused.value.answer
    assert (f"{path} is managed for pg_tuning" in refused.value.next_step) is bool(caller)
    assert ("--tags pg_tuning" in refused.value.next_step) is bool(caller)
    assert "remove the override" in refused.value.next_step


@pytest.mark.parametrize(
    ("place", "line"), [("conf.d/05-theirs.conf", 9), ("conf.d/50-s.conf", 9), ("postgresql.conf", 1)]
)
def test_value_in_an_earlier_place_is_ours_to_override(world: ServerState, place: str, line: int) -> None:
    world.server.line(f"{world.cluster.config_directory}/{place}", "work_mem", "1MB", line)
    assert world.plan({"work_mem": "16MB"}).actions == [f"write {world.dropin('50-t.conf')}", "reload"]


def test_file_included_behind_the_folder_overrides(world: ServerState) -> None:
    Path(world.main_file).write_text("include_dir = 'conf.d'\ninclude 'a_late.conf'\n", encoding="utf-8")
    world.applied({"work_mem": "16MB"})
    world.server.line(f"{world.cluster.config_directory}/a_late.conf", "work_mem", "1MB")
    with pytest.raises(PgsopError, match=r"a_late\.conf"):
        world.plan({"work_mem": "16MB"})


@pytest.mark.parametrize(
    ("include", "file", "wins"),
    [
        ("include 'a_late.conf'", "a_late.conf", True),
        ("include_if_exists = 'a_late.conf'", "a_late.conf", True),
        ("include_dir = 'a_late.d'", "a_late.d/x.conf", True),
        ("", "z_early.conf", False),
    ],
)
def test_included_file_has_its_place_before_there_is_a_file_of_ours(
    world: ServerState, include: str, file: str, wins: bool
) -> None:
    lines = f"include 'z_early.conf'\ninclude_dir = 'conf.d'\n{include}\n"
    Path(world.main_file).write_text(lines, encoding="utf-8")
    world.server.line(f"{world.cluster.config_directory}/{file}", "work_mem", "1MB")
    if wins:
        with pytest.raises(PgsopError, match="a_late"):
            world.plan({"work_mem": "16MB"})
    else:
        assert world.plan({"work_mem": "16MB"}).writes


def test_file_included_before_the_folder_does_not_override(world: ServerState) -> None:
    Path(world.main_file).write_text("include 'z_early.conf'\ninclude_dir = 'conf.d'\n", encoding="utf-8")
    world.server.line(f"{world.cluster.config_directory}/z_early.conf", "work_mem", "1MB")
    world.applied({"work_mem": "16MB"})
    world.server.now("work_mem", "16384")
    assert world.plan({"work_mem": "16MB"}).actions == []


@pytest.mark.parametrize(
    "line",
    [
        "include_dir = 'conf.d'",
        "include_dir 'conf.d'",
        "include_dir='conf.d'",
        "INCLUDE_DIR = 'conf.d/'",
        "  include_dir\t=\t'conf.d'   # comment",
    ],
)
def test_include_is_found_in_every_spelling(world: ServerState, line: str) -> None:
    Path(world.main_file).write_text(f"port = 5432\n{line}\n", encoding="utf-8")
    assert world.plan({"work_mem": "16MB"}).writes


@pytest.mark.parametrize("folder", ["./conf.d", "{config}/conf.d"])
def test_include_by_another_path_to_the_same_folder_is_found(world: ServerState, folder: str) -> None:
    path = folder.format(config=world.cluster.config_directory)
    Path(world.main_file).write_text(f"include_dir = '{path}'\n", encoding="utf-8")
    assert world.plan({"work_mem": "16MB"}).writes


@pytest.mark.parametrize(
    "line", ["", "#include_dir = 'conf.d'", "include_dir = 'conf.d.old'", "include_dir = 'xconf.d'"]
)
def test_missing_include_is_refused(world: ServerState, line: str) -> None:
    Path(world.main_file).write_text(f"port = 5432\n{line}\n", encoding="utf-8")
    with pytest.raises(PgsopError, match=r"it has no line include_dir = 'conf\.d'"):
        world.plan({"work_mem": "16MB"})


def test_command_line_of_the_postmaster_is_refused(world: ServerState) -> None:
    world.server.now("work_mem", "1024", "command line")
    with pytest.raises(PgsopError, match="work_mem on the postmaster's command line"):
        world.plan({"work_mem": "16MB"})


# broken files


def test_broken_line_of_somebody_else_is_refused(world: ServerState) -> None:
    world.server.line(world.main_file, None, None, 12, "syntax error")
    with pytest.raises(PgsopError) as refused:
        world.plan({"work_mem": "16MB"})
    assert f"{world.main_file} line 12: syntax error" in str(refused.value)
    assert "ignores every reload" in refused.value.next_step


def test_bad_value_of_somebody_else_is_refused(world: ServerState) -> None:
    world.server.line(world.dropin("10-x.conf"), "log_lock_waits", "maybe", 2, "setting could not be applied")
    with pytest.raises(PgsopError, match="log_lock_waits = maybe: setting could not be applied"):
        world.plan({"work_mem": "16MB"})


def test_own_broken_file_is_replaced(world: ServerState) -> None:
    path = world.dropin("50-t.conf")
    Path(path).write_text("work_mem = maybe\n", encoding="utf-8")
    world.server.line(path, "work_mem", "maybe", 1, "setting could not be applied")
    assert world.plan({"work_mem": "16MB"}).actions == [f"write {path}", "reload"]


def test_changed_postmaster_setting_of_somebody_else_is_not_broken(world: ServerState) -> None:
    world.server.line(world.main_file, "max_connections", "200", 1, "setting could not be applied")
    assert world.plan({"work_mem": "16MB"}).actions[-1] == "reload"


# overrides that hold for single roles or sessions only


@pytest.mark.parametrize("source", ["database", "user", "database user", "client", "session", "global"])
def test_value_of_single_roles_hides_but_does_not_undo_the_servers(world: ServerState, source: str) -> None:
    world.applied({"work_mem": "16MB"})
    world.server.now("work_mem", "64", source)
    plan = world.plan({"work_mem": "16MB"})
    assert plan.actions == []
    assert plan.settings[0].in_force


@pytest.mark.parametrize("source", ["database", "user", "database user", "client", "session"])
def test_value_that_only_our_own_session_has_is_not_in_force(world: ServerState, source: str) -> None:
    world.server.now("work_mem", "16384", source)
    plan = world.plan({"work_mem": "16MB"})
    assert not plan.settings[0].in_force
    assert plan.actions[-1] == "reload"


# settings that leave the file


def test_removed_setting_is_taken_out_and_loaded(world: ServerState) -> None:
    request = world.applied({"work_mem": "16MB", "log_lock_waits": True})
    world.server.now("log_lock_waits", "on")
    plan = world.plan({"log_lock_waits": True})
    assert plan.actions == [f"write {request.path}", "reload"]
    assert not plan.needs_restart


def test_removed_postmaster_setting_restarts(world: ServerState) -> None:
    world.applied({"shared_buffers": "1GB"})
    world.server.now("shared_buffers", "131072")
    plan = world.plan({})
    assert plan.removed_need_restart == ("shared_buffers",)
    assert plan.actions[-1] == "restart"
    assert world.plan({}, restart_allowed=False).actions[-1] == "reload"


@pytest.mark.parametrize(("theirs", "restarts"), [("1GB", False), ("1024MB", False), ("2GB", True)])
def test_removed_postmaster_setting_falls_back_to_the_other_files(
    world: ServerState, theirs: str, restarts: bool
) -> None:
    world.server.line(world.main_file, "shared_buffers", theirs)
    world.applied({"shared_buffers": "1GB"})
    world.server.now("shared_buffers", "131072")
    assert world.plan({}).needs_restart is restarts


@pytest.mark.parametrize(
    ("name", "declared", "setting"),
    [
        ("shared_buffers", "128MB", "16384"),
        ("max_connections", 100, "100"),
        ("wal_level", "replica", "replica"),
        ("listen_addresses", "localhost", "localhost"),
        ("unix_socket_permissions", "0777", "0777"),
    ],
)
def test_removed_setting_that_had_the_default_value_does_not_restart(
    world: ServerState, name: str, declared: Any, setting: str
) -> None:
    world.applied({name: declared})
    world.server.now(name, setting)
    assert not world.plan({}).needs_restart


def test_bad_value_of_a_postmaster_setting_that_takes_over_is_an_error_in_words(world: ServerState) -> None:
    world.server.line(world.main_file, "shared_buffers", "garbage", 1, "setting could not be applied")
    world.applied({"shared_buffers": "1GB"})
    world.server.now("shared_buffers", "131072")
    with pytest.raises(PgsopError, match="garbage"):
        world.plan({})


# refusals before anything is written


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"work_men": "16MB"}, "work_men = 16MB: this server has no such setting"),
        ({"": "x"}, "this is no name of a setting"),
        ({"work_mem": "16 Mb"}, "work_mem = 16 Mb: '16 Mb' has the unit 'Mb'"),
        ({"work_mem": "1kB"}, "outside the server's range"),
        ({"wal_level": "hot_standby"}, "is not one of minimal, replica, logical"),
        ({"server_version_num": 1}, "cannot be set"),
        ({"log_line_prefix": "a\nfsync = off"}, "a value is one line"),
        ({"shared_buffers": "8193MB"}, r"8193 MB is more than the 8192 MB there are \(MemTotal\)"),
        ({"work_mem": "x", "max_connections": 0}, "work_mem = x: .*; max_connections = 0: "),
    ],
)
def test_bad_declaration_is_refused_in_words(world: ServerState, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(PgsopError, match=words) as refused:
        world.plan(settings)
    assert refused.value.target == world.dropin("50-t.conf")
    assert "nothing was changed" in refused.value.next_step


def test_shared_buffers_of_all_memory_is_left_to_the_server(world: ServerState) -> None:
    assert world.plan({"shared_buffers": "8GB"}).needs_restart


@pytest.mark.parametrize("value", [None, ["a", "b"], {"a": 1}, ()])
def test_value_that_is_no_text_number_or_boolean_is_refused(world: ServerState, value: Any) -> None:
    with pytest.raises(PgsopError, match="archive_command"):
        world.plan({"archive_command": value})


@pytest.mark.parametrize(
    "name", ["a.b = '1'\nlog_connections", "a b.c", "a.", ".a", "a.b#", "a.b'", "1a.b", "include.x y", "a.b\\", "a.b;c"]
)
def test_extension_setting_whose_name_is_none_is_refused(world: ServerState, name: str) -> None:
    with pytest.raises(PgsopError, match="declare server settings"):
        world.plan({name: "on"})


def test_extension_setting_with_two_lines_is_refused(world: ServerState) -> None:
    with pytest.raises(PgsopError, match="one line"):
        world.plan({"pg_stat_statements.track": "all\nfsync = off"})


@pytest.mark.parametrize("name", ["pg_stat_statements.max", "auto_explain.log_min_duration", "a.b.c", "My_Ext.X$1"])
def test_extension_setting_may_come_before_its_extension(world: ServerState, name: str) -> None:
    plan = world.plan({name: "5000"})
    assert plan.actions == [f"write {world.dropin('50-t.conf')}", "reload"]
    assert plan.settings[0].parameter is None


def test_extension_setting_without_its_extension_is_loaded_once(world: ServerState) -> None:
    """pg_settings does not show it even then."""
    world.applied({"pg_stat_statements.max": "5000"})
    assert world.plan({"pg_stat_statements.max": "5000"}).actions == []


def test_same_setting_in_two_spellings_is_refused(world: ServerState) -> None:
    with pytest.raises(PgsopError, match=r"(?i)work_mem.*(twice|two|same)"):
        world.plan({"work_mem": "4MB", "WORK_MEM": "8MB"})


@pytest.mark.parametrize("name", ["data_directory", "config_file", "hba_file"])
def test_place_of_the_clusters_own_files_is_refused(world: ServerState, name: str) -> None:
    """Debian's tools look for the cluster there; with another value neither they nor this engine find it again."""
    with pytest.raises(PgsopError, match=name):
        world.plan({name: "/elsewhere"}, restart_allowed=False)


@pytest.mark.parametrize("priority", [-1, 100, 1000])
def test_priority_outside_of_two_digits_is_refused(world: ServerState, priority: int) -> None:
    """100-x.conf would be read before 50-x.conf."""
    with pytest.raises(PgsopError, match="priority"):
        world.plan({"work_mem": "4MB"}, priority=priority)


@pytest.mark.parametrize("name", ["a/b", "../../x", "a\nb", "", " "])
def test_caller_whose_name_is_no_file_name_is_refused(world: ServerState, name: str) -> None:
    with pytest.raises(PgsopError, match="name"):
        world.plan({"work_mem": "4MB"}, name=name)


@pytest.mark.parametrize(
    ("name", "declared", "setting"),
    [("DateStyle", "iso, mdy", "ISO, MDY"), ("TimeZone", "utc", "UTC"), ("client_encoding", "utf8", "UTF8")],
)
def test_text_that_the_server_spells_otherwise_is_in_force(
    world: ServerState, name: str, declared: str, setting: str
) -> None:
    """initdb itself writes datestyle = 'iso, mdy'."""
    world.applied({name: declared})
    world.server.now(name, setting)
    assert world.plan({name: declared}).actions == []


# no server


def test_plan_without_a_server_shows_the_file_and_says_so(world: ServerState) -> None:
    plan = offline_plan(world.request({"work_mem": "16MB", "log_connections": True}, reasons={"work_mem": "Per sort."}))
    path = world.dropin("50-t.conf")
    assert plan.actions == [f"write {path}"]
    assert not plan.validated
    (part,) = plan.diff()
    assert part["after_header"] == f"{path} (not yet validated by a server)"
    assert part["after"].startswith("# postgres:postgres 0644\n")
    assert "log_connections = 'on'" in part["after"]
    assert [(item.name, item.value, item.in_force) for item in plan.settings] == [
        ("work_mem", "16MB", False),
        ("log_connections", "on", False),
    ]


def test_file_is_the_same_with_and_without_a_server(world: ServerState) -> None:
    settings = {"work_mem": "16MB", "log_line_prefix": "it's %m ", "shared_buffers": "1GB"}
    assert offline_plan(world.request(settings)).text == world.plan(settings).text


@pytest.mark.parametrize(
    "settings",
    [
        {"log_line_prefix": "a\nfsync = off"},
        {"a b": "1"},
        {"a.b = 1\nfsync": "off"},
        {"work_mem": None},
        {"work_mem": ["a"]},
    ],
)
def test_what_no_server_can_take_is_refused_without_one(world: ServerState, settings: dict[str, Any]) -> None:
    with pytest.raises(PgsopError):
        offline_plan(world.request(settings))


def test_very_long_list_is_planned_at_once(world: ServerState) -> None:
    settings = {f"x.a{number}": "1" for number in range(1000)}
    world.applied(settings)
    assert len(world.plan(settings).settings) == len(settings)


def test_plan_is_not_changed_by_reading_it(world: ServerState) -> None:
    plan = world.plan({"shared_buffers": "1GB"})
    assert (plan.actions, plan.diff()) == (plan.actions, plan.diff())
    assert replace(plan, restart_allowed=False).actions == plan.actions[:-1]

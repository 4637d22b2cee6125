# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup, from the first check to the report."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..connection import connect
from ..encoding import is_utf8
from ..errors import PgsopError, combine_errors
from ..json_text import to_json
from ..session_options import PATIENT_TIMEOUT_S
from ..version import VERSION
from . import (
    checksums,
    config_archive,
    encryption,
    hooks,
    names,
    notification,
    preflight,
    publish,
    retention,
    state,
)
from . import manifest as manifests
from .config import BackupConfig
from .dump import Clock, Job
from .dump_each import dump_each
from .globals import read_roles
from .manifest import Manifest
from .obstacles.report import hints, summary
from .plan import BackupPlan, build_plan
from .preflight import Ready
from .progress import SILENT, Progress
from .store import Store, StoredSet, next_serial
from .tools import environment, program, run_long


@dataclass(frozen=True)
class _BackupRun:
    """One run of a plan, and its warnings so far."""

    plan: BackupPlan
    store: Store
    progress: Progress
    clock: Clock = field(default_factory=Clock)
    warnings: list[str] = field(default_factory=list)

    @property
    def config(self) -> BackupConfig:
        """Return the declared configuration."""
        return self.plan.config


def back_up(
    config: BackupConfig, databases: Sequence[str] = (), *, dry_run: bool = False, progress: Progress = SILENT
) -> dict[str, Any]:
    """Make a set, verify it, publish it, copy it, and remove the sets that it supersedes.

    Args:
        config: the declared configuration.
        databases: to be dumped; all that are not excluded if empty.
        dry_run: only return the plan.
        progress: gets each step.

    Returns:
        The report: set, path, databases, bytes, seconds by step, removed, warnings and more; of a dry run, that of BackupPlan.as_dict().

    Raises:
        PgsopError: a part failed; it is noted, and the failure command was run. A set that was published is kept.
    """
    # The files of a set are for their owner only, whatever the caller's umask is.
    os.umask(0o077)
    store = Store(config.directory)
    if dry_run:
        return build_plan(config, databases, store).as_dict()
    try:
        with state.record_run(config, "backup") as note:
            preflight.look_at_folders(config)
            with publish.exclusive_lock(config.directory):
                publish.sweep(config.directory)
                clock, plan = Clock(), build_plan(config, databases, store)
                return _run(_BackupRun(plan, store, progress, clock, list(plan.warnings)), note)
    except BaseException as error:
        notification.report_failure(config, "backup", error, progress)
        raise
    finally:
        progress.done()


def _run(act: _BackupRun, note: dict[str, Any]) -> dict[str, Any]:
    config, plan = act.config, act.plan
    with publish.staging_directory(config.directory, plan.name) as folder:
        job = Job(config, plan.ready.cluster, folder, plan.ready.compression, act.progress)
        dumps, failures = dump_each(job, plan.databases)
        act.clock.lap("databases")
        act.warnings.extend(_save_cluster(job, failures))
        act.clock.lap("cluster")
        act.progress.step("taking checksums and flushing to disk")
        sealed = _seal(config, folder)
        act.clock.lap("checksums")
        moments: dict[str, Any] = {
            "started": names.iso(plan.started),
            "finished": names.iso(time.time()),
            "seconds": act.clock.seconds,
        }
        serial = next_serial(act.store.sets())
        origin = _origin(config, plan.ready, failures)
        manifests.write(folder, Manifest(name=plan.name, serial=serial, databases=dumps, **origin, **sealed, **moments))
        publish.publish(config.directory, plan.name)
    note.update(set=plan.name)
    return _after(act, act.store.load(plan.name), failures)


def _save_cluster(job: Job, failures: list[PgsopError]) -> list[str]:
    """Roles, tablespaces and configuration, which are in no database.

    Returns:
        Warnings. What the set is published without is added to the failures.
    """
    job.progress.step("roles and configuration")
    with connect(job.cluster, timeout_s=PATIENT_TIMEOUT_S) as session:
        found = read_roles(session)
    with open(os.path.join(job.folder, names.ROLES), "x", encoding="utf-8") as handle:
        handle.write(to_json(found, indent=1))
    failures.extend(_save_globals(job, [role["name"] for role in found["roles"] if not is_utf8(role["name"])]))
    secret = job.config.encryption_identity_file
    _count, unread = config_archive.save(os.path.join(job.folder, names.CONFIGURATION), job.cluster, secret)
    return [f"{found} cannot be read, and is not in the set" for found in unread]


def _save_globals(job: Job, foreign: Sequence[str]) -> list[PgsopError]:
    """Save roles and tablespaces as SQL. A restore does not need them, so names that pg_dumpall cannot query do not stop the backup."""
    path = os.path.join(job.folder, names.GLOBALS)
    arguments = [program(job.config, "pg_dumpall"), "--globals-only", "--no-password", "--no-sync", f"--file={path}"]
    answer = run_long(arguments, environment=environment(job.cluster))
    if answer.status == 0:
        return []
    next_step = (
        f"look at 'systemctl status {job.cluster.unit}' and the end of {job.cluster.log_file}, then run it again"
    )
    why = ""
    if foreign:
        why = f"; these names of roles are not valid in database postgres: {', '.join(foreign)}"
        next_step = (
            "rename these roles (ALTER ROLE ... RENAME TO ...) in a database in whose encoding they were created"
        )
    failure = PgsopError(
        attempted="dump roles and tablespaces",
        target=f"cluster {job.cluster.label}",
        answer=(answer.text or f"pg_dumpall ended with status {answer.status}").rstrip(". ") + why,
        next_step=next_step,
    )
    if not foreign:
        raise failure
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    return [failure]


def _seal(config: BackupConfig, folder: str) -> dict[str, Any]:
    """Return the checksums of all files, before and after encryption, with all files flushed to disk."""
    sealed: dict[str, Any] = {}
    if config.encryption_recipients:
        sealed["plain_files"] = checksums.take(folder, flush=False)
        sealed["encryption"] = {"tool": encryption.version(), "recipients": list(config.encryption_recipients)}
        encryption.encrypt(config, folder)
    sealed["files"] = checksums.take(folder)
    with open(os.path.join(folder, names.CHECKSUMS), "x", encoding="utf-8") as handle:
        handle.write(checksums.checksums_text(sealed["files"]))
        handle.flush()
        os.fsync(handle.fileno())
    return sealed


def _origin(config: BackupConfig, ready: Ready, failures: Sequence[PgsopError]) -> dict[str, Any]:
    """Return the host and cluster of the set, and the programs that made it."""
    return {
        "complete": ready.complete and not failures,
        "excluded": config.exclude,
        "host": socket.gethostname(),
        "cluster": ready.cluster.label,
        "system_identifier": ready.server["identifier"],
        "server_version": ready.server["version"],
        "server_version_num": ready.server["number"],
        "pg_dump_version": ready.pg_dump,
        "pgsop_version": VERSION,
    }


def _after(act: _BackupRun, stored: StoredSet, failures: list[PgsopError]) -> dict[str, Any]:
    """Do what follows a published set: copy and retention. A failure here is one of the run; the set stays."""
    manifest = stored.manifest
    if manifest is None or stored.problems:
        answer, next_step = "; ".join(stored.problems), "look at the disk with dmesg, and run it again"
        raise combine_errors([*failures, _post_backup_error("read the set again", stored, answer, next_step)])
    failures.extend(_obstacles(stored))
    with _collected(failures):
        if act.config.copy_command:
            failures.extend(_copy(act, stored))
    act.clock.lap("copy")
    removed: list[str] = []
    with _collected(failures):
        removed = _apply_retention(act)
    act.clock.lap("retention")
    if failures:
        raise combine_errors(failures, _what_is_kept(stored))
    dumps = [
        {"name": dump.name, "dump_bytes": dump.dump_bytes, "rows": sum(dump.rows.values()), "seconds": dump.seconds}
        for dump in manifest.databases
    ]
    return {
        "dry_run": False,
        "set": stored.name,
        "path": stored.path,
        "databases": dumps,
        "bytes": manifest.bytes,
        "encrypted": manifest.encryption is not None,
        "seconds": {**act.clock.seconds, "total": round(sum(act.clock.seconds.values()), 3)},
        "removed": removed,
        "warnings": act.warnings,
        "copied": bool(act.config.copy_command),
    }


@contextlib.contextmanager
def _collected(failures: list[PgsopError]) -> Iterator[None]:
    """Add an error of the block to the earlier failures, which it would hide otherwise."""
    try:
        yield
    except PgsopError as error:
        failures.append(error)


def _obstacles(stored: StoredSet) -> list[PgsopError]:
    """One error for each database that cannot be restored as a whole."""
    return [
        PgsopError(
            attempted=f"verify that database {name} can be restored",
            target=f"set {stored.name}",
            answer=summary(found),
            next_step=f"in database {name}: {hints(found)}",
        )
        for name, found in stored.obstacles.items()
    ]


def _copy(act: _BackupRun, stored: StoredSet) -> list[PgsopError]:
    config = act.config
    act.progress.step("copying the set off the host")
    variables = {
        "PGSOP_SET": stored.name,
        "PGSOP_SET_PATH": stored.path,
        "PGSOP_MANIFEST": os.path.join(stored.path, names.MANIFEST),
        "PGSOP_CHECKSUMS": os.path.join(stored.path, names.CHECKSUMS),
        "PGSOP_DIRECTORY": config.directory,
    }
    with act.store.reading(stored):
        answer = hooks.run_command(config.copy_command, variables, config.copy_timeout_s)
    if answer.status == 0:
        act.store.note(stored, copies=({"at": names.iso(time.time()), "command": config.copy_command},))
        return []
    said = answer.text or f"it ended with status {answer.status}"
    next_step = "correct the command or its destination; the set is on this disk, the next backup is copied again"
    return [_post_backup_error(f"copy the set with {config.copy_command!r}", stored, said, next_step)]


def _what_is_kept(stored: StoredSet) -> str:
    if stored.verified:
        return f"everything else is in set {stored.name}, which is verified"
    return f"set {stored.name} is kept, and everything else can be restored from it"


def _apply_retention(act: _BackupRun) -> list[str]:
    removed: list[str] = []
    for stored in act.plan.superseded(act.store.sets()):
        try:
            gone = retention.remove(stored)
        except OSError as error:
            answer, next_step = f"{error.filename}: {error.strerror}", "look at the folder; the new set is there"
            raise _post_backup_error("remove a set that newer ones supersede", stored, answer, next_step) from error
        if gone:
            removed.append(stored.name)
        else:
            act.warnings.append(f"{stored.name} is being restored from, and stays until the next run")
    return removed


def _post_backup_error(attempted: str, stored: StoredSet, answer: str, next_step: str) -> PgsopError:
    return PgsopError(attempted=attempted, target=stored.path, answer=answer, next_step=next_step)

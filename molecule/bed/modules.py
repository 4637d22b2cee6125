# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one module on a host without a play: the module itself, with the arguments and the checks it has under Ansible.

A play costs two seconds on the bed, the module less than half of one. Plays are for what Ansible has a part in.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import ansible
import pytest

from bed.hosts import ROOT, Target, name_of
from bed.shell import Answer, shell

#: Where the code stands on a host: a folder that is gone after its restart.
PLACE = "/run/pgsop-bed"
COLLECTION = "ansible_collections/aerovista/postgresql/plugins"
#: Exit status for "the code is not there".
ABSENT = 97
RUN = (
    f"test -d {PLACE}/$1 || exit {ABSENT}; umask $3; cd / && exec env PYTHONPATH={PLACE}/$1 python3 -m "
    f"{COLLECTION.replace('/', '.')}.modules.$2"
)
UNPACK = f"mkdir -p {PLACE} && tar -xC {PLACE}"


def run(
    name: str,
    arguments: Mapping[str, Any],
    *,
    on: Target,
    check: bool = False,
    diff: bool = False,
    umask: str = "022",
) -> dict[str, Any]:
    """Result of a module of this collection; `failed` and `changed` are always there.

    Args:
        name: The module's short name.
        arguments: What a task would give it.
        on: The host.
        check: As with --check.
        diff: As with --diff.
        umask: Of the user that Ansible becomes.
    """
    options = {"_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_module_name": name}
    given = json.dumps({"ANSIBLE_MODULE_ARGS": dict(arguments) | options})
    digest, code = _code()
    done = _exec(on, RUN, digest, name, umask, given=given.encode())
    if done.status == ABSENT:
        unpacked = _exec(on, UNPACK, given=code)
        assert unpacked.status == 0, unpacked.error
        done = _exec(on, RUN, digest, name, umask, given=given.encode())
    try:
        result: dict[str, Any] = json.loads(done.out)
    except json.JSONDecodeError:
        pytest.fail(f"{name} did not answer:\n{done.out.decode()}{done.error.decode()}")
    return {"failed": False, "changed": False} | result


def _exec(on: Target, command: str, *arguments: str, given: bytes) -> Answer:
    return shell(name_of(on)).run(["/bin/sh", "-c", command, "sh", *arguments], given)


@cache
def _code() -> tuple[str, bytes]:
    """The collection's and Ansible's own code for modules as a tar file of one folder, whose name is its digest."""
    theirs = Path(ansible.__file__).parent
    sources = {f"ansible/{path.relative_to(theirs)}": path for path in sorted((theirs / "module_utils").rglob("*.py"))}
    sources["ansible/release.py"] = theirs / "release.py"
    for part in ("module_utils", "modules"):
        for path in sorted((ROOT / "plugins" / part).rglob("*.py")):
            sources[f"{COLLECTION}/{path.relative_to(ROOT / 'plugins')}"] = path
    texts = {name: path.read_bytes() for name, path in sources.items()}
    texts["ansible/__init__.py"] = b"from ansible.release import __version__, __author__\n"
    digest = hashlib.sha256(b"".join(name.encode() + text for name, text in texts.items())).hexdigest()[:16]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, text in texts.items():
            entry = tarfile.TarInfo(f"{digest}/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
    return digest, packed.getvalue()

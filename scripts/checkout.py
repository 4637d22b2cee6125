"""A commit in a folder of its own, for scripts that compare its tests with the current ones."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What a checkout shares with this one: the servers' programs, the state of the test bed, the list of platforms.
SHARED = (".ansible/servers", ".ansible/server_19", ".ansible/bed", "molecule/inventory/hosts.yml")


@contextmanager
def checkout(name: str, commit: str) -> Iterator[Path]:
    """The folder of a git worktree in which pytest finds the collection; removed at the end.

    Args:
        name: Of the folder.
        commit: Anything that git understands.
    """
    folder = ROOT / ".ansible" / "checkouts" / name
    remove = ["git", "worktree", "remove", "--force", str(folder)]
    subprocess.run(remove, cwd=ROOT, capture_output=True, check=False)
    subprocess.run(["git", "worktree", "add", "--detach", "-q", str(folder), commit], cwd=ROOT, check=True)
    try:
        link = folder / ".ansible" / "collections" / "ansible_collections" / "aerovista" / "postgresql"
        link.parent.mkdir(parents=True)
        link.symlink_to(folder)
        for path in SHARED:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).symlink_to(ROOT / path)
        yield folder
    finally:
        subprocess.run(remove, cwd=ROOT, check=True)

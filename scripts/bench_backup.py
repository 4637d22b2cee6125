"""Backup and restore beside the SOP's own commands, on about 1 GB with several indexes: one after the other, each as it is shipped."""

from __future__ import annotations

import json
import subprocess
from functools import cache

from measure import ROOT, Bench, Numbers, wall_seconds

DATA = ROOT / "molecule" / "backup" / "files"
#: As shop.sql counts: about 1 GB with its indexes.
SCALE = 50
SOCKET = "/var/run/postgresql"
SOP_DUMP = "/var/backups/postgresql/sop.dump"


def backup(bench: Bench) -> Numbers:
    """Ours with decode, counts, checksums and flush; the SOP's as it stands, over the socket."""
    load_data(bench)
    bench.run("rm", "-f", SOP_DUMP)
    bench.run("sync")
    theirs = wall_seconds(lambda: sop_dump(bench))
    their_bytes = int(bench.run("stat", "-c", "%s", SOP_DUMP))
    bench.run("sync")
    said: list[str] = []
    ours = wall_seconds(lambda: said.append(bench.run("pgsop", "backup", "--database", "shop", "--format", "json")))
    report = json.loads(said[0])
    return {
        "SOP [s]": theirs,
        "pgsop [s]": ours,
        "times as fast": theirs / ours,
        "SOP [MB]": their_bytes / 1e6,
        "pgsop, the set [MB]": report["bytes"] / 1e6,
        "size, SOP is 1": report["bytes"] / their_bytes,
    }


def restore(bench: Bench) -> Numbers:
    """Ours with statistics and comparison; the SOP's as it stands, which ends with status 1 and without statistics."""
    load_data(bench)
    sop_dump(bench)
    for name in ("sop_restore", "shop_restore"):
        bench.run("dropdb", "--if-exists", name, user="postgres")
    bench.run("createdb", "-T", "template0", "sop_restore", user="postgres")
    settle(bench)
    theirs = wall_seconds(lambda: sop_restore(bench))
    settle(bench)
    ours = wall_seconds(lambda: bench.run("pgsop", "restore", "--database", "shop", "--target", "shop_restore"))
    size = bench.run("psql", "-XAtc", "SELECT pg_database_size('shop') / 1e6", user="postgres")
    return {"SOP [s]": theirs, "pgsop [s]": ours, "times as fast": theirs / ours, "database [MB]": float(size)}


def sop_dump(bench: Bench) -> None:
    """SOP 3, one-shot backup."""
    bench.run("pg_dump", "-h", SOCKET, "-p", "5432", "-F", "c", "-d", "shop", "-f", SOP_DUMP, user="postgres")


def sop_restore(bench: Bench) -> None:
    """SOP 3, restore to a new database; -c in an empty one complains, whatever it is worth."""
    command = ["pg_restore", "-h", SOCKET, "-U", "postgres", "-d", "sop_restore", "-c", "-F", "c", SOP_DUMP]
    subprocess.run(["docker", "exec", "-u", "postgres", bench.host, *command], capture_output=True, check=False)


def settle(bench: Bench) -> None:
    """Let nothing of what was done before be written during what is measured next."""
    bench.run("psql", "-XAtc", "CHECKPOINT", user="postgres")
    bench.run("sync")


@cache
def load_data(bench: Bench) -> None:
    """Make the database, once, and a first set, so that `latest` is there to be restored."""
    for path in sorted(DATA.glob("*.sql")):
        subprocess.run(["docker", "cp", str(path), f"{bench.host}:/opt/{path.name}"], check=True, capture_output=True)
    psql = ("psql", "-XAtq", "-v", "ON_ERROR_STOP=1")
    bench.run(*psql, "-f", "/opt/shop_roles.sql", user="postgres")
    bench.run("createdb", "shop", user="postgres")
    bench.run(*psql, "-d", "shop", "-v", f"scale={SCALE}", "-f", "/opt/shop.sql", user="postgres")
    bench.run(*psql, "-d", "shop", "-f", "/opt/shop_database.sql", user="postgres")
    bench.run("vacuumdb", "--analyze", "shop", user="postgres")
    bench.run("pgsop", "backup", "--database", "shop")

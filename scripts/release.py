"""Build what a release publishes into build/release: the collection, pgsop as one file, the notes and their checksums.

Everything is built from HEAD, so the tree has to be clean. The version is the one of galaxy.yml: it must be new, and the changelog must
have it. Nothing is published, pushed or tagged: the commands for that are printed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
RELEASE = "build/release"
#: Prints the file that module pg_cli puts on a host whose Python is the one that runs this.
PACK = "import sys; from pgsop.cli import zipapp; sys.stdout.buffer.write(zipapp.build())"


class ReleaseError(Exception):
    """The release cannot be built."""


def refusals(root: Path, version: str) -> Iterator[str]:
    """Yield why HEAD cannot be released, each with what to do about it."""
    changed = _output("git", "status", "--porcelain", folder=root).splitlines()
    if changed:
        yield f"{len(changed)} files differ from HEAD: commit or stash them (git status)"
    fragments = sorted((root / "changelogs/fragments").glob("*.y*ml"))
    released = yaml.safe_load((root / "changelogs/changelog.yaml").read_text(encoding="utf-8"))["releases"]
    if _output("git", "tag", "--list", f"v{version}", folder=root):
        yield f"{version} is released, tag v{version} exists: set the next version in galaxy.yml"
    elif version in released and fragments:
        yield (
            f"{version} is released, the changelog has it, and {len(fragments)} fragments are later: "
            "set the next version in galaxy.yml"
        )
    elif version not in released:
        yield f"the changelog does not have {version}: run 'antsibull-changelog release' and commit what it changes"


def build(root: Path, folder: Path, version: str) -> list[Path]:
    """Build the files of a release from HEAD into an empty folder, and return them.

    Raises:
        ReleaseError: if the command in it has another version.
    """
    with tempfile.TemporaryDirectory() as name:
        tree, archive = Path(name, "tree"), Path(name, "tree.tar")
        tree.mkdir()
        _run("git", "archive", "--output", str(archive), "HEAD", folder=root)
        _run("tar", "--extract", "--file", str(archive), folder=tree)
        command = _command(tree, folder, version)
        _run("ansible-galaxy", "collection", "build", "--output-path", str(folder), folder=tree)
        notes = folder / f"release-notes-{version}.md"
        latest = ("--only-latest", "--output-format", "md", "--output", str(notes))
        _run("antsibull-changelog", "generate", *latest, folder=tree)
    (collection,) = folder.glob("*.tar.gz")
    sums = folder / "SHA256SUMS"
    sums.write_text("".join(f"{_digest(path)}  {path.name}\n" for path in (collection, command)), encoding="utf-8")
    return [collection, command, notes, sums]


def _command(tree: Path, folder: Path, version: str) -> Path:
    path = folder / f"pgsop-{version}.pyz"
    environment = {**os.environ, "PYTHONPATH": str(tree / "plugins/module_utils")}
    packed = subprocess.run([sys.executable, "-c", PACK], env=environment, stdout=subprocess.PIPE, check=True)
    path.write_bytes(packed.stdout)
    path.chmod(0o755)
    shown = _output(sys.executable, "-I", str(path), "--version", folder=folder).strip()
    if shown != f"pgsop {version}":
        raise ReleaseError(f"{path.name} is '{shown}': set {version} in plugins/module_utils/pgsop/version.py too")
    return path


def next_commands(version: str, files: list[str]) -> list[str]:
    """Return the commands that publish the release, in their order."""
    collection, command, notes, sums = files
    return [
        f"git tag -a v{version} -m 'Release {version}' && git push origin v{version}",
        f"ansible-galaxy collection publish {collection}",
        f"gh release create v{version} --verify-tag --notes-file {notes} {collection} {command} {sums}",
    ]


def main() -> int:
    """Refuse, or build and print what comes next."""
    version = str(yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"])
    found = list(refusals(ROOT, version))
    if found:
        print(f"Cannot release {version}:", *found, sep="\n  ", file=sys.stderr)
        return 1
    folder = ROOT / RELEASE
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        files = build(ROOT, folder, version)
    except ReleaseError as error:
        shutil.rmtree(folder)
        print(f"Cannot release {version}: {error}", file=sys.stderr)
        return 1
    print(f"Release {version}, built from {_output('git', 'rev-parse', '--short', 'HEAD', folder=ROOT).strip()}:")
    names = [str(path.relative_to(ROOT)) for path in files]
    for path, name in zip(files, names, strict=True):
        print(f"  {path.stat().st_size / 1024:7.0f} KB  {name}")
    print("Nothing is published. Next commands:", *next_commands(version, names), sep="\n  ")
    return 0


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _run(*command: str, folder: Path) -> None:
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)


def _output(*command: str, folder: Path) -> str:
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())

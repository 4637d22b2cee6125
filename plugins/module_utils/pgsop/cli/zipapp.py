# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command pgsop as one executable file, made from the very sources that are running.
They come through the import system, so it does not matter whether they are in folders, in the zip file in which Ansible
brings a module, or in the command itself. Its contents follow from import statements, not from the modules that
happen to be loaded, and nothing in it depends on the clock: the same sources and the same Python, the same bytes.
Beside each source is its compiled form, because Python does not cache it for sources in a zip file: compiling takes more
than half of the time of a start. Another Python passes over it and reads the source (PEP 3147, PEP 552).
"""

from __future__ import annotations

import ast
import importlib.util
import io
import marshal
import re
import sys
import zipfile
from collections.abc import Iterator

from ..errors import PgsopError
from ..version import VERSION
from . import main

_ENGINE = __name__.rsplit(".", 2)[0]
#: What the command starts with; this module goes in too, so that the command can make itself. It is imported above because
#: Ansible brings imported modules to the host.
ENTRIES = tuple(name[len(_ENGINE) + 1 :] for name in (main.__name__, __name__))
#: Without what the caller's environment and home folder would add: root runs it.
_INTERPRETER = "#!/usr/bin/python3 -I\n"
#: The mark of the file. Python passes over text before a zip file.
_MARK = "# pgsop {version}: a zip file of Python sources, made by module aerovista.postgresql.pg_cli\n"
_MARKED = re.compile(rb"#![^\n]*\n# pgsop (\S+): ")
_MAIN = """\
import signal
import sys

# Until the command heeds it, an interrupt ends it without a word.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from pgsop.cli.main import main

sys.exit(main())
"""
#: The oldest moment that a zip file can note.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_MODE = 0o100644 << 16
#: The last form of compiled code that does not depend on what else happens to be loaded: later ones refer back to strings
#: that the process shares.
_MARSHAL = 2
#: Since then a set is written in an order that is always the same (bpo-37596).
_LASTING = (3, 11)
#: Flags of a compiled file (PEP 552): bound to its source by a hash, which is not checked when it is loaded.
_UNCHECKED_HASH = (1).to_bytes(4, "little")


def build() -> bytes:
    """Return the executable file: interpreter line, mark with the version, and a zip file of sources and compiled forms.

    Raises:
        PgsopError: the source of a module is missing.
    """
    buffer = io.BytesIO()
    buffer.write((_INTERPRETER + _MARK.format(version=VERSION)).encode("ascii"))
    files: dict[str, bytes] = {}
    for path, source in {"__main__.py": _MAIN, **sources()}.items():
        files[path] = source.encode("utf-8")
        compiled = _compiled(path, files[path])
        if compiled is not None:
            files[path + "c"] = compiled
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, date_time=_MOMENT)
            entry.create_system = _UNIX
            entry.external_attr = _MODE
            archive.writestr(entry, files[path])
    return buffer.getvalue()


def _compiled(path: str, source: bytes) -> bytes | None:
    """Return the file that Python would write for a source; None if its code has no form that is always the same."""
    if sys.version_info < _LASTING:
        return None
    code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    try:
        form = marshal.dumps(code, _MARSHAL)
    except ValueError:
        # Python 3.14 makes a constant of a slice, which only later forms can hold.
        return None
    return importlib.util.MAGIC_NUMBER + _UNCHECKED_HASH + importlib.util.source_hash(source) + form


def version_in(content: bytes) -> str | None:
    """Return the version in a file that `build` has made, whole or damaged; None for any other file."""
    found = _MARKED.match(content)
    return found.group(1).decode("utf-8", "replace") if found else None


def sources() -> dict[str, str]:
    """Return the source of every module that the command needs, by its path in the file.

    Raises:
        PgsopError: the source of a module is missing.
    """
    found: dict[str, tuple[str, str]] = {}
    waiting = list(ENTRIES)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        module = _module(name)
        if module is None:
            continue
        found[name] = module
        package = name if module[0].endswith("__init__.py") else _parent(name)
        waiting += [_parent(name)] if name else []
        waiting += _imported(package, module[1])
    return dict(found.values())


def _module(name: str) -> tuple[str, str] | None:
    """Return path and source of a module of the engine, named from its top; None if the name is no module."""
    full = f"{_ENGINE}.{name}" if name else _ENGINE
    try:
        spec = importlib.util.find_spec(full)
    except ModuleNotFoundError:
        # A name imported from a module that is no package: a class, a function.
        return None
    if spec is None:
        return None
    source = getattr(spec.loader, "get_source", lambda _name: None)(full)
    if source is None:
        raise PgsopError(
            attempted="pack the command pgsop",
            target=full,
            answer="its source is not there",
            next_step="install the collection anew: ansible-galaxy collection install --force aerovista.postgresql",
        )
    parts = ["pgsop", *name.split(".")] if name else ["pgsop"]
    last = ["__init__.py"] if spec.submodule_search_locations is not None else []
    return "/".join([*parts, *last]) + ("" if last else ".py"), source


def _imported(package: str, source: str) -> Iterator[str]:
    """Yield names that a module of a package may import of the engine; those of classes and functions are among them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level:
            parts = package.split(".") if package else []
            base: list[str] = parts[: len(parts) - node.level + 1]
            base += node.module.split(".") if node.module else []
            yield ".".join(base)
            for alias in node.names:
                yield ".".join([*base, alias.name])


def _parent(name: str) -> str:
    return name.rpartition(".")[0]

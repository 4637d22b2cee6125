# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian packages of this host: installed ones, and those that apt could install."""

from __future__ import annotations

from collections.abc import Sequence

from . import command


def installed(names: Sequence[str]) -> dict[str, str]:
    """Return the installed version by package name; empty for packages that are not installed."""
    form = "${db:Status-Abbrev}\t${Package}\t${Version}\n"
    answer = command.run(["dpkg-query", "--show", f"--showformat={form}", *names]) if names else None
    found = {}
    for line in (answer.output if answer else "").splitlines():
        status, package, version = line.split("\t")
        # The first letter is the wanted state (i, or h on hold), the second the actual one.
        if status[1:2] == "i":
            found[package] = version
    return {name: found.get(name, "") for name in names}


def unknown_to_apt(names: Sequence[str]) -> list[str]:
    """Return the packages for which apt has no candidate, for example because its lists were never fetched."""
    answer = command.run(["apt-cache", "policy", *names])
    known, package = set(), ""
    for line in answer.output.splitlines():
        if not line.startswith(" "):
            package = line.rstrip(":")
        elif line.strip().startswith("Candidate:") and not line.endswith("(none)"):
            known.add(package)
    return [name for name in names if name not in known]

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the server uses huge pages for big shared buffers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...finding import WARNING
from ..check import SERVER, HiddenError, Measured, check
from ..context import ServerContext

#: How the kernel calls shared memory of huge pages, and shared memory of others, in the map of a process.
_HUGE, _PLAIN = re.compile(r"/anon_hugepage\b"), re.compile(r"/dev/zero\b")
_GB = 2**30
#: First major version with huge_pages_status.
STATUS_SINCE = 17


@check(
    "memory.huge_pages",
    sop="6",
    title="huge pages",
    scope=SERVER,
    extra_limits={"least_bytes": 8 * _GB},
    hint="reserve some with sysctl vm.nr_hugepages (since 15 'postgres -C shared_memory_size_in_huge_pages' says how many), then restart",
)
def huge_pages(here: ServerContext) -> Iterator[Measured]:
    """Yield whether shared buffers above least_bytes (8 GB) are in huge pages; WARNING if there were no huge pages.

    With pages of 4 kB each session has a page table of its own for them, 2 MB for each GB.
    """
    size, wanted = here.setting("shared_buffers").number, here.setting("huge_pages").value
    shown = f"{size / _GB:.1f} GB of shared buffers"
    if size < (here.limits["memory.huge_pages"]["least_bytes"] or 0):
        yield Measured("server", None, f"{shown} do not need huge pages")
    elif wanted == "try" and not _in_use(here):
        yield Measured(
            "server", None, f"{shown} are not in huge pages, though huge_pages is try: there were none", WARNING
        )
    else:
        yield Measured(
            "server", None, f"{shown}, and huge_pages is {wanted}{' and they are in use' if wanted == 'try' else ''}"
        )


def _in_use(here: ServerContext) -> bool:
    """Return whether the shared memory is made of huge pages: from the server since 17, before that from the kernel.

    Raises:
        HiddenError: neither shows it.
    """
    if here.version >= STATUS_SINCE and here.setting("huge_pages_status").value != "unknown":
        return here.setting("huge_pages_status").on
    pid = here.cluster.pid
    if pid is None:
        raise HiddenError("which process is the server's is not noted where this role may read it")
    try:
        with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as handle:
            mapped = handle.read()
    except OSError as error:
        raise HiddenError(f"the memory map of process {pid} cannot be read: {error.strerror}") from error
    if _HUGE.search(mapped):
        return True
    if _PLAIN.search(mapped):
        return False
    raise HiddenError(f"the memory map of process {pid} does not tell of what pages its shared memory is")

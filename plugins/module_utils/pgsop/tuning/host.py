# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proposal for a host: measure it, read its server's settings, propose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .. import memory
from ..cluster import CONFIG_FOLDER, Cluster, config_directory, find_cluster
from ..connection import connect, is_ready
from ..debian import DATA_ROOT
from ..files import read_state
from ..settings.server import read_parameters
from ..settings.values import Parameter, Value
from . import packaged, previous
from .budget import MB, whole_mb
from .model import Inputs, Proposal
from .propose import propose
from .report_types import TuningReport

#: Where the packages keep data; a folder above it will hold it if it does not exist yet.
_DATA_FOLDERS = (DATA_ROOT, *map(str, Path(DATA_ROOT).parents))

#: Value of :attr:`TuningOutcome.memory_source` if the memory was not measured.
GIVEN = "given"


@dataclass(frozen=True)
class TuningRequest:
    """Request of a caller.

    Attributes:
        version: major version of the cluster.
        cluster: its name.
        profile: sop, web, oltp, mixed or dw.
        memory_mb: memory for PostgreSQL, in MB; None to measure it.
        storage: hdd, ssd or nvme.
        settings: values set by hand.
        force: whether these may exceed the memory budget.
        dropin: the caller's name in the drop-in of an earlier run.
    """

    version: int
    cluster: str = "main"
    profile: str = "sop"
    memory_mb: int | None = None
    storage: str = "ssd"
    settings: Mapping[str, Value] = field(default_factory=dict)
    force: bool = False
    dropin: str = "pg_tuning"


@dataclass(frozen=True)
class TuningOutcome:
    """A proposal with the measurements that it is based on.

    Attributes:
        memory_mb: memory for PostgreSQL, in MB.
        memory_source: the limit that was read, or ``GIVEN``.
        cpus: CPUs that PostgreSQL may use.
    """

    proposal: Proposal
    memory_mb: int
    memory_source: str
    cpus: int

    def as_dict(self) -> TuningReport:
        """Return the module's return values."""
        budget = self.proposal.budget
        return {
            "settings": [setting.as_dict() for setting in self.proposal.settings],
            "proposed": self.proposal.values,
            "reasons": self.proposal.reasons,
            "memory": {"mb": self.memory_mb, "counted_mb": self.proposal.counted_mb, "source": self.memory_source},
            "cpus": self.cpus,
            "budget": {
                "worst_case_mb": whole_mb(budget.worst_kb),
                "limit_mb": budget.limit_kb // MB,
                "factor": budget.factor,
                "parts": budget.parts_mb,
                "fits": budget.fits,
            },
            "lowered": self.proposal.lowered,
            "validated": self.proposal.validated,
        }


def propose_for_host(request: TuningRequest) -> TuningOutcome:
    """Measure this host, read the settings of its server if that answers, and propose.

    Raises:
        PgsopError: an input is out of range, or a value is refused or exceeds the budget.
    """
    cluster = find_cluster(request.version, request.cluster)
    pid = cluster.pid if cluster and cluster.running else None
    memory_mb, source = _memory(request, pid)
    cpus = memory.effective_cpus(pid).value
    inputs = Inputs(
        memory_mb=memory_mb,
        cpus=cpus,
        major=request.version,
        profile=request.profile,
        storage=request.storage,
        disk_mb=_wal_disk_mb(cluster),
        server=_server(cluster, request),
        previous=_previous(request, cluster),
        overrides=request.settings,
        force=request.force,
    )
    return TuningOutcome(propose(inputs), memory_mb, source, cpus)


def _memory(request: TuningRequest, pid: int | None) -> tuple[int, str]:
    if request.memory_mb is not None:
        return request.memory_mb, GIVEN
    limit = memory.effective_memory(pid)
    return limit.value // (1024 * 1024), limit.source


def _wal_disk_mb(cluster: Cluster | None) -> int | None:
    wal = (f"{cluster.data_directory}/pg_wal",) if cluster else ()
    return memory.filesystem_mb(*wal, *_DATA_FOLDERS)


def _server(cluster: Cluster | None, request: TuningRequest) -> dict[str, Parameter] | None:
    if cluster is None or not is_ready(cluster):
        return None
    with connect(cluster) as session:
        return read_parameters(session, (*packaged.NAMES, *request.settings))


def _previous(request: TuningRequest, cluster: Cluster | None) -> dict[str, str]:
    folder = cluster.config_directory if cluster else config_directory(request.version, request.cluster)
    files = sorted(Path(folder, CONFIG_FOLDER).glob("[0-9][0-9]-*.conf"))
    texts = [read_state(str(path)).text or "" for path in files if path.stem[3:] == request.dropin]
    return previous.parse("\n".join(texts))

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a server that was asked accepts one declared setting."""

from __future__ import annotations

from ..cluster import Cluster
from ..memory import effective_memory
from .values import Parameter, Value, canonical, written


def value_problem(name: str, value: Value, parameter: Parameter | None, cluster: Cluster) -> str:
    """Return why a server refuses a setting, as a sentence; empty if it does not.

    Args:
        name: of the setting.
        value: as declared.
        parameter: the setting on the server; None if the server does not have it.
        cluster: of the server.
    """
    try:
        _refuse(name, value, parameter, cluster)
    except ValueError as error:
        return f"{name} = {written(value)}: {error}"
    return ""


def _refuse(name: str, value: Value, parameter: Parameter | None, cluster: Cluster) -> None:
    if parameter is None:
        # A name with a dot belongs to an extension that may be loaded by this very change.
        if "." in name:
            return
        raise ValueError("this server has no such setting")
    if parameter.context == "internal":
        raise ValueError("this setting shows a property of the build or the cluster and cannot be set")
    result = canonical(parameter, value)
    if parameter.name == "shared_buffers":
        _refuse_more_than_memory(int(result), parameter, cluster)


def _refuse_more_than_memory(blocks: int, parameter: Parameter, cluster: Cluster) -> None:
    memory = effective_memory(cluster.pid)
    block_kb = int((parameter.unit or "8kB")[:-2])
    if blocks * block_kb * 1024 > memory.value:
        raise ValueError(
            f"{blocks * block_kb // 1024} MB is more than the {memory.value // 1024**2} MB there are ({memory.source});"
            " the server could not start"
        )

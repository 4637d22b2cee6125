# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hangs is left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.deadline import Deadline


def test_all_jobs_are_done_in_order_by_one_worker() -> None:
    done: list[int] = []
    Deadline(10).run([partial(done.append, number) for number in range(5)])
    assert done == [0, 1, 2, 3, 4]


def test_two_workers_work_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=5)

    def meet() -> None:
        both.wait()

    Deadline(10).run([meet, meet], workers=2)


def test_a_job_that_hangs_costs_no_more_than_the_time() -> None:
    done: list[str] = []
    began = time.monotonic()
    deadline = Deadline(0.3)
    deadline.run([lambda: time.sleep(30), lambda: done.append("never begun")])
    assert time.monotonic() - began < 5
    assert (done, deadline.passed) == ([], True)


def test_beside_one_that_hangs_the_others_are_done() -> None:
    done: list[int] = []
    jobs: list[Callable[[], None]] = [lambda: time.sleep(30), *(partial(done.append, number) for number in range(3))]
    Deadline(0.5).run(jobs, workers=2)
    assert done == [0, 1, 2]


def test_what_a_job_raises_comes_back() -> None:
    def broken() -> None:
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        Deadline(10).run([broken])


def test_nothing_to_do_is_done_at_once() -> None:
    Deadline(10).run([], workers=2)

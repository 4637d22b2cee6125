# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A signal becomes an exception once, and the cleaning up is left in peace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.signals import StoppedError, handle_signals


def send(number: int) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_signal_is_an_exception_that_nobody_takes_for_a_failure(number: int, status: int) -> None:
    before = signal.getsignal(number)
    with pytest.raises(StoppedError) as stopped, handle_signals():
        send(number)
    assert stopped.value.status == status
    assert str(stopped.value) == f"it was stopped by {signal.Signals(number).name}"
    assert not isinstance(stopped.value, Exception)
    assert signal.getsignal(number) == before


def test_cleaning_up_gets_to_its_end() -> None:
    cleaned = []
    with pytest.raises(StoppedError), handle_signals():
        try:
            send(signal.SIGTERM)
        finally:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                send(number)
            cleaned.append(True)
    assert cleaned


def test_programs_called_while_cleaning_up_can_be_ended() -> None:
    with pytest.raises(StoppedError), handle_signals():
        try:
            send(signal.SIGTERM)
        finally:
            code = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
            ended = subprocess.run([sys.executable, "-c", code], check=False).returncode
    assert ended == -signal.SIGTERM


def test_what_was_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with handle_signals():
            send(signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counters of earlier runs, from which rates are computed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..files import FileMode, group_name, user_name, write_atomically
from .check import FirstLookError, HiddenError

#: In the state directory.
FILE = "health.json"
#: Rates are taken over the last hour, as far as there are samples, which are at least so far apart.
WINDOW_S, STEP_S = 3600.0, 300.0
#: A rate over less than this has no meaning.
LEAST_S = 30.0


@dataclass(frozen=True)
class Window:
    """The growth of counters between two runs.

    Attributes:
        seconds: time between the two runs.
        grown: growth by name of the counter.
    """

    seconds: float
    grown: Mapping[str, float]

    def per_hour(self, counter: str) -> float:
        """Return the growth of a counter per hour; growth within less than an hour counts as that of one hour."""
        return self.grown[counter] * 3600.0 / max(self.seconds, 3600.0)


class History:
    """Samples of counters, in one file that is replaced as a whole.

    Args:
        folder: the state directory.
        now: seconds since the epoch.
    """

    def __init__(self, folder: str, now: float) -> None:
        self._path = os.path.join(folder, FILE)
        self._now = now
        self._noted: dict[str, dict[str, Any]] = {}
        self._hidden = ""
        self._samples = self._load()

    def window(self, topic: str, counters: Mapping[str, float], since: str) -> Window:
        """Return the growth of counters since the oldest sample of the last hour, and record the values of now.

        A sample counts if it is from 30 s (LEAST_S) to 65 min (WINDOW_S + STEP_S) old and no counter is lower than in it.

        Args:
            topic: name of the group of counters.
            counters: their values now.
            since: mark of the beginning of their count, such as the time of the last reset.

        Raises:
            FirstLookError: no such sample exists yet, or the counters were reset since.
            HiddenError: the samples may not be read.
        """
        self._noted[topic] = {"at": self._now, "since": since, "counters": dict(counters)}
        if self._hidden:
            raise HiddenError(self._hidden)
        for sample in self._samples.get(topic, []):
            seconds = self._now - sample["at"]
            if sample["since"] == since and LEAST_S <= seconds <= WINDOW_S + STEP_S:
                grown = {name: value - sample["counters"].get(name, value) for name, value in counters.items()}
                if all(value >= 0 for value in grown.values()):
                    return Window(seconds, grown)
        raise FirstLookError

    def save(self) -> None:
        """Save the counters of this run for the next ones; at most one sample per topic in 5 min (STEP_S).

        Raises:
            PgsopError: the file cannot be written.
        """
        samples = {topic: self._kept(topic, note) for topic, note in self._noted.items()}
        if samples == {topic: self._samples.get(topic) for topic in samples}:
            return
        mode = FileMode(user_name(os.geteuid()), group_name(os.getegid()), 0o600)
        write_atomically(self._path, json.dumps({**self._samples, **samples}), mode)

    def _kept(self, topic: str, note: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the samples that a later run may need, oldest first."""
        alive = [
            sample
            for sample in self._samples.get(topic, [])
            if sample["since"] == note["since"] and 0 <= self._now - sample["at"] <= WINDOW_S
        ]
        return alive if alive and self._now - alive[-1]["at"] < STEP_S else [*alive, note]

    def _load(self) -> dict[str, list[dict[str, Any]]]:
        try:
            with open(self._path, encoding="utf-8") as handle:
                return _samples(json.load(handle))
        except FileNotFoundError:
            return {}
        except PermissionError:
            self._hidden = (
                f"what was remembered of earlier looks is in {self._path}, which {user_name(os.geteuid())} may not read"
            )
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # Only rates depend on it: an unreadable file is replaced.
            return {}


def _samples(stored: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the stored samples, if they have the form that `save` writes.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: they have another form.
    """
    samples = {
        str(topic): [
            {
                "at": float(sample["at"]),
                "since": str(sample["since"]),
                "counters": {str(name): float(value) for name, value in sample["counters"].items()},
            }
            for sample in kept
        ]
        for topic, kept in stored.items()
    }
    return {topic: sorted(kept, key=lambda sample: sample["at"]) for topic, kept in samples.items()}

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that read standard input: one of them at most, which is checked before anything is read."""

from __future__ import annotations

import argparse
from typing import Any


class FileOrStandardInput(argparse.Action):
    """An option with a file as its value, where - is standard input."""

    def __call__(
        self,
        _parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        _option_string: str | None = None,
    ) -> None:
        """Store the file.

        Raises:
            ArgumentError: another option reads standard input, too.
        """
        if values == "-":
            _claim(self, namespace)
        setattr(namespace, self.dest, values)


class StandardInput(argparse.Action):
    """An option without a value that reads standard input."""

    def __init__(self, **options: Any) -> None:
        super().__init__(nargs=0, default=False, **options)

    def __call__(
        self,
        _parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        _values: Any,
        _option_string: str | None = None,
    ) -> None:
        """Store that the option was given.

        Raises:
            ArgumentError: another option reads standard input, too.
        """
        _claim(self, namespace)
        setattr(namespace, self.dest, True)


def _claim(action: argparse.Action, namespace: argparse.Namespace) -> None:
    name = action.option_strings[-1]
    other: str = getattr(namespace, "standard_input", name)
    if other != name:
        raise argparse.ArgumentError(action, f"standard input is read by {other}, too; give one of them as a file")
    namespace.standard_input = name

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Callback brief."""

from __future__ import annotations

DOCUMENTATION = r"""
name: brief
type: stdout
short_description: Print only the tasks that change something, warn, fail or report
version_added: 0.5.0
author: Nexus TechWorks (@nexus-techworks)
description:
  - Prints what the default callback prints, without tasks that were skipped or found nothing to change.
  - Messages of M(ansible.builtin.debug), warnings, changes with their diffs, and failures are always printed.
  - On a terminal, one line shows the current task. The next output overwrites it.
  - With C(-v) and more, everything is printed.
extends_documentation_fragment:
  - default_callback
  - result_format_callback
requirements:
  - Enable it with C(stdout_callback = aerovista.postgresql.brief) in C(ansible.cfg).
"""

import shutil
import sys
from typing import Any

from ansible.plugins.callback.default import CallbackModule as Default

_REPORTS = ("debug", "ansible.builtin.debug")
_ERASE = "\x1b[K"


class CallbackModule(Default):
    """The default callback without tasks that change nothing."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "aerovista.postgresql.brief"

    def set_options(self, *args: Any, **kwargs: Any) -> None:
        """Read the options. The default callback prints a title before its task only if it shows skipped tasks."""
        super().set_options(*args, **kwargs)
        if not self._display.verbosity:
            self.set_option("display_skipped_hosts", False)
        self._progress = sys.stdout.isatty() and not self._display.verbosity

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Show the task on a terminal until something is printed."""
        super().v2_playbook_on_task_start(task, is_conditional)
        if self._progress:
            self._overwrite(task.get_name().strip()[: shutil.get_terminal_size().columns - 1] + "\r")

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Print the title of a play."""
        self._erase()
        super().v2_playbook_on_play_start(play)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Print the recap."""
        self._erase()
        super().v2_playbook_on_stats(stats)

    def v2_playbook_on_include(self, included_file: Any) -> None:
        """Print included files with -v only."""
        if self._display.verbosity:
            super().v2_playbook_on_include(included_file)

    def v2_runner_on_ok(self, result: Any) -> None:
        """Print a result that is worth showing."""
        if self._display.verbosity or worth_showing(result):
            super().v2_runner_on_ok(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        """Print a result of a loop that is worth showing."""
        if self._display.verbosity or worth_showing(result):
            super().v2_runner_item_on_ok(result)

    def _print_task_banner(self, task: Any) -> None:
        self._erase()
        super()._print_task_banner(task)

    def _get_diff(self, difflist: Any) -> Any:
        # Without the empty line behind the last diff of a result.
        return super()._get_diff(difflist).removesuffix("\n")

    def _erase(self) -> None:
        if self._progress:
            self._overwrite("")

    def _overwrite(self, text: str) -> None:
        self._display.display(f"\r{_ERASE}{text}", screen_only=True, newline=False)


def worth_showing(result: Any) -> bool:
    """Return whether a result changes something, warns or reports.

    Args:
        result: of a task that did not fail. Before ansible-core 2.19 the names of its parts begin with an underscore.
    """
    answer, task = (getattr(result, name if hasattr(result, name) else f"_{name}") for name in ("result", "task"))
    keys = ("changed", "warnings", "deprecations", "exception")
    return task.action in _REPORTS or any(answer.get(key) for key in keys)

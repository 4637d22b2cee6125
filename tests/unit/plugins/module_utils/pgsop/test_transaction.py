# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was done is undone, last first, when a later step fails; and the error says so."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.transaction import transaction


def error(answer: str = "no.") -> PgsopError:
    return PgsopError(attempted="act", target="thing", answer=answer, next_step="look")


def test_error_is_one_sentence_and_the_next_step() -> None:
    assert str(error("the server said no. ")) == "Cannot act (thing): the server said no. Next step: look"
    assert error().args == ("act", "thing", "no.", "look")


def test_success_undoes_nothing() -> None:
    done: list[str] = []
    with transaction() as undo:
        undo.callback(done.append, "undone")
    assert done == []


def test_failure_walks_back_last_first_and_says_so() -> None:
    done: list[str] = []
    with pytest.raises(PgsopError) as failed, transaction() as undo:
        undo.callback(done.append, "first")
        undo.callback(done.append, "second")
        raise error("no.")
    assert done == ["second", "first"]
    assert str(failed.value) == (
        "Cannot act (thing): no; the previous state was put back and is in force. Next step: look"
    )
    assert isinstance(failed.value.__cause__, PgsopError)


@pytest.mark.parametrize("cause", [ValueError("x"), KeyboardInterrupt(), SystemExit(1), OSError(28, "No space")])
def test_failure_of_any_kind_walks_back(cause: BaseException) -> None:
    done: list[str] = []
    with pytest.raises(type(cause)), transaction() as undo:
        undo.callback(done.append, "undone")
        raise cause
    assert done == ["undone"]


def fail(cause: BaseException) -> None:
    raise cause


def test_failure_on_the_way_back_tells_both_and_goes_on() -> None:
    done: list[str] = []
    with pytest.raises(PgsopError) as failed, transaction() as undo:
        undo.callback(done.append, "first")
        undo.callback(fail, error("disk full"))
        undo.callback(done.append, "third")
        raise error("bad value")
    assert done == ["third", "first"]
    assert failed.value.attempted == "go back to the previous state after a failure"
    assert "disk full" in str(failed.value)
    assert "bad value" in str(failed.value)


@pytest.mark.parametrize("second", [OSError(30, "Read-only file system"), KeyError("postgres")])
@pytest.mark.parametrize("first", [error("bad value"), ValueError("bad value")])
def test_any_failure_on_the_way_back_tells_both(first: Exception, second: Exception) -> None:
    with pytest.raises(PgsopError) as failed, transaction() as undo:
        undo.callback(fail, second)
        raise first
    assert "bad value" in str(failed.value)
    assert str(second.args[-1]) in str(failed.value)

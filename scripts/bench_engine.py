"""Pure functions of the engine on long input: how much longer they take for twice as much of it."""

from __future__ import annotations

from collections.abc import Callable

from measure import Bench, Numbers, wall_seconds

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.mask import masked_query
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.rule import HbaRule
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.simulate import dead_rules
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.locks.wait_graph import build_trees

#: Beginnings of literals and comments that do not end: what a backtracking pattern is slow on.
OPENED = ("'", "$a$", "/*", "password ", "e'\\", '"', "://:")


def engine(_bench: Bench) -> Numbers:
    """Twice the input, by function: 2 is linear, 4 is quadratic."""
    return {
        "masked_query, 4 against 2 KB [times]": max(_ratio(_mask(text), 2048) for text in OPENED),
        "dead_rules, 300 against 150 rules [times]": _ratio(_rules, 150),
        "build_trees, queue of 500 against 250 [times]": _ratio(_queue, 250),
    }


def _ratio(prepared: Callable[[int], Callable[[], object]], size: int) -> float:
    double, single = prepared(2 * size), prepared(size)
    return min(wall_seconds(double) for _repetition in range(3)) / min(wall_seconds(single) for _repetition in range(3))


def _mask(text: str) -> Callable[[int], Callable[[], object]]:
    def prepared(size: int) -> Callable[[], object]:
        statement = "password " + text * (size // len(text))
        return lambda: [masked_query(statement, 120) for _repetition in range(20)]

    return prepared


def _rules(size: int) -> Callable[[], object]:
    rules = [
        HbaRule("host", (f"d{number}",), (f"u{number}",), "scram-sha-256", address)
        for number in range(size // 2)
        for address in ("127.0.0.1/32", "::1/128")
    ]
    return lambda: dead_rules(rules)


def _queue(size: int) -> Callable[[], object]:
    blockers = {waiter: list(range(waiter)) for waiter in range(1, size)}
    return lambda: build_trees(blockers)

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random expressions: none differs after a dump and restore, and every changed one does."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import objects
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.compare import object_differences
from ansible_collections.aerovista.postgresql.tests.servers.expressions.generator import CHANGES, changed, text_of
from ansible_collections.aerovista.postgresql.tests.servers.expressions.places import (
    PLACES,
    Definitions,
    build,
    definitions,
    settle,
)
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

#: The form of expressions depends on the parser of the server; the oldest and the newest one.
MAJORS = (13, 18)
EXPRESSIONS = 2000
#: The second restore is one of a backup of the first one.
_RESTORED = ("restored", "again")


@dataclass
class Sample:
    """Databases with random expressions.

    Attributes:
        written: each expression as SQL, by kind and name of its object.
        change: what the changed one differs in.
        descriptions: by database.
        definitions: by database.
        settled: the definitions of first and changed as they are after many restores.
    """

    written: Definitions = field(default_factory=dict)
    change: dict[tuple[str, str], str] = field(default_factory=dict)
    descriptions: dict[str, objects.Description] = field(default_factory=dict)
    definitions: dict[str, Definitions] = field(default_factory=dict)
    settled: dict[str, Definitions] = field(default_factory=dict)

    def digest(self, database: str, key: tuple[str, str]) -> str:
        """Of one object in one database."""
        return self.descriptions[database][key[0]][key[1]]


def _definitions(server: Server, seed: int, sample: Sample) -> tuple[Definitions, Definitions]:
    """First definitions with the expressions, and with the changed ones."""
    chance = random.Random(seed)
    before: Definitions = {}
    after: Definitions = {}
    for place in PLACES:
        for number in range(place.amount if server.major >= place.since else 0):
            kind = chance.choice(place.types)
            expression = place.write(chance, kind)
            key = place.key(number, kind)
            sample.change[key], other = changed(expression, chance)
            sample.written[key] = text_of(expression)
            before[key], after[key] = place.define(number, kind, expression), place.define(number, kind, other)
    return before, after


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "sample" in metafunc.fixturenames:
        option = metafunc.config.getoption
        amount = int(option("--seeds")) or (10 if option("--long") else 1)
        first = int(option("--first-seed"))
        metafunc.parametrize("seed", range(first, first + amount), scope="module")


@pytest.fixture(scope="module")
def sample(server: Server, seed: int) -> Iterator[Sample]:
    """The databases first, restored, again, and changed."""
    made = Sample()
    first, others = _definitions(server, seed, made)
    origins = {"first": first, "changed": others}
    copies = {"restored": "first", "again": "restored"}
    for database in (*origins, *copies):
        build(server, database, origins.get(database) or made.definitions[copies[database]])
        made.definitions[database] = definitions(server, database)
        with connect(server.cluster, database) as session:
            made.descriptions[database] = objects.describe(session)
    made.settled = {
        "first": settle(server, made.definitions["again"]),
        "changed": settle(server, made.definitions["changed"]),
    }
    yield made
    for database in made.definitions:
        server.execute(f"DROP DATABASE {database} WITH (FORCE)")


def test_there_are_enough(sample: Sample) -> None:
    assert len(sample.written) >= EXPRESSIONS
    assert set(sample.written) == set(sample.definitions["first"])
    # The server reads many of them back in another form.
    differ = [key for key, text in sample.definitions["first"].items() if text != sample.definitions["again"][key]]
    assert len(differ) > len(sample.written) // 10


@pytest.mark.parametrize("database", _RESTORED)
def test_no_restored_expression_differs(sample: Sample, database: str) -> None:
    lost, surplus, redefined = object_differences(sample.descriptions["first"], sample.descriptions[database])
    assert (lost, surplus) == ([], [])
    assert [
        (
            sample.written.get((kind, name)),
            sample.definitions["first"].get((kind, name)),
            sample.definitions[database].get((kind, name)),
        )
        for kind, names in redefined.items()
        for name in names
    ] == []


def test_every_changed_expression_differs(sample: Sample) -> None:
    wrong = []
    found: Counter[str] = Counter()
    for key, text in sample.settled["first"].items():
        other = sample.settled["changed"][key]
        differs = sample.digest("first", key) != sample.digest("changed", key)
        found[sample.change[key]] += differs
        # Not all changes are any for the server: - 0 is 0, and a cast to its own type is dropped.
        if differs != (text != other):
            wrong.append((text, other))
    assert wrong == []
    assert min(found[change] for change in CHANGES) > EXPRESSIONS // 50, found

# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees of names and values."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings import literal_trees
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.literal_trees import (
    EXPRESSION,
    Tree,
)


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"0": {"name": "A", "value": "b"}, "1": {"name": "C", "valueFrom": {"x": "y"}}}, {"A": "b", "C": EXPRESSION}),
        ({"0": {"name": "A", "value": {"b": "c"}}}, {"A": EXPRESSION}),
        ({"0": {"name": "app", "image": "x"}, "b": "c"}, {"0": {"name": "app", "image": "x"}, "b": "c"}),
    ],
)
def test_lists_of_names_and_values(tree: Tree, expected: Tree) -> None:
    assert literal_trees.named(tree) == expected
    assert literal_trees.named_in_all({"x": {"y": tree}}) == {"x": {"y": expected}}


def test_merge() -> None:
    tree: Tree = {"a": "b", "c": {"d": "e"}}
    literal_trees.merge(tree, {"a": "b", "c": {"d": "f"}, "g": "h"})
    assert tree == {"a": "b", "c": {"d": "e"}, "c 2": {"d": "f"}, "g": "h"}
    literal_trees.merge(tree, {"a": "canary"})
    assert tree["a"] == EXPRESSION

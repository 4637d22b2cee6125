# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engines with one rule broken: what the property test has to catch, or it proves nothing."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ENGINE = Path(__file__).resolve().parents[2] / "plugins" / "module_utils" / "pgsop"


@dataclass(frozen=True)
class Mutant:
    """A broken rule.

    Attributes:
        name: what is broken.
        file: of the engine's databases/.
        old, new: text that must be there exactly once, and what stands in its place.
        seed: a start that catches it; where it does not any more, others are tried.
        since, until: the majors in which the rule matters.
    """

    name: str
    file: str
    old: str
    new: str
    seed: int = 0
    since: int = 13
    until: int = 99


@contextmanager
def engine(mutant: Mutant, folder: Path) -> Iterator[Any]:
    """The entry of a copy of the engine in which the rule is broken."""
    package = "pgsop_" + "".join(letter if letter.isalnum() else "_" for letter in mutant.name)
    copy = folder / package
    shutil.copytree(ENGINE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    file = copy / "databases" / mutant.file
    text = file.read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1, (
        f"{mutant.file} does not hold this exactly once, so the rule moved: {mutant.old}"
    )
    file.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module(f"{package}.databases.manage").manage_cluster
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.split(".")[0] == package]:
            del sys.modules[name]


READ, OBJECT, DEFAULTS = "read_database.py", "plan_object.py", "plan_defaults.py"
MEMBERS, DATABASE, ROLES, SETTINGS = "plan_memberships.py", "plan_database.py", "plan_roles.py", "plan_settings.py"

MUTANTS = [
    # what is read
    Mutant("no ACL is an empty one", READ, 'coalesce(acl, acldefault(kind::"char", owner)) AS acl', "acl"),
    Mutant(
        "default of a sequence by the letter of a foreign server",
        READ,
        'acldefault(kind::"char", owner)) AS acl',
        "acldefault((CASE kind WHEN 's' THEN 'S' ELSE kind END)::\"char\", owner)) AS acl",
    ),
    Mutant("columns are not read", READ, 'if any(row["relation"] for row in rows):', "if not rows:"),
    Mutant(
        "overloads are one",
        READ,
        "LEFT JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid\n     WHERE m.objid IS NULL",
        "LEFT JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid\n     WHERE m.objid IS NULL"
        " AND p.oid = (SELECT min(q.oid) FROM pg_proc q WHERE (q.proname, q.pronamespace) = (p.proname, p.pronamespace))",
    ),
    Mutant(
        "partitioned tables are overlooked",
        READ,
        "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND m.objid IS NULL",
        "WHERE c.relkind IN ('r', 'v', 'm', 'f', 'S') AND m.objid IS NULL",
    ),
    Mutant(
        "members of extensions are managed", READ, "'f', 'S') AND m.objid IS NULL\n), object", "'f', 'S')\n), object"
    ),
    Mutant("row types of extensions' tables are managed", READ, " AND r.objid IS NULL", "", until=16, seed=9),
    Mutant("public is not looked at", READ, " OR nspname = 'public'", "", seed=5),
    # one object
    Mutant(
        "grantors are not looked at",
        OBJECT,
        "if right.grantor == target.owner:\n                continue",
        "if right:\n                continue",
    ),
    Mutant(
        "the change of owner is not thought ahead",
        OBJECT,
        "layers = {layer: reowned(acl, current.owner, target.owner) for layer, acl in layers.items()}",
        "layers = dict(layers)",
    ),
    Mutant(
        "grant options are not looked at",
        OBJECT,
        "if option and desired.get(what) is False}",
        "if option and not desired}",
    ),
    Mutant(
        "a REVOKE on the table leaves columns alone",
        OBJECT,
        "if layer == TABLE:\n                _reach_columns",
        "if not layers:\n                _reach_columns",
        seed=3,
    ),
    Mutant(
        "no anchors",
        OBJECT,
        '_change(current, Phase.ANCHOR, "GRANT", who, passed_on, layer=layer, grant_option=True)',
        "from ()",
    ),
    Mutant(
        "no cuts",
        OBJECT,
        'yield _change(current, phase, "REVOKE", grantee, cut, layer=layer, as_role=grantor)',
        "cut.clear()",
    ),
    Mutant(
        "no usage is lent for a cut",
        OBJECT,
        "yield from _lend_usage(current.schema, grantors, target.usage)",
        "grantors.clear()",
    ),
    Mutant("lent usage is kept", OBJECT, ', (Phase.RELEASE_SCHEMA, "REVOKE")):', ", ):"),
    Mutant("anchors are kept", OBJECT, "= {who: {} for who, _what in _anchors(acl, owner, uprooted)}", "= {}", seed=3),
    Mutant(
        "strangers lose what was cut",
        OBJECT,
        "wanted[grantee] = {**kept, **{what: option for what, option in rights.items() if what in uprooted}}",
        "wanted[grantee] = kept",
    ),
    Mutant(
        "the owner's own entry is left as it is",
        OBJECT,
        "wanted[target.owner] = dict.fromkeys(every, False)",
        "wanted[target.owner] = held.get(layer, {}).get(target.owner, {})",
    ),
    Mutant(
        "what a managed role passed on is left", OBJECT, "or (right.grantor in scope.managed and not passed_on)", ""
    ),
    Mutant(
        "tables are cut with their columns",
        OBJECT,
        "phase = phase if layer == TABLE else Phase.CUT_COLUMN",
        "phase = phase if layer == TABLE else Phase.CUT_CONTAINER",
        seed=3,
    ),
    Mutant(
        "schemas are cut with their objects",
        OBJECT,
        'Phase.CUT_CONTAINER if current.kind in "ndp" else Phase.CUT',
        "Phase.CUT",
        seed=5,
    ),
    # default privileges
    Mutant("no default is an empty one", DEFAULTS, "    return built_in\n", "    return {}\n"),
    Mutant(
        "a default may be left empty",
        DEFAULTS,
        "target[creator] = dict.fromkeys(scope.all_of(kind), False)",
        "target[creator] = {}",
    ),
    Mutant("everybody may execute what comes", DEFAULTS, 'public -= {"EXECUTE"}', "pass"),
    Mutant("defaults of whoever runs this", DEFAULTS, " FOR ROLE {quote_identifier(creator)}{place}", "{place}"),
    Mutant(
        "defaults without schema are not read",
        DEFAULTS,
        'yield from (key for key in state.defaults if key[1] == "")',
        "yield from ()",
        seed=5,
    ),
    # memberships
    Mutant("the right to admit members is kept", MEMBERS, "elif row.admin:", "elif row.admin and not rows:", seed=25),
    Mutant(
        "options of memberships are not looked at",
        MEMBERS,
        "(row.inherit, row.set) != (True, True)",
        "not pair",
        since=16,
        seed=5,
    ),
    Mutant(
        "memberships are revoked by whoever runs this",
        MEMBERS,
        ' GRANTED BY {quote_identifier(row.grantor)} CASCADE"',
        '"',
        since=16,
    ),
    Mutant(
        "members from outside are kept",
        MEMBERS,
        "ours = row.group in members.managed or row.member",
        "ours = row.member",
    ),
    # the rest
    Mutant("rights on parameters are kept", ROLES, "+ _parameters(declaration, state)", "", since=15, seed=3),
    Mutant("superusers stay", ROLES, '_FLAGS = ("superuser", ', "_FLAGS = (", seed=2),
    Mutant(
        "settings nobody declared are kept",
        SETTINGS,
        "for key in sorted(set(stored) - set(wanted)):",
        "for key in ():",
        seed=9,
    ),
    Mutant("types are for their owner", DATABASE, 'if group.kind == "T":', 'if group.kind == "-":'),
]

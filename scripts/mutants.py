"""Faults put into the product one by one: does the suite notice them, as the one of a base did?

Draws faults over the syntax trees of plugins/, by seed, in functions that are the same now and in the base. For each it names the tests
that should notice it (by name and by import; see quick.py), and runs those: units, then real servers, then whole hosts, until one fails.
A fault is noticed if a test fails with it and passes without it. What today's tests do not notice, those of the base are asked about.
Ends with status 1 if they notice a fault that today's do not.

Usage: scripts/mutants [--base COMMIT] [--seed NUMBER] [--count NUMBER] [--hosts]
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from textwrap import indent

from checkout import checkout
from quick import ROOT, SERVERS, UNIT, hosts_of, tests_of

REPORT = ROOT / "build" / "mutants.json"
#: Seconds for one kind of tests. A fault may be an endless loop, so a run that needs more is tried again without the fault.
TIMEOUT = 240
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True)
class Fault:
    """One place and what is put there; `function` is the source of the function around it."""

    file: str
    line: int
    what: str
    function: str
    index: int  # of the place among all of the function

    @property
    def name(self) -> str:
        """Place and fault, for messages."""
        return f"{self.file}:{self.line} {self.what}"


class Spoil(ast.NodeTransformer):
    """Counts the places of a tree where it can put a fault, and puts it at the one with the chosen number."""

    def __init__(self, chosen: int = -1) -> None:
        self.chosen = chosen
        self.places: list[tuple[int, str]] = []

    def _here(self, node: ast.AST, what: str) -> bool:
        self.places.append((getattr(node, "lineno", 0), what))
        return len(self.places) - 1 == self.chosen

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Another comparison."""
        self.generic_visit(node)
        old = type(node.ops[0])
        if old in COMPARED and self._here(node, f"{old.__name__} becomes {COMPARED[old].__name__}"):
            node.ops[0] = COMPARED[old]()
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """`and` for `or`."""
        self.generic_visit(node)
        if self._here(node, "and, or"):
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """No `not`."""
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) and self._here(node, "not is gone"):
            return node.operand
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """The next number, the other truth."""
        if isinstance(node.value, bool):
            if self._here(node, f"{node.value} is turned around"):
                return ast.copy_location(ast.Constant(not node.value), node)
        elif isinstance(node.value, int) and self._here(node, f"{node.value} plus 1"):
            return ast.copy_location(ast.Constant(node.value + 1), node)
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        """None instead of the value."""
        self.generic_visit(node)
        returns_none = node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)
        if not returns_none and self._here(node, "returns None"):
            node.value = ast.Constant(None)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """A call is left out; a docstring is no place."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and self._here(node, "the call is left out"):
            return ast.copy_location(ast.Pass(), node)
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """An error is not raised."""
        self.generic_visit(node)
        if self._here(node, "nothing is raised"):
            return ast.copy_location(ast.Pass(), node)
        return node


def functions(text: str) -> Iterator[ast.FunctionDef]:
    """All functions of a source, those in functions left out."""
    for node in ast.parse(text).body:
        for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(inner, ast.FunctionDef):
                yield inner


def faults(base: str) -> list[Fault]:
    """All that can be drawn: places in functions that are the same in the base."""
    found = []
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        file = str(path.relative_to(ROOT))
        shown = subprocess.run(["git", "show", f"{base}:{file}"], cwd=ROOT, capture_output=True, text=True, check=False)
        before = {ast.unparse(node) for node in functions(shown.stdout)} if shown.returncode == 0 else set()
        for node in functions(path.read_text(encoding="utf-8")):
            source = ast.unparse(node)
            if source in before:
                spoil = Spoil()
                spoil.visit(node)
                found += [Fault(file, *place, source, number) for number, place in enumerate(spoil.places)]
    return found


def rewritten(text: str, fault: Fault, *, spoil: bool) -> str:
    """A source whose function is written again from its syntax tree, with the fault or without; the function loses its comments."""
    tree = ast.parse(text)
    outers: list[ast.Module | ast.ClassDef] = [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]
    for outer in outers:
        for node in outer.body:
            if isinstance(node, ast.FunctionDef) and ast.unparse(node) == fault.function:
                first = min([node.lineno, *(part.lineno for part in node.decorator_list)])
                changed = ast.unparse(ast.fix_missing_locations(Spoil(fault.index if spoil else -1).visit(node)))
                lines = text.splitlines(keepends=True)
                lines[first - 1 : node.end_lineno] = [indent(changed, " " * node.col_offset) + "\n"]
                return "".join(lines)
    raise SystemExit(f"Cannot put a fault into {fault.name}: the function is not there")


@dataclass(frozen=True)
class Outcome:
    """How a run of tests ended: what failed first, and whether it had to be stopped."""

    failed: tuple[str, ...] = ()
    stopped: bool = False


def outcome(folder: Path, tests: list[str], *options: str) -> Outcome:
    """Runs tests of a checkout up to the first that fails."""
    collections = str(folder / ".ansible" / "collections")
    environment = os.environ | {"PYTHONPATH": collections, "PYTHONDONTWRITEBYTECODE": "1"}
    cache = folder / "build" / "mutants"
    shutil.rmtree(cache, ignore_errors=True)
    command = ["pytest", "-q", "-x", "-o", f"cache_dir={cache}", *options, *tests]
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(stopped=True)
    # Here pytest keeps the whole names; it prints them with the reason behind, and both may have any character in them.
    kept = cache / "v" / "cache" / "lastfailed"
    failed = tuple(json.loads(kept.read_text(encoding="utf-8"))) if kept.exists() else ()
    if done.returncode not in (0, 5) and not failed:
        raise SystemExit(f"Cannot run tests in {folder}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return Outcome(failed)


@contextmanager
def written(folder: Path, fault: Fault, *, spoil: bool) -> Iterator[None]:
    """The checkout has the function in its other form while this lasts."""
    path = folder / fault.file
    before = path.read_text(encoding="utf-8")
    path.write_text(rewritten(before, fault, spoil=spoil), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def notices(folder: Path, fault: Fault, tests: list[str], *options: str) -> bool:
    """Whether one of the tests fails with the fault and passes without it, with the function in the same layout."""
    if not tests:
        return False
    with written(folder, fault, spoil=True):
        spoilt = outcome(folder, tests, *options)
    if not spoilt.stopped and not spoilt.failed:
        return False
    with written(folder, fault, spoil=False):
        sound = outcome(folder, list(spoilt.failed) or tests, *options)
    return not sound.stopped if spoilt.stopped else not sound.failed


def tests_for(folder: Path, fault: Fault) -> dict[str, list[str]]:
    """The tests of a checkout that should notice a fault, by kind."""
    units = ["tests/unit/test_contract.py", *tests_of([fault.file], UNIT, folder)]
    own = Path("tests/unit") / fault.file
    if not (folder / own.with_name(f"test_{own.name}")).exists() and (folder / own.parent).is_dir():
        # A file without tests of its own has them in those of its package.
        units.append(str(own.parent))
    servers = tests_of([fault.file], SERVERS, folder)
    hosts = [name for name in hosts_of([fault.file]) if (folder / name).exists()]
    return {"units": units, "servers": servers, "hosts": hosts}


def noticed_by(folder: Path, fault: Fault, named: dict[str, list[str]], *, hosts: bool) -> str:
    """The first kind of tests that notices the fault, empty for none."""
    if notices(folder, fault, named["units"]):
        return "units"
    if notices(folder, fault, named["servers"]):
        return "servers"
    if hosts and notices(folder, fault, named["hosts"], "-n", "3", "--dist", "loadgroup"):
        return "hosts"
    return ""


def main() -> int:
    """Draw, try, report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--base", default="8023947", help="the commit whose tests are compared (0.4.0)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--hosts", action="store_true", help="also tests on whole hosts, which take minutes each")
    options = parser.parse_args()
    drawn = random.Random(options.seed).sample(faults(options.base), options.count)
    rows, worse = [], []
    with checkout("now", "HEAD") as now, checkout("base", options.base) as base:
        for number, fault in enumerate(drawn, 1):
            began = time.monotonic()
            new, old = tests_for(now, fault), tests_for(base, fault)
            today = noticed_by(now, fault, new, hosts=options.hosts)
            before = "" if today else noticed_by(base, fault, old, hosts=False)
            if before:
                worse.append(fault.name)
            rows.append(
                {"fault": fault.name, "noticed": today, "by the base alone": before, "tests": new, "old tests": old}
            )
            seconds = time.monotonic() - began
            verdict = f"noticed by {today}" if today else f"NOT noticed{', by the base it was' if before else ''}"
            print(f"{number:2d} {fault.name}: {verdict} ({seconds:.0f} s)", flush=True)
            for title, named in (("new", new), ("old", old)):
                print(f"     {title} tests: {', '.join(chain.from_iterable(named.values()))}", flush=True)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(f"{sum(bool(row['noticed']) for row in rows)} of {len(rows)} noticed; worse than the base: {len(worse)}")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())

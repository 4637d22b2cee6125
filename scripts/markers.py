"""How plain the project's words are: marker words per 1,000 words, by layer.

The markers are words that a person whose second language is English, or a database administrator, would not expect, such as "nobody" and
"told". Code spans, code blocks and the constant None are left out. tests/unit/test_contract.py holds the values: they may fall, never rise.

Usage: scripts/markers.py [--list LAYER] [FOLDER]
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

MARKERS = re.compile(
    r"\b(?:nobody|somebody|anybody|told|tells?|said|says?|looks?|looked|mends?|mended|anew|whoever|whose|none"
    r"|what (?:is|has|can)|where (?:it|there|nobody|one))\b",
    re.IGNORECASE,
)
WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
#: What is not prose: code blocks, code spans of Markdown and reStructuredText, and markup of module documentation.
CODE = re.compile(r"```.*?```|``[^`]+``|`[^`\n]+`|\b[CVOPEIBMRU]\([^)]*\)", re.DOTALL)
#: Strings with these words are statements for the server.
SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|GRANT|REVOKE|FROM|WHERE|SET)\b")
DOCUMENTATION = ("DOCUMENTATION", "EXAMPLES", "RETURN", "VERDICT")


def _sources(root: Path) -> Iterator[Path]:
    yield from sorted((root / "plugins").rglob("*.py"))


def docstrings(root: Path) -> Iterator[tuple[str, str]]:
    """Docstrings of plugins/, each with its place."""
    for path in _sources(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                text = ast.get_docstring(node)
                if text:
                    yield f"{path.relative_to(root)}:{getattr(node, 'lineno', 1)}", text


def comments(root: Path) -> Iterator[tuple[str, str]]:
    """Comments of plugins/ without those about the license."""
    for path in _sources(root):
        for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
            if token.type == tokenize.COMMENT and not re.match(r"# (Copyright|GNU General|SPDX)|#!", token.string):
                yield f"{path.relative_to(root)}:{token.start[0]}", token.string.lstrip("#: ")


def messages(root: Path) -> Iterator[tuple[str, str]]:
    """String literals of plugins/ with a blank: no SQL, no docstring, no documentation of modules."""
    for path in _sources(root):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        left_out = {id(node) for node in _no_messages(tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
                text = node.value
                if " " in text.strip() and not SQL.search(text):
                    yield f"{path.relative_to(root)}:{node.lineno}", text


def _no_messages(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                yield first.value
        if isinstance(node, ast.Assign) and _is_documentation(node):
            yield from ast.walk(node.value)


def _is_documentation(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id in DOCUMENTATION for target in node.targets)


def module_documentation(root: Path) -> Iterator[tuple[str, str]]:
    """DOCUMENTATION and RETURN of plugins, and argument specs of roles."""
    for path in _sources(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and _is_documentation(node) and isinstance(node.value, ast.Constant):
                yield f"{path.relative_to(root)}:{node.lineno}", str(node.value.value)
    for path in sorted((root / "roles").glob("*/meta/argument_specs.yml")):
        yield str(path.relative_to(root)), path.read_text(encoding="utf-8")


def docs(root: Path) -> Iterator[tuple[str, str]]:
    """Markdown for users and maintainers."""
    pages = [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").glob("*.md"))]
    for path in [*pages, *sorted((root / "roles").glob("*/README.md"))]:
        yield str(path.relative_to(root)), path.read_text(encoding="utf-8")


LAYERS = {
    "docstrings": docstrings,
    "comments": comments,
    "messages": messages,
    "module documentation": module_documentation,
    "docs": docs,
}


def prose(text: str) -> str:
    """A text without code."""
    return re.sub(r"\bNone\b", " ", CODE.sub(" ", text))


def rate(layer: str, root: Path = ROOT) -> float:
    """Return the markers per 1,000 words of a layer."""
    words = found = 0
    for _place, text in LAYERS[layer](root):
        plain = prose(text)
        words += len(WORD.findall(plain))
        found += len(MARKERS.findall(plain))
    return 1000.0 * found / max(1, words)


def main() -> int:
    """Print the rate of each layer, or each marker of one."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT)
    parser.add_argument("--list", choices=LAYERS, help="print every marker of a layer with its place")
    options = parser.parse_args()
    if options.list:
        for place, text in LAYERS[options.list](options.folder):
            for found in MARKERS.finditer(prose(text)):
                print(f"{place}: {found.group()}: {' '.join(text.split())[:160]}")
        return 0
    for layer in LAYERS:
        print(f"{rate(layer, options.folder):6.1f}  {layer}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

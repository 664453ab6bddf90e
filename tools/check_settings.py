"""Check that every setting is described, and read by somebody.

A setting is an annotated field of a class that derives from ``Settings`` (or ``BaseSettings``).
It is *read* when its name is taken as an attribute (``settings.n_factors``, ``self.n_factors``,
``getattr(settings, "n_factors")``) in the room that defines it, in ``foretaste.app`` or in a
file that names the class. Validators and the field's own definition do not count as reading.
It is *described* by ``Field(description=...)`` or under ``Attributes:`` in the class's docstring.

Run: ``python tools/check_settings.py [ROOT]`` (default ``src/foretaste``); exit code 1 and one
line per finding.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BASES = {"Settings", "BaseSettings"}
EVERYWHERE = {"app", "cli", "testing"}


@dataclass(frozen=True)
class Setting:
    """One field of a settings class.

    Attributes:
        owner: Name of the class.
        name: Name of the field.
        path: File that defines it.
        line: Line that defines it.
        described: Whether it says what it is.
    """

    owner: str
    name: str
    path: Path
    line: int
    described: bool


@dataclass(frozen=True)
class File:
    """What one source file reads and names.

    Attributes:
        room: The first folder under the root, or the file's stem.
        reads: Attribute names that are read.
        names: Every plain name that occurs.
    """

    room: str
    reads: frozenset[str]
    names: frozenset[str]


def settings_of(tree: ast.AST, path: Path) -> Iterator[Setting]:
    """Fields of the settings classes of one file.

    Args:
        tree: The parsed file.
        path: Where it came from.

    Yields:
        Each field; class variables and private names are none.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        bases = {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
                 for base in node.bases}  # fmt: skip
        if not bases & BASES:
            continue
        for field in node.body:
            if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
                continue
            name = field.target.id
            if name.startswith("_") or "ClassVar" in ast.unparse(field.annotation):
                continue
            if ast.unparse(field.annotation).startswith("Literal[") and _is_tag(field):
                continue
            described = "description=" in ast.unparse(field) or name in _attributes(node)
            yield Setting(node.name, name, path, field.lineno, described)


def _is_tag(field: ast.AnnAssign) -> bool:
    """Whether a field can have one value only: it tells settings apart and sets nothing."""
    choices = getattr(field.annotation, "slice", None)
    return isinstance(choices, ast.Constant)


def _attributes(node: ast.ClassDef) -> set[str]:
    """Names that the class's docstring describes under ``Attributes:``."""
    _, _, section = (ast.get_docstring(node) or "").partition("Attributes:")
    return set(re.findall(r"^    (\w+):", section, flags=re.MULTILINE))


def file_facts(tree: ast.AST, room: str) -> File:
    """What a file reads and names.

    Args:
        tree: The parsed file.
        room: The room it belongs to.

    Returns:
        The facts.
    """
    reads: set[str] = set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            reads.add(node.attr)
        elif isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add(node.name.rsplit(".", 1)[-1])
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr":
            reads.update(str(a.value) for a in node.args if isinstance(a, ast.Constant))
    return File(room, frozenset(reads), frozenset(names))


def without_validators(tree: ast.Module) -> ast.Module:
    """The same tree without functions that pydantic calls to validate.

    Args:
        tree: A parsed file; it is changed.

    Returns:
        The tree.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            node.body = [
                part
                for part in node.body
                if not any(
                    "validator" in ast.unparse(d) for d in getattr(part, "decorator_list", [])
                )
            ] or [ast.Pass()]
    return tree


def findings(root: Path) -> Iterator[str]:
    """Settings under a package folder that nobody reads or that do not say what they are.

    Args:
        root: The package folder.

    Yields:
        One sentence for each.
    """
    settings: list[Setting] = []
    files: list[File] = []
    rooms: dict[Path, str] = {}
    for path in sorted(root.rglob("*.py")):
        tree = without_validators(ast.parse(path.read_text(encoding="utf-8"), str(path)))
        rooms[path] = path.relative_to(root).parts[0].removesuffix(".py")
        settings += settings_of(tree, path)
        files.append(file_facts(tree, rooms[path]))
    for setting in settings:
        place = f"{setting.path}:{setting.line}: {setting.owner}.{setting.name}"
        near = EVERYWHERE | {rooms[setting.path]}
        readers = (file for file in files if setting.name in file.reads)
        if not any(file.room in near or setting.owner in file.names for file in readers):
            yield f"{place} is never read: use it or remove it"
        if not setting.described:
            yield f"{place} does not say what it is: Field(description=...) or Attributes:"


def main(arguments: list[str]) -> int:
    """Check and print what was found.

    Args:
        arguments: The package folder, if not the default.

    Returns:
        The exit code.
    """
    found = list(findings(Path(arguments[0] if arguments else "src/foretaste")))
    print("\n".join(found) if found else "settings: every one is described and read")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

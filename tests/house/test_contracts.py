"""The rules of pyproject.toml are real: a small package that breaks one is refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def project(tmp_path: Path, **files: str) -> Path:
    """A copy of our rules around a package of a few rooms."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    rooms = ("core", "data", "measure", "taste", "models", "cli", "testing")
    texts = {f"{room}____init__": f'"""The room {room}."""\n' for room in rooms}
    for name, text in {"__init__": '"""A package."""\n', **texts, **files}.items():
        path = tmp_path / "src" / "foretaste" / (_path(name) + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def _path(name: str) -> str:
    room, separator, module = name.partition("__")
    return f"{room}/{module}" if room and separator else name


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(folder / "src"), "NO_COLOR": "1"}
    command = (sys.executable, *command)
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def layers(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command as c; c(['--no-logo', '--no-cache'])"
    return run(folder, "-c", code)


@pytest.mark.parametrize(
    ("file", "imported"),
    [
        ("taste__a", "core"),
        ("cli__a", "taste"),
        ("testing__a", "cli"),
        ("models__a", "data"),
    ],
)
def test_a_room_may_look_down(tmp_path: Path, file: str, imported: str) -> None:
    answer = layers(project(tmp_path, **{file: f"import foretaste.{imported}\n"}))
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(
    ("file", "imported"),
    [
        ("core__a", "data"),
        ("data__a", "measure"),
        ("taste__a", "models"),
        ("models__a", "cli"),
        ("cli__a", "testing"),
    ],
)
def test_a_room_may_not_look_up_or_sideways(tmp_path: Path, file: str, imported: str) -> None:
    answer = layers(project(tmp_path, **{file: f"import foretaste.{imported}\n"}))
    assert answer.returncode == 1
    assert "BROKEN" in answer.stdout


def test_a_room_nobody_placed_is_refused(tmp_path: Path) -> None:
    answer = layers(project(tmp_path, attic____init__="import foretaste.cli\n"))
    assert answer.returncode == 1
    assert "attic" in answer.stdout


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("import pickle\n", "TID251"),
        ("from joblib import dump\n", "TID251"),
        ("print(1)\n", "T201"),
        ("eval('1')\n", "S307"),
        ("exec('1')\n", "S102"),
        ("import numpy as np\n\nnp.random.seed(1)\n", "NPY002"),
        ("try:\n    import re\nexcept Exception:\n    pass\n", "BLE001"),
        ("def public(x: int) -> int:\n    return x\n", "D103"),
    ],
)
def test_ruff_refuses(tmp_path: Path, text: str, rule: str) -> None:
    folder = project(tmp_path, data__bad=f'"""Bad."""\n\n{text}')
    answer = run(folder, "-m", "ruff", "check", "--no-cache", "src/foretaste/data/bad.py")
    assert answer.returncode == 1
    assert rule in answer.stdout


def test_only_the_command_line_prints(tmp_path: Path) -> None:
    folder = project(tmp_path, cli__say='"""Say."""\n\nprint(1)\n')
    answer = run(folder, "-m", "ruff", "check", "--no-cache", "src/foretaste/cli/say.py")
    assert answer.returncode == 0, answer.stdout


def docstring(argument: str) -> str:
    return (
        f'"""Bad."""\n\n\ndef double(x: int) -> int:\n    """Double it.\n\n    Args:\n'
        f"        {argument}: A number.\n\n    Returns:\n        Twice it.\n    "
        f'"""\n    return 2 * x\n'
    )


@pytest.mark.parametrize(("argument", "code"), [("x", 0), ("y", 1)])
def test_a_docstring_must_name_what_exists(tmp_path: Path, argument: str, code: int) -> None:
    folder = project(tmp_path, data__bad=docstring(argument))
    answer = run(folder, "-c", "from pydoclint.main import main; main()", "--quiet", "src")
    assert answer.returncode == code, answer.stdout + answer.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "text", "fine"),
    [
        ("data__a", "def f(x):\n    return x\n", False),
        ("data__a", "def f(x: int) -> str:\n    return x\n", False),
        ("data__a", "def f(x: list) -> int:\n    return 1\n", True),
        ("core__a", "def f(x: list) -> int:\n    return 1\n", False),
    ],
)
def test_mypy_is_strict_in_core(tmp_path: Path, file: str, text: str, fine: bool) -> None:
    answer = run(project(tmp_path, **{file: text}), "-m", "mypy")
    assert (answer.returncode == 0) is fine, answer.stdout


def test_what_we_import_is_what_we_declare() -> None:
    """Every third-party package imported in src is a declared dependency or in an extra."""
    import ast
    import re
    import tomllib
    from importlib.metadata import packages_distributions

    project_table = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project_table["dependencies"], *project_table["optional-dependencies"].values()]
    wanted = [name for group in groups for name in group]
    declared = {re.split(r"[<>=\[ ]", name)[0].lower() for name in wanted}
    known = packages_distributions()
    undeclared = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for top in {name.split(".")[0] for name in names} - set(sys.stdlib_module_names):
                distributions = {d.lower().replace("_", "-") for d in known.get(top, [top])}
                if top != "foretaste" and not distributions & declared:
                    undeclared.add(f"{path.relative_to(ROOT)}: {top}")
    assert not undeclared

"""The wheel is whole: installed into an empty environment, it works away from the checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.wheel]

TINY_FIT = """
import json
import foretaste as ft

recommender = ft.fit(ft.sample())
recommender.save("bundle")
item_id = ft.load("bundle").recommend(wish="a slow film about memory", n=3)["item_id"].iloc[0]
print(json.dumps({"item_id": str(item_id), "file": ft.__file__}))
"""


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; the test fails with its words if it fails."""
    # Nothing of this checkout or of the environment the tests run in may leak in.
    env = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    answer = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, f"{command}\n{answer.stdout[-2000:]}\n{answer.stderr[-4000:]}"
    return answer.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # From a copy of what is tracked: a stale build/ folder must not smuggle files in.
    listed = run("git", "ls-files", "-co", "--exclude-standard", "-z", cwd=ROOT).split("\0")
    for name in listed:
        if name.startswith(("src/", "pyproject.toml", "README.md", "LICENSE")):
            source, copy = ROOT / name, folder / "source" / name
            if source.is_file():
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(source.read_bytes())
    command = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder)
    run(*command, cwd=folder / "source")
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty")
    run(sys.executable, "-m", "venv", folder, cwd=folder)
    python = folder / "bin" / "python"
    install = (python, "-m", "pip", "install", "-qq", "-c", ROOT / "constraints.txt")
    run(*install, wheel, cwd=folder)
    return python


def test_everything_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    listed = run("git", "ls-files", "-co", "--exclude-standard", "-z", "src", cwd=ROOT).split("\0")
    wanted = {name.removeprefix("src/") for name in listed if (ROOT / name).is_file()}
    assert wanted <= inside, sorted(wanted - inside)[:10]
    assert not [name for name in inside if name.startswith(("tests", "tools"))]
    assert any(name.endswith("licenses/LICENSE") for name in inside)


def test_the_command_is_there(python: Path, tmp_path: Path) -> None:
    import foretaste

    printed = run(python.with_name("foretaste"), "version", cwd=tmp_path)
    assert foretaste.__version__ in printed


def test_a_fit_on_the_sample_away_from_the_checkout(python: Path, tmp_path: Path) -> None:
    answer = json.loads(run(python, "-c", TINY_FIT, cwd=tmp_path).splitlines()[-1])
    assert answer["item_id"]
    assert not Path(answer["file"]).is_relative_to(ROOT)
    assert (tmp_path / "bundle" / "manifest.json").is_file()


def test_the_core_needs_no_torch(python: Path, tmp_path: Path) -> None:
    listed = run(python, "-m", "pip", "list", "--format=json", cwd=tmp_path)
    names = {entry["name"].lower() for entry in json.loads(listed)}
    assert "foretaste" in names
    assert not names & {"torch", "transformers", "sentence-transformers", "pytest"}

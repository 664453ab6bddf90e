"""``constraints.txt`` pins what ``pyproject.toml`` asks for, everywhere, and nothing odd."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import install_torch

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LINES = [
    line
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
PLATFORMS = [
    {"sys_platform": system, "platform_system": name, "python_full_version": f"{version}.7",
     "python_version": version, "platform_machine": machine, "os_name": "nt" if system == "win32"
     else "posix", "implementation_name": "cpython", "platform_python_implementation": "CPython"}
    for system, name, machine in (
        ("linux", "Linux", "x86_64"), ("darwin", "Darwin", "arm64"), ("win32", "Windows", "AMD64"))
    for version in ("3.11", "3.12", "3.13")
]  # fmt: skip


def asked() -> list[Requirement]:
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    found = [Requirement(text) for group in groups for text in group]
    return [one for one in found if one.name != PROJECT["name"]]


def pinned(environment: dict[str, str]) -> dict[str, str]:
    found = {}
    for line in LINES:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            (version,) = requirement.specifier
            assert version.operator == "=="
            assert requirement.name not in found, f"{requirement.name} is pinned twice"
            found[requirement.name.lower()] = version.version
    return found


@pytest.mark.parametrize(
    "environment", PLATFORMS, ids=lambda e: f"{e['sys_platform']}-{e['python_version']}"
)
def test_what_is_asked_for_is_pinned_to_a_version_that_will_do(environment: dict[str, str]) -> None:
    pins = pinned(environment)
    for requirement in asked():
        if requirement.marker is not None and not requirement.marker.evaluate(environment):
            continue
        version = pins.get(requirement.name.lower())
        assert version, f"{requirement.name} is not pinned: run `make lock`"
        assert requirement.specifier.contains(version), f"{requirement} is pinned to {version}"


def test_no_line_names_a_place() -> None:
    assert not [line for line in LINES if "://" in line or line.startswith("-") or " @ " in line]


def test_the_core_is_free_of_heavy_parts() -> None:
    core = {Requirement(text).name.lower() for text in PROJECT["dependencies"]}
    assert not core & {
        "torch",
        "transformers",
        "sentence-transformers",
        "openai",
        "ray",
        "faiss-cpu",
    }


@pytest.mark.parametrize(
    ("platform", "gpu", "answers", "expected"),
    [
        ("linux", None, [True], ["--no-index"]),
        ("linux", None, [False, True], ["--no-index", "--index-url"]),
        ("linux", "/usr/bin/nvidia-smi", [True], ["torch"]),
        ("darwin", None, [True], ["torch"]),
    ],
)
def test_torch_comes_in_the_smallest_build_that_serves(
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    gpu: str | None,
    answers: list[bool],
    expected: list[str],
) -> None:
    tried: list[str] = []

    def pip(*arguments: str) -> bool:
        tried.append(arguments[0])
        return answers[len(tried) - 1]

    monkeypatch.setattr(install_torch, "pip", pip)
    monkeypatch.setattr(install_torch, "find_spec", lambda name: None)
    monkeypatch.setattr(install_torch.sys, "platform", platform)
    monkeypatch.setattr(install_torch.shutil, "which", lambda name: gpu)
    assert install_torch.install_torch()
    assert tried == expected

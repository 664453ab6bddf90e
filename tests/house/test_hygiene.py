"""Machine paths, unsafe loading and large files are refused."""

import subprocess
from pathlib import Path

import pytest

import check_hygiene


def found(tmp_path: Path, name: str, text: str) -> list[str]:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return list(check_hygiene.findings(tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        "open('/home/ann/data.csv')",
        "see /home/bob/main/x",
        "C:\\Users\\ann",
        *("(" + "/".join(["", home, "x"]) + ")" for home in ("root", "work", "srv")),
    ],
)
def test_a_machine_path_is_refused(tmp_path: Path, text: str) -> None:
    (line,) = found(tmp_path, "docs/page.md", text)
    assert "one machine only" in line


@pytest.mark.parametrize(
    "text",
    ["../shared/data", "https://example.org/home/ann", "~/home/x", "docs/work/now", "/tmp/x"],
)
def test_other_paths_are_fine(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, "docs/page.md", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "np.load(path, allow_pickle=True)",
        "torch.load(path, weights_only=False)",
        "AutoModel.from_pretrained(name, trust_remote_code=True)",
        "frame.to_pickle(path)",
    ],
)
def test_unsafe_loading_is_refused_in_the_package(tmp_path: Path, text: str) -> None:
    assert len(found(tmp_path, "src/x.py", text)) == 1


def test_safe_loading_is_fine(tmp_path: Path) -> None:
    assert found(tmp_path, "src/x.py", "np.load(path, allow_pickle=False)") == []


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    (line,) = found(tmp_path, "big.txt", "x\n" * 1_000_001)
    assert "2,000,002 bytes" in line


def test_files_git_ignores_are_not_looked_at(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("out/\n")
    assert found(tmp_path, "out/log.txt", "/home/ann/x") == []
    assert len(found(tmp_path, "log.txt", "/home/ann/x")) == 1
    assert check_hygiene.main([str(tmp_path)]) == 1


def test_binary_files_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\xfe /home/ann/x")
    assert check_hygiene.main([str(tmp_path)]) == 0

"""``import foretaste`` is light, and the check would notice if it were not."""

import subprocess
import sys

import pytest

import check_import


def test_the_base_import_loads_nothing_heavy(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_import.main([]) == 0, capsys.readouterr().out


def test_a_heavy_import_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_import.main(["import scipy", "60"]) == 1
    assert "loads scipy" in capsys.readouterr().out


def test_a_slow_import_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_import.main(["time.sleep(.02)", "0.01"]) == 1
    assert "more than 0.01 s" in capsys.readouterr().out


def test_help_touches_no_heavy_library() -> None:
    code = (
        "import sys\nfrom foretaste.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as end:\n    assert not end.code\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnxruntime', 'matplotlib'}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or None)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr

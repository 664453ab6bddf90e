"""A setting nobody reads, or that says nothing, is refused."""

from pathlib import Path

import pytest

import check_settings

GOOD = '''
class Fast(Settings):
    """Something.

    Attributes:
        documented: In the docstring.
    """

    kind: Literal["fast"] = "fast"
    limit: ClassVar[int] = 3
    documented: int = 1
    used: int = Field(1, description="Here")

    def run(self) -> int:
        return self.used + self.documented
'''


def found(tmp_path: Path, **files: str) -> list[str]:
    for name, text in files.items():
        path = tmp_path / (name.replace("__", "/") + ".py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return list(check_settings.findings(tmp_path))


def test_described_and_read_settings_are_fine(tmp_path: Path) -> None:
    assert found(tmp_path, room__fast=GOOD) == []
    assert check_settings.main([str(tmp_path)]) == 0


def test_a_setting_nobody_reads_is_refused(tmp_path: Path) -> None:
    (line,) = found(tmp_path, room__fast=GOOD.replace("self.used + ", ""))
    assert "Fast.used is never read" in line
    assert check_settings.main([str(tmp_path)]) == 1


def test_a_setting_without_words_is_refused(tmp_path: Path) -> None:
    (line,) = found(tmp_path, room__fast=GOOD.replace('Field(1, description="Here")', "1"))
    assert "Fast.used does not say what it is" in line


def test_a_validator_does_not_read(tmp_path: Path) -> None:
    only = GOOD.replace("    def run", "    @model_validator(mode='after')\n    def run")
    assert len([line for line in found(tmp_path, room__fast=only) if "never read" in line]) == 2


@pytest.mark.parametrize(
    ("file", "text", "fine"),
    [
        ("room__other", "def go(s): return s.used", True),
        ("app__main", "def go(s): return s.used", True),
        ("app__main", "def go(s): return getattr(s, 'used')", True),
        ("far__other", "def go(s: Fast): return s.used", True),
        ("far__other", "def go(s): return s.used", False),
        ("room__other", "def go(s): s.used = 1", False),
    ],
)
def test_where_reading_counts(tmp_path: Path, file: str, text: str, fine: bool) -> None:
    lines = found(tmp_path, room__fast=GOOD.replace("self.used + ", ""), **{file: text})
    assert (lines == []) is fine

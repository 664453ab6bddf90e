"""Every Python example of the documents runs and prints what the page says."""

import re
from pathlib import Path

import pytest

import page_examples

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
WITH_EXAMPLES = [page for page in PAGES if page_examples.examples(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert page_examples.run(page)


def test_the_formulas_are_among_them() -> None:
    assert ROOT / "docs" / "formulas.md" in WITH_EXAMPLES


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("```python\nprint(1 + 1)\n```\n\n```output\n2\n```\n", True),
        ("```python\nprint('a   b c')\n```\n```output\na b ...\n```\n", True),
        ("```python\nx = 1\n```\nthen\n```python\nassert x == 1\n```\n", True),
        ("<!-- not run: needs a network -->\n```python\n1 / 0\n```\n", True),
        ("- a list\n\n    ```python\n    if True:\n        print(3)\n    ```\n", True),
        ("```python\nprint(1 + 1)\n```\n```output\n3\n```\n", False),
        ("```python\n1 / 0\n```\n", False),
        ("words\n```output\n3\n```\n", False),
    ],
)
def test_the_runner_itself(tmp_path: Path, text: str, fine: bool) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    if fine:
        page_examples.run(page)
    else:
        with pytest.raises((AssertionError, ArithmeticError, ValueError)):
            page_examples.run(page)


def test_links_between_files_of_the_checkout_lead_somewhere() -> None:
    broken = []
    for page in [*PAGES, ROOT / "ARCHITECTURE.md", ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists() and "reference/" not in target:
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert not broken

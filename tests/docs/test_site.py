"""The site builds without warnings and needs nothing from the network."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("material", reason="mkdocs-material is not installed: pip install '.[docs]'")

ROOT = Path(__file__).parents[2]
LOADS = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["']?https?:[^>]*>"""
    r"""|<link\b(?=[^>]*rel=["']?(?:stylesheet|preload|preconnect|icon))[^>]*href=["']?https?:[^>]*>"""
    r"""|@import\s+["']?(?:url\()?["']?https?:[^;]*""",
    flags=re.IGNORECASE,
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return folder


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) >= 8
    for page in pages:
        assert not LOADS.findall(page.read_text(encoding="utf-8")), page


def test_links_between_pages_lead_somewhere(site: Path) -> None:
    broken = []
    for page in site.rglob("*.html"):
        if page.name == "404.html":
            continue  # its links start at the root of wherever the site is served
        for target in re.findall(r'(?:href|src)="([^"#?:]+)["#?]', page.read_text("utf-8")):
            path = (page.parent / target).resolve()
            if not (path.is_file() or (path / "index.html").is_file()):
                broken.append(f"{page.relative_to(site)} -> {target}")
    assert not broken


def test_mathematics_is_rendered_here(site: Path) -> None:
    page = (site / "formulas" / "index.html").read_text(encoding="utf-8")
    assert page.count("<math") >= 15
    assert "arithmatex" not in page


@pytest.mark.parametrize(
    ("html", "loads"),
    [
        ('<script src="https://cdn.example/x.js"></script>', True),
        ('<link rel="stylesheet" href="https://fonts.example/css">', True),
        ('<link rel="canonical" href="https://docs.example/">', False),
        ('<a href="https://example.org">', False),
        ('<script src="assets/x.js"></script>', False),
    ],
)
def test_the_search_for_loads_finds_them(html: str, loads: bool) -> None:
    assert bool(LOADS.search(html)) is loads

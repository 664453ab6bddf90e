"""Covers: the same item always the same, readable, and no word broken."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretaste.console.parts.colours import contrast
from foretaste.console.parts.cover import COMPOSITIONS, PALETTES, cover_of, fit

CSS = {
    name: resources.files("foretaste.console").joinpath(f"static/{name}.css").read_text()
    for name in ("base", "shell", "parts")
}


def test_contrast_agrees_with_the_standard() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#123456", "#123456") == 1.0


@pytest.mark.parametrize("name", PALETTES)
def test_titles_can_be_read_on_every_palette(name: str) -> None:
    ground, figure, ink = PALETTES[name]
    assert contrast(ground, ink) >= 4.5
    assert max(contrast(figure, ground), contrast(figure, ink)) >= 3.0


@given(st.text(min_size=1, max_size=80), st.sampled_from(sorted(COMPOSITIONS)))
def test_any_title_has_a_size(title: str, name: str) -> None:
    size = fit(title, name)
    assert 6.0 <= size <= COMPOSITIONS[name].most


@given(st.sampled_from(sorted(COMPOSITIONS)), st.integers(1, 40))
def test_longer_words_are_set_smaller(name: str, n: int) -> None:
    assert fit("m" * (n + 1), name) <= fit("m" * n, name)


def test_facts_are_found_under_the_names_owners_give_them() -> None:
    film = cover_of("Heat", {"year": 1995, "genres": ["Crime", "Drama"], "directors": ["M. Mann"]})
    assert (film.year, film.kind, film.maker) == ("1995", "Crime", "M. Mann")
    shoe = cover_of("Runner", {"brand": "Acme", "category": "Shoes", "price": 80})
    assert (shoe.year, shoe.kind, shoe.maker) == ("", "Shoes", "Acme")
    assert cover_of("Bare", {}).year == ""


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))


LIGHT = tokens(CSS["base"].split("color-scheme: light;")[1].split("}")[0])
DARK = tokens(CSS["base"].split(':root[data-theme="dark"]')[1].split("}")[0])
AUTOMATIC = tokens(CSS["base"].split(':root:not([data-theme="light"])')[1].split("}")[0])
TEXT_ON = [
    (ink, ground)
    for ink in ("ink", "ink2", "ink3", "accent", "plus", "minus", "warn")
    for ground in ("paper", "surface", "sunken")
] + [
    ("on-accent", "accent"), ("on-soft", "accent-soft"), ("on-minus-soft", "minus-soft"),
    ("on-warn-soft", "warn-soft"), ("paper", "ink"), ("surface", "minus"),
]  # fmt: skip


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_can_be_read_in_both_themes(colours: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(colours[ink], colours[ground]) >= 4.5, f"{ink} on {ground}"


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_of_controls_and_the_focus_ring_stand_out(colours: dict[str, str]) -> None:
    for line in ("edge", "accent"):
        for ground in ("paper", "surface"):
            assert contrast(colours[line], colours[ground]) >= 3.0


def test_the_systems_dark_and_the_chosen_dark_are_the_same() -> None:
    assert AUTOMATIC == DARK and set(LIGHT) == set(DARK)


def test_there_is_one_type_scale() -> None:
    sizes = re.findall(r"font(?:-size)?:\s*([^;}]+)", "".join(CSS.values()))
    free = {size for size in sizes if re.search(r"\d(?:px|rem)\b", size)}
    assert free <= {"12px", "13px", "22px"}, "only labels inside drawings have sizes of their own"


def test_styles_ask_for_nothing_from_elsewhere() -> None:
    assert not re.findall(r"url\(\s*[\"']?(?:https?:)?//", "".join(CSS.values()))
    assert "@import" not in "".join(CSS.values())

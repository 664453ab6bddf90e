"""What the simulated audience can have a taste for: small rules over facts, not vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ASPECTS", "GATES", "Aspect", "darkness_of", "gates_of", "membership"]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing people like films for.

    A film belongs to it to a degree between 0 and 1: the product over the stated conditions
    of how well each is met (see :func:`membership`), so an aspect is a conjunction, not a sum.

    Attributes:
        phrase: How people say it.
        club: Which crowd shares it: people mostly combine aspects of one crowd.
        weight: How common the taste is.
        rules: Column to words; any of them will do, two are better than one.
        before: Fades out after this year.
        after: Fades out before this year.
    """

    phrase: str
    club: str
    weight: float
    rules: Mapping[str, str]
    before: int | None = None
    after: int | None = None


def _aspect(
    phrase: str, club: str, weight: float, before: int | None = None, after: int | None = None,
    **rules: str,
) -> Aspect:  # fmt: skip
    return Aspect(phrase, club, weight, rules, before, after)


ASPECTS: tuple[Aspect, ...] = (
    _aspect("old westerns", "classics", 1.0, before=1985, genres="Western",
            themes="outlaws|revenge|wilderness|cattle drive|honor|loyalty|old age"),
    _aspect("film noir", "classics", 1.2, before=1967, genres="Crime|Thriller|Mystery",
            themes="murder|betrayal|guilt|greed|fate|deception|detective|crime|obsession"),
    _aspect("silent films", "classics", 0.8, before=1932),
    _aspect("elegant old comedies", "classics", 1.0, before=1966, genres="Comedy",
            mood="playful|warm|elegant|satirical"),
    _aspect("musicals", "classics", 0.9, genres="Musical|Music"),
    _aspect("slow, melancholy films", "arthouse", 1.6,
            mood="melancholy|quiet|meditative|lyrical|bittersweet", genres="Drama"),
    _aspect("films about memory and dreams", "arthouse", 1.2,
            themes="memory|dreams|identity|imagination|regret", mood="dreamy|melancholy|eerie"),
    _aspect("portraits of women", "arthouse", 1.2,
            themes="women's lives|motherhood|desire|marriage|repression", genres="Drama"),
    _aspect("films of faith and doubt", "arthouse", 0.7,
            themes="faith|guilt|sacrifice|death|redemption|doubt"),
    _aspect("surreal, absurd cinema", "arthouse", 0.8, mood="dreamy|absurd|surreal|playful|deadpan",
            themes="absurdity|dreams|madness|imagination|cinema|transformation|storytelling"),
    _aspect("stories of loneliness in the city", "arthouse", 1.0,
            themes="loneliness|city life|alienation|isolation|strangers|migration"),
    _aspect("thrillers with a twist", "popcorn", 1.8, genres="Thriller|Mystery",
            mood="tense|intense|eerie"),
    _aspect("science fiction", "popcorn", 1.5, genres="Science-Fiction"),
    _aspect("horror", "popcorn", 1.5, genres="Horror", mood="eerie|tense|bleak"),
    _aspect("action and martial arts", "popcorn", 1.4, genres="Action|Adventure",
            mood="tense|epic|intense"),
    _aspect("heists and con artists", "popcorn", 1.2,
            themes="heist|con artists|deception|gambling|underworld|crime|corruption|lies"),
    _aspect("murder investigations", "popcorn", 1.2, after=1965, genres="Crime|Mystery|Thriller",
            themes="murder|serial killer|police|detective|kidnapping|corruption|justice"),
    _aspect("mind-bending puzzles", "popcorn", 1.1, after=1985,
            themes="time travel|time loop|parallel worlds|identity|memory|paranoia|science"),
    _aspect("feel-good films", "hearts", 1.8, mood="warm|playful|bright|tender",
            genres="Comedy|Family|Romance", after=1960),
    _aspect("love stories", "hearts", 1.7, genres="Romance",
            themes="love|first love|lost love|forbidden love|longing|marriage"),
    _aspect("coming-of-age stories", "hearts", 1.4,
            themes="coming of age|childhood|youth|school|first love|bullying|training"),
    _aspect("animation and fairy tales", "hearts", 1.0, genres="Animation|Family|Fantasy",
            mood="playful|warm|dreamy|tender"),
    _aspect("films about music and dance", "hearts", 1.0,
            themes="music|dance|show business|performance|fame"),
    _aspect("films about food, friendship and second chances", "hearts", 1.0,
            themes="food|friendship|kindness|second chance|old age|community", mood="warm|tender"),
    _aspect("family dramas", "hearts", 1.3, genres="Drama",
            themes="family|father and son|brothers|grief|motherhood|family secrets|siblings"),
    _aspect("Japanese and Korean cinema", "world", 1.3, languages="Japanese|Korean"),
    _aspect("Chinese-language cinema", "world", 0.8, languages="Mandarin|Cantonese|Hokkien"),
    _aspect("Indian cinema", "world", 0.8,
            languages="Hindi|Telugu|Tamil|Bengali|Malayalam|Kannada|Urdu"),
    _aspect("Latin American cinema", "world", 0.9,
            countries="Mexico|Brazil|Argentina|Chile|Colombia|Peru|Cuba|Uruguay|Bolivia|Guatemala"),
    _aspect("African and Arab cinema", "world", 0.8,
            languages="Arabic|Wolof|Bambara|French|Swahili|Zulu|Sotho|Mooré|Dyula",
            countries="Senegal|Egypt|Tunisia|Lebanon|Algeria|Mali|Burkina Faso|Mauritania|Jordan|"
                      "South Africa|Lesotho|Ivory Coast|Kenya|Sudan|Nigeria"),
    _aspect("Nordic films", "world", 0.9, languages="Swedish|Danish|Norwegian|Finnish|Icelandic"),
    _aspect("films from behind the Iron Curtain", "world", 0.8, before=1992,
            countries="Soviet Union|Czechoslovakia|Poland|Hungary|Bulgaria|Yugoslavia|Romania"),
    _aspect("village life and old traditions", "world", 0.9,
            themes="village life|tradition|farming|community|folklore|ritual|indigenous life"),
    _aspect("political films", "real", 1.2,
            themes="dictatorship|colonialism|revolution|injustice|resistance|corruption|politics|"
                   "racism|solidarity|rebellion"),
    _aspect("war films", "real", 1.1, genres="War|History"),
    _aspect("working-class stories", "real", 1.0,
            themes="working class|work|poverty|class|labor strike|great depression", mood="gritty|"
            "bleak|tender|melancholy"),
    _aspect("documentaries and true stories", "real", 0.9, genres="Documentary|History"),
    _aspect("wilderness and survival", "real", 1.0,
            themes="survival|wilderness|nature|snow|island|sea|animals|mountaineering|outback"),
    _aspect("road movies", "real", 1.0, themes="road trip|journey|escape|fugitive|exile|quest"),
    _aspect("biting satire", "real", 1.0, themes="satire|bureaucracy|greed|media|class|ambition",
            mood="satirical|ironic|playful|deadpan|bitter"),
)  # fmt: skip
"""All tastes there are."""

GATES: tuple[str, ...] = ("", "older", "recent", "gentle", "dark")
"""How a person may narrow an aspect: any film of it, or only those of one kind."""

_DARK = frozenset(
    ["bleak", "tense", "gritty", "eerie", "intense", "feverish", "ominous", "violent", "cynical"]
)
_LIGHT = frozenset(
    ["playful", "warm", "tender", "romantic", "bright", "stirring", "elegant", "dreamy"]
)


def membership(films: tuple[dict[str, Any], ...]) -> NDArray[np.float64]:
    """How far each film belongs to each aspect.

    A condition with ``h`` words found counts ``1 - .25^h``, one with none .04; years count by a
    logistic step of width 3 years.

    Args:
        films: The catalogue.

    Returns:
        Degrees between 0 and 1, [aspects, I].
    """
    years = np.array([film["year"] for film in films], float)
    table = np.ones((len(ASPECTS), len(films)))
    for row, aspect in zip(table, ASPECTS, strict=True):
        for column, words in aspect.rules.items():
            wanted = set(words.split("|"))
            hits = np.array([len(wanted & set(film[column])) for film in films])
            row *= np.where(hits > 0, 1 - 0.25**hits, 0.04)
        if aspect.before is not None:
            row *= 1 / (1 + np.exp((years - aspect.before) / 3))
        if aspect.after is not None:
            row *= 1 / (1 + np.exp((aspect.after - years) / 3))
    return table


def gates_of(films: tuple[dict[str, Any], ...]) -> NDArray[np.float64]:
    """What is left of an aspect behind each gate: 1 inside, .12 outside.

    Args:
        films: The catalogue.

    Returns:
        Factors, [gates, I].
    """
    years = np.array([film["year"] for film in films])
    darkness = darkness_of(films)
    inside = [years > 0, years < 1970, years >= 1990, darkness <= 0, darkness > 0]
    return np.where(np.array(inside), 1.0, 0.12)


def darkness_of(films: tuple[dict[str, Any], ...]) -> NDArray[np.float64]:
    """Mood from light to dark.

    Args:
        films: The catalogue.

    Returns:
        Dark words less light words, cut to -1 .. 1, [I].
    """
    moods = [set(film["mood"]) for film in films]
    return np.array([float(np.clip(len(m & _DARK) - len(m & _LIGHT), -1, 1)) for m in moods])

"""Items and people to sentences, by templates that are files, in any language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foretaste.core.dataset import Role
from foretaste.core.errors import DataError, UnknownNameError
from foretaste.core.evidence import History

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Template", "item_texts", "person_text", "read_template"]

_PLACE = re.compile(r"\{([^{}]*)\}")
_YEAR_AT_END = re.compile(r"\s*\((?:18|19|20)\d\d\)\s*$")
_ENDS = ".!?。！？…"
_MOST_VALUES = 30
_MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class _Line:
    field: str
    sentence: str
    places: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Template:
    """Sentences with places for columns.

    One line a sentence, ``field | words {column} words``. ``{a or b}`` takes the first
    column that has a value; a sentence with an empty place is left out, and so is one all
    of whose columns or values were said before. ``{@title}`` and ``{@text}`` stand for the columns
    of that role, ``{@rest}`` for each attribute not said yet, as *Name: values.*

    Attributes:
        name: Name or path it was read from.
        lines: The sentences.
    """

    name: str
    lines: tuple[_Line, ...]

    @classmethod
    def parse(cls, text: str, name: str = "template") -> Template:
        """Read a template's text.

        Args:
            text: Lines as described above; ``#`` begins a remark.
            name: What to call it in errors.

        Returns:
            The template.

        Raises:
            DataError: If a line has no field, or a place is empty.
        """
        lines = []
        for number, raw in enumerate(text.splitlines(), 1):
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            field, bar, sentence = line.partition("|")
            places = tuple(
                tuple(part.strip() for part in place.split(" or "))
                for place in _PLACE.findall(sentence)
            )
            if not bar or not field.strip() or not places or any("" in place for place in places):
                raise DataError(
                    "this is not a template line",
                    expected="field | words {column} words",
                    got=line,
                    where=f"{name}, line {number}",
                )
            lines.append(_Line(field.strip(), sentence.strip(), places))
        if not lines:
            raise DataError("this template has no sentence", where=name)
        return cls(name, tuple(lines))

    @property
    def fields(self) -> tuple[str, ...]:
        """Field names in the order in which they first come."""
        return tuple(dict.fromkeys(line.field for line in self.lines))

    def fill(self, values: Mapping[str, Any], roles: Mapping[str, Role]) -> dict[str, str]:
        """Say one row.

        Args:
            values: Columns of the row; ``None``, empty text and empty lists count as absent.
            roles: Roles of those columns; others are said only where a line names them.

        Returns:
            For each field its sentences, joined by a space; ``""`` where nothing is known.
        """
        known = {name: text for name in values if (text := _say(values[name], roles.get(name)))}
        for name, role in roles.items():
            # "Heat (1995)" with a column year would say the year twice.
            if role == "title" and name in known and known.keys() & {"year", "release_year"}:
                known[name] = _YEAR_AT_END.sub("", known[name]) or known[name]
        said: set[str] = set()
        heard: set[str] = set()
        parts: dict[str, list[str]] = {field: [] for field in self.fields}
        for line in self.lines:
            if line.places == (("@rest",),):
                parts[line.field] += _rest(known, roles, said, self._named())
                continue
            found = [_choose(place, known, roles) for place in line.places]
            columns = {column for column, _ in found}
            told = {text for _, text in found}
            # An original title that is the title says nothing new either.
            if None in columns or columns <= said or told <= heard:
                continue
            said |= {column for column in columns if column}
            heard |= told
            # Split once, for a value may hold braces of its own.
            pieces = _PLACE.split(line.sentence)
            pieces[1::2] = [text for _, text in found]
            parts[line.field].append(_close("".join(pieces)))
        return {field: " ".join(sentences) for field, sentences in parts.items()}

    def _named(self) -> set[str]:
        return {name for line in self.lines for place in line.places for name in place}


def read_template(name: str) -> Template:
    """Read a template of this package by name, or a file of your own by path.

    Args:
        name: ``item.en``, ``item.zh``, ``person.en``, ``person.zh``, or a path.

    Returns:
        The template.

    Raises:
        UnknownNameError: If there is neither.
        DataError: If the file is not a template.
    """
    inside = files("foretaste.language") / "templates"
    path = Path(name)
    if path.suffix == ".txt" and path.is_file():
        try:
            return Template.parse(path.read_text("utf-8"), name)
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"cannot be read as UTF-8 text ({error})", where=name) from error
    known = [entry.name[:-4] for entry in inside.iterdir() if entry.name.endswith(".txt")]
    if name not in known:
        raise UnknownNameError("template (nor a .txt file)", name, known)
    return Template.parse((inside / f"{name}.txt").read_text("utf-8"), name)


def item_texts(
    items: pl.DataFrame, roles: Mapping[str, Role], template: Template | None = None
) -> dict[str, list[str]]:
    """Say every item of a table.

    Args:
        items: One row an item, as ``Dataset.items``.
        roles: Roles of its columns, as ``Dataset.item_roles``.
        template: Which sentences; the English one of this package when left out.

    Returns:
        For each field of the template the texts of all items, in row order.
    """
    chosen = template or read_template("item.en")
    texts: dict[str, list[str]] = {field: [] for field in chosen.fields}
    for row in items.iter_rows(named=True):
        for field, text in chosen.fill(row, roles).items():
            texts[field].append(text)
    return texts


def person_text(
    profile: Mapping[str, Any],
    roles: Mapping[str, Role] | None = None,
    *,
    history: History | None = None,
    titles: Sequence[str] = (),
    kinds: Sequence[str] = (),
    words: Iterable[str] = (),
    template: Template | None = None,
    most: int = 20,
) -> str:
    """Say what is known of a person: attributes, then behaviour, then their own words.

    Args:
        profile: Attributes; a free text under ``text``.
        roles: Roles of attributes, as ``Dataset.people_roles``; an attribute without one
            is a category.
        history: Their past, said only with ``titles``.
        titles: Titles of all items in row order, as ``Dataset.titles()``.
        kinds: Names of event kinds, as ``Dataset.kinds``.
        words: What they wrote (searches, comments).
        template: Which sentences; the English one of this package when left out.
        most: Name at most this many items for each kind of event, the newest first.

    Returns:
        Sentences; ``""`` when nothing is known.
    """
    known: dict[str, Role] = dict(roles or {})
    for name in profile:
        known.setdefault(name, "text" if name == "text" else "category")
    values = dict(profile)
    if history is not None and titles:
        values |= _behaviour(history, titles, kinds, most)
    values["@words"] = " ".join(_close(word) for word in words if word.strip())
    filled = (template or read_template("person.en")).fill(values, known)
    return " ".join(text for text in filled.values() if text)


def _behaviour(
    history: History, titles: Sequence[str], kinds: Sequence[str], most: int
) -> dict[str, list[str]]:
    newest = range(len(history) - 1, -1, -1)

    def told(chosen: Iterable[int]) -> list[str]:
        return list(dict.fromkeys(titles[history.rows[place]] for place in chosen))[:most]

    values = {
        f"@did {kind}": told(place for place in newest if history.kinds[place] == code)
        for code, kind in enumerate(kinds)
    }
    values["@liked"] = told(place for place in newest if history.signals[place] > 0)
    values["@disliked"] = told(place for place in newest if history.signals[place] < 0)
    return values


def _say(value: Any, role: Role | None) -> str:
    if value is None or role == "vector" or value is False:
        return ""
    if isinstance(value, float):
        return "" if value != value else f"{value:g}"
    if isinstance(value, str):
        return value.strip()[:_MOST_CHARACTERS]
    if isinstance(value, Iterable):
        parts = [str(part).strip() for part in value if part is not None]
        return ", ".join(part for part in parts if part)[:_MOST_CHARACTERS]
    return str(value)


def _choose(
    place: Sequence[str], known: Mapping[str, str], roles: Mapping[str, Role]
) -> tuple[str | None, str]:
    for name in place:
        if name in known:
            return name, known[name]
        if name in ("@title", "@text"):
            found = [c for c, role in roles.items() if role == name[1:] and c in known]
            if found:
                return name, " ".join(
                    _close(known[c]) if c != found[-1] else known[c] for c in found
                )
    return None, ""


def _rest(
    known: Mapping[str, str], roles: Mapping[str, Role], said: set[str], named: set[str]
) -> list[str]:
    sentences = []
    for name, role in roles.items():
        if name not in known or name in said or name in named:
            continue
        label = name.replace("_", " ").strip().capitalize()
        if role in ("category", "categories"):
            sentences.append(_close(f"{label}: {known[name]}"))
        elif role == "flag":
            sentences.append(f"{label}.")
    return sentences


def _close(sentence: str) -> str:
    text = sentence.strip()
    if len(text) > 1 and text[-1] in _ENDS and text[-2] in _ENDS:
        text = text[:-1]
    return text if not text or text[-1] in _ENDS else f"{text}."

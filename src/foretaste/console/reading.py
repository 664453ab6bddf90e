"""Items and people in the words a page needs: titles, one line of facts, long texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foretaste.console.parts.cover import Cover, cover_of
from foretaste.core.errors import OutsideError, UnknownIdError

if TYPE_CHECKING:
    from foretaste.app.service import Workspace

__all__ = ["Shown", "first_words", "read_items", "shown_item", "spelt", "title_column"]


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as pages show it.

    Attributes:
        item_id: The item.
        title: Its title; the id where it has none.
        attributes: What the catalogue says of it, the title excepted.
        cover: What its cover is made from.
        hidden: Whether it is kept out of lists.
    """

    item_id: str
    title: str
    attributes: Mapping[str, Any]
    cover: Cover
    hidden: bool = False

    @property
    def facts(self) -> str:
        """One line: year, kind, maker and other short things, as far as there are any."""
        told = [self.cover.year, self.cover.kind, self.cover.maker]
        return " · ".join(one for one in told if one)


def shown_item(
    item_id: str,
    attributes: Mapping[str, Any],
    *,
    title: str | None = None,
    title_column: str = "title",
    hidden: bool = False,
) -> Shown:
    """Make an item ready to be shown.

    Args:
        item_id: The item.
        attributes: What the catalogue says of it.
        title: Its title, where it is known already.
        title_column: Which attribute is the title.
        hidden: Whether it is kept out of lists.

    Returns:
        The item.
    """
    name = title or str(attributes.get(title_column) or item_id)
    rest = {
        key: value
        for key, value in attributes.items()
        if key != title_column and value not in (None, "", [], ())
    }
    return Shown(item_id, name, rest, cover_of(name, rest), hidden)


def read_items(workspace: Workspace, item_ids: Iterable[str]) -> dict[str, Shown]:
    """Read items from the catalogue; what cannot be read is shown by its id alone.

    Args:
        workspace: Whose.
        item_ids: Which.

    Returns:
        Each item by its id.
    """
    column = title_column(workspace)
    found: dict[str, Shown] = {}
    for item_id in dict.fromkeys(item_ids):
        try:
            record = workspace.item(item_id)
        except (UnknownIdError, OutsideError):
            found[item_id] = shown_item(item_id, {})  # deleted since, or the database is gone
        else:
            found[item_id] = shown_item(
                item_id, record.attributes, title_column=column, hidden=record.hidden
            )
    return found


def title_column(workspace: Workspace) -> str:
    """Which attribute of an item is its title.

    Args:
        workspace: Whose.

    Returns:
        The column; ``title`` if none is known.
    """
    roles = workspace.attributes()
    return next((name for name, role in roles.items() if role == "title"), "title")


def spelt(value: Any) -> str:
    """An attribute's value in words.

    Args:
        value: Any value.

    Returns:
        Text; lists with commas.
    """
    if isinstance(value, list | tuple):
        return ", ".join(spelt(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.6g}"
    return str(value)


def first_words(text: str, most: int = 160) -> str:
    """The beginning of a long text, cut between words.

    Args:
        text: The text.
        most: Characters to keep.

    Returns:
        The text, or its beginning and an ellipsis.
    """
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0].rstrip(",;:.") + " …"

"""Which column is the person, the item, the time ...: by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from foretaste.core.errors import DataError

__all__ = ["AMOUNTS", "NAMES", "find_columns", "known_name", "plain"]

NAMES: Mapping[str, tuple[str, ...]] = {
    "user_id": (
        "userid", "user", "uid", "reviewerid", "customerid", "customer", "personid", "person",
        "memberid", "member", "visitorid", "accountid", "profileid", "readerid", "viewerid",
        "userno", "userindex", "useridx", "sessionid", "用户id", "用户", "用户编号",
    ),
    "item_id": (
        "itemid", "item", "iid", "movieid", "movie", "filmid", "film", "parentasin", "asin",
        "productid", "product", "artistid", "songid", "trackid", "bookid", "isbn", "newsid",
        "articleid", "businessid", "gameid", "appid", "videoid", "docid", "documentid", "contentid",
        "sku", "venueid", "poiid", "goodsid", "recipeid", "jobid", "courseid", "listingid",
        "objectid", "itemindex", "itemidx", "物品id", "商品id", "商品", "电影id", "物品",
    ),
    "timestamp": (
        "times", "timestamp", "unixreviewtime", "time", "ts", "datetime", "eventtime", "unixtime",
        "date", "createdat", "created", "reviewtime", "ratedat", "watchedat", "when", "utc",
        "timestamps", "时间", "时间戳", "日期",
    ),
    "rating": ("rating", "overall", "stars", "score", "ratings", "stars5", "grade", "评分"),
    "value": (
        "value", "weight", "count", "playcount", "plays", "listens", "quantity", "qty", "amount",
        "durations", "watchtime", "watchratio", "clicks", "label",
    ),
    "type": (
        "type", "kind", "event", "eventtype", "behavior", "behaviortype", "behaviour",
        "behaviourtype", "action", "actiontype", "feedbacktype", "interactiontype", "行为", "类型",
    ),
    "words": (
        "words", "comment", "reviewtext", "text", "review", "query", "searchquery", "remark",
        "note", "tag", "搜索词", "评论",
    ),
    "head": ("head", "headid", "subject", "h", "source", "from", "entity1"),
    "relation": ("relation", "relationid", "predicate", "r", "property", "edge", "rel"),
    "tail": ("tail", "tailid", "object", "t", "target", "to", "entity2"),
    "available_from": (
        "availablefrom", "availablefroms", "availablesince", "launchdate", "onlinefrom",
    ),
    "available_until": (
        "availableuntil", "availableuntils", "availableto", "expirydate", "expiresat",
        "onlineuntil",
    ),
}  # fmt: skip
"""Names each part goes by, most telling first, in :func:`plain` form."""

AMOUNTS = frozenset(NAMES["value"]) - {"value", "label"}
"""Values that count or measure something; their size is not a rating."""

_PARTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "interactions": (("user_id", "item_id"), ("timestamp", "rating", "value", "type", "words")),
    "items": (("item_id",), ("available_from", "available_until")),
    "people": (("user_id",), ()),
    "knowledge": (("head", "relation", "tail"), ()),
}


def plain(name: str) -> str:
    """Reduce a column name to what matters: lower case, letters and digits only.

    Args:
        name: For example ``"User_ID"``.

    Returns:
        For example ``"userid"``.
    """
    text = name.strip().lstrip("\ufeff").lower().split(":")[0]
    return "".join(letter for letter in text if letter.isalnum())


def known_name(name: str) -> bool:
    """Whether a cell looks like a column's name rather than data.

    Args:
        name: The cell.

    Returns:
        ``True`` for any name in :data:`NAMES` and the bare ``id``, ``title``, ``genres`` ...
    """
    word = plain(name)
    return word in {"id", "title", "name", "genres", "tags"} or any(
        word in names for names in NAMES.values()
    )


def find_columns(
    names: Sequence[str],
    table: str,
    given: Mapping[str, str] | None = None,
    where: str = "table",
    *,
    need: bool = True,
) -> dict[str, str]:
    """Find which column plays which part.

    Args:
        names: The table's columns.
        table: ``"interactions"``, ``"items"``, ``"people"`` or ``"knowledge"``.
        given: What the caller says, part to column; wins over names.
        where: What to name in an error.
        need: Whether a missing id column is an error.

    Returns:
        Part to column, for the parts found.

    Raises:
        DataError: If a column that is needed, or that the caller named, is not there.
    """
    needed, optional = _PARTS[table]
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(plain(name), name)
    found: dict[str, str] = {}
    for part in (*needed, *optional):
        if given and part in given:
            if given[part] not in names:
                raise DataError(
                    f"there is no column {given[part]!r} for {part}",
                    where=where,
                    expected="one of " + ", ".join(names),
                )
            if given[part] in found.values():
                raise DataError(f"{given[part]!r} is given for two parts", where=where, got=part)
            found[part] = given[part]
            continue
        bare = table in ("items", "people") and part in needed
        options = (*NAMES[part], "id") if bare else NAMES[part]
        hit = next((by_plain[o] for o in options if o in by_plain), None)
        if hit is not None and hit not in found.values():
            found[part] = hit
    missing = [part for part in needed if part not in found]
    if missing and need:
        raise DataError(
            f"no column for {' and '.join(missing)}",
            where=where,
            expected=f"a name such as {', '.join(NAMES[missing[0]][:4])}",
            got="the columns " + ", ".join(names[:20]),
            remedy=f'Say which it is: columns={{"{missing[0]}": "..."}}',
        )
    return found

"""Examples of the reference: bodies that can be sent as they are, and what comes back.

A test sends every body and holds every answer against its type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["ANSWERS", "BODIES", "PARAMETERS"]

_ARMS = {"plain": {"weight": 1}, "varied": {"weight": 1, "settings": {"diversity": 0.3}}}
_EVENT = {
    "user_id": "ann",
    "item_id": "heat-1995",
    "kind": "like",
    "idempotency_key": "order-1234-line-1",
}
_ITEM = {
    "item_id": "heat-1995",
    "attributes": {
        "title": "Heat",
        "overview": "A thief and a detective circle one another.",
        "genres": ["Crime", "Drama"],
        "year": 1995,
    },
}
_PERSON = {"user_id": "ann", "attributes": {"age": 34, "text": "I love slow films about memory"}}
_ROW = {
    "FeedbackType": "like",
    "UserId": "ann",
    "ItemId": "heat-1995",
    "Value": 0.0,
    "Timestamp": "2026-01-31T12:00:00Z",
}
_GORSE_ITEM = {
    "ItemId": "heat-1995",
    "IsHidden": False,
    "Categories": ["Crime"],
    "Timestamp": "1995-12-15",
    "Labels": ["heist", "detective"],
    "Comment": "Heat",
}

BODIES: Mapping[str, Mapping[str, Any]] = {
    "recommend": {
        "a person": {"user_id": "ann", "n": 5},
        "a wish": {"wish": "a slow, melancholy film about memory", "n": 5},
        "a history": {"history": ["heat-1995", {"item_id": "gattaca-1997", "kind": "like"}]},
        "all of it": {
            "user_id": "ann",
            "wish": "something lighter",
            "filter": "year >= 1990",
            "diversity": 0.3,
            "context": {"device": "phone"},
        },
        "given items": {"user_id": "ann", "candidates": ["heat-1995", "gattaca-1997"]},
    },
    "explain": {"a person": {"user_id": "ann", "item_ids": ["gattaca-1997"]}},
    "search_by_body": {"words": {"text": "a detective on the run", "n": 5}},
    "record_event": {
        "a like": _EVENT,
        "a search": {"user_id": "ann", "kind": "search", "words": "slow films"},
    },
    "record_events": {"two": {"events": [_EVENT, {**_EVENT, "idempotency_key": "order-1235"}]}},
    "put_item": {"an item": _ITEM},
    "put_items": {"one": {"items": [_ITEM]}},
    "replace_item": {"an item": {"attributes": _ITEM["attributes"]}},
    "change_item": {"hide it": {"hidden": True}, "a year": {"attributes": {"year": 1996}}},
    "put_person": {"a person": _PERSON},
    "put_people": {"one": {"people": [_PERSON]}},
    "replace_person": {"a person": {"attributes": _PERSON["attributes"]}},
    "change_person": {"an age": {"attributes": {"age": 35}}},
    "change_consent": {"not for training": {"train": False}},
    "join_session": {"an account": {"user_id": "ann"}},
    "start_job": {"measure": {"kind": "evaluate"}},
    "roll_back": {"the one before": {}},
    "put_experiment": {"variety": {"kind": "ab", "arms": _ARMS, "metric": "click_rate"}},
    "change_exploration": {"a tenth": {"kind": "thompson", "share": 0.1}},
    "make_key": {"for a page": {"name": "shop window", "role": "page"}},
    "make_workspace": {"another shop": {"name": "other-shop"}},
    "gorse_insert_item": {"an item": _GORSE_ITEM},
    "gorse_insert_items": {"one": [_GORSE_ITEM]},
    "gorse_update_item": {"hide it": {"IsHidden": True}},
    "gorse_insert_user": {"a user": {"UserId": "ann", "Labels": ["patient"], "Comment": ""}},
    "gorse_insert_users": {"one": [{"UserId": "ann"}]},
    "gorse_update_user": {"a comment": {"Comment": "moved"}},
    "gorse_insert_feedback": {"a like": [_ROW]},
    "gorse_overwrite_feedback": {"a like": [_ROW]},
    "gorse_recommend_session": {"a like": [_ROW]},
}
"""Bodies by operation, each with a name."""

_MADE = {
    "answer_id": "9b96e2a278380014",
    "bundle_digest": "ecd313602f8693cd",
    "source": "taste",
    "timings_ms": {"total": 0.62, "service": 0.71},
    "warnings": [],
}
ANSWERS: Mapping[str, Any] = {
    "recommend": {
        **_MADE,
        "user_id": "ann",
        "items": [
            {
                "item_id": "gattaca-1997",
                "title": "Gattaca",
                "rank": 1,
                "score": 0.41,
                "uncertainty": 0.33,
                "reasons": [
                    {
                        "kind": "past",
                        "text": "You gave Once 4; its fans like this too.",
                        "weight": 0.027,
                        "evidence": ["once-2007"],
                        "source": "taste",
                    }
                ],
            }
        ],
        "arms": {},
    },
    "search": {
        **_MADE,
        "source": "search",
        "items": [
            {
                "item_id": "heat-1995",
                "title": "Heat",
                "rank": 1,
                "score": 0.71,
                "attributes": {"genres": ["Crime", "Drama"], "year": 1995},
            }
        ],
        "cursor": None,
    },
    "record_event": {
        "accepted": 1,
        "duplicates": 0,
        "ignored": 0,
        "spooled": False,
        "position": 32596,
    },
    "put_item": {"new": 1, "changed": 0, "revision": 12},
    "gorse_insert_feedback": {"RowAffected": 1},
    "gorse_recommend": ["gattaca-1997", "heat-1995"],
}
"""Answers by operation."""

PARAMETERS: Mapping[str, str] = {
    "item_id": "heat-1995",
    "user_id": "ann",
    "text": "detective",
    "wish": "a slow film about memory",
    "filter": "year >= 1990",
    "category": "Drama",
    "feedback_type": "like",
}
"""Parameters by name."""

"""What the tables share: checks at the border, cursors, revision counters, revisioned records."""

from foretaste.store.tables.base.bound import Bound, bump, chunks, insert_new, lock, upsert
from foretaste.store.tables.base.checks import (
    JSON_BYTES,
    LARGEST_ID,
    canonical,
    checked_id,
    checked_json,
    checked_n,
    checked_text,
    checked_time,
)
from foretaste.store.tables.base.cursors import read_cursor, write_cursor
from foretaste.store.tables.base.records import RecordTable

__all__ = [
    "JSON_BYTES",
    "LARGEST_ID",
    "Bound",
    "RecordTable",
    "bump",
    "canonical",
    "checked_id",
    "checked_json",
    "checked_n",
    "checked_text",
    "checked_time",
    "chunks",
    "insert_new",
    "lock",
    "read_cursor",
    "upsert",
    "write_cursor",
]

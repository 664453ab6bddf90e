"""What schemathesis cannot know by itself: what a filter looks like, how NDJSON is written.

Also for runs by hand: ``SCHEMATHESIS_HOOKS=tests.serve.schemathesis_hooks schemathesis run ...``
"""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import strategies as st

FILTERS = (
    "year >= 1990",
    "year < 1970 or 'Drama' in genres",
    'not ("Crime" in genres) and year != 1980',
    "1960 <= year <= 1985",
    "genres in ['Crime', 'Space']",
)

schemathesis.openapi.format("item-filter", st.sampled_from(FILTERS))


@schemathesis.serializer("application/x-ndjson")
def as_lines(_context: Any, value: Any) -> Any:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")

"""Ids in addresses: any text, whichever way it has to be written.

In the path an id is one segment, percent-encoded: ``a/b`` is ``a%2Fb``. Some proxies decode
that, and no client can send ``..`` as a segment; then write ``~`` in its place and give the id as
a query parameter: ``/v1/items/~?item_id=a/b``. Without the parameter ``~`` is an id like another.
"""

# No postponed annotations here: FastAPI must see what the closures below hold.
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import unquote_to_bytes

from fastapi import Depends, Path, Query

from foretaste.serve.problems import Fault
from foretaste.serve.wire.base import MAX_ID

__all__ = [
    "Category",
    "FeedbackType",
    "ItemId",
    "JobId",
    "KeyId",
    "ListName",
    "PlainName",
    "SessionId",
    "UserId",
    "read_segment",
]

_PATTERN = r"^[^\x00]+$"


def read_segment(segment: str) -> str:
    """The id that one segment of an address stands for.

    Args:
        segment: As it was sent, percent-encoded.

    Returns:
        The id.

    Raises:
        Fault: 400 if it is no UTF-8; 422 if it is empty, too long, or holds a NUL.
    """
    try:
        found = unquote_to_bytes(segment).decode("utf-8")
    except UnicodeDecodeError:
        raise Fault(400, "An id in the address is not UTF-8.", got=segment) from None
    if not found or len(found) > MAX_ID or "\0" in found:
        raise Fault(
            422,
            "An id in the address cannot be one.",
            expected=f"1 to {MAX_ID} characters without NUL",
        )
    return found


def _reader(name: str, what: str) -> Callable[..., Awaitable[str]]:
    async def read(
        segment: Annotated[
            str,
            Path(
                alias=name,
                min_length=1,
                pattern=_PATTERN,
                description=f"{what}, percent-encoded; or `~`, and `?{name}=` says it",
                json_schema_extra={"maxLength": MAX_ID},
            ),
        ],
        given: Annotated[
            str | None,
            Query(
                alias=name,
                min_length=1,
                max_length=MAX_ID,
                pattern=_PATTERN,
                # The short description of the path's parameter says it; as a parameter of its own
                # it would look as if both could be given.
                include_in_schema=False,
            ),
        ] = None,
    ) -> str:
        return given if segment == "~" and given is not None else read_segment(segment)

    return read


ItemId = Annotated[str, Depends(_reader("item_id", "The item's id"))]
UserId = Annotated[str, Depends(_reader("user_id", "The person's id"))]
SessionId = Annotated[str, Depends(_reader("session_id", "The session's id"))]
JobId = Annotated[str, Depends(_reader("job_id", "The job's id"))]
KeyId = Annotated[str, Depends(_reader("key_id", "The key's id"))]
PlainName = Annotated[str, Depends(_reader("name", "The name"))]
Category = Annotated[str, Depends(_reader("category", "The category"))]
ListName = Annotated[str, Depends(_reader("name", "The name of the list"))]
FeedbackType = Annotated[str, Depends(_reader("feedback_type", "The type of feedback"))]

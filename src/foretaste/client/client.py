"""The client for programs that wait."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self, TypeVar

import httpx

from foretaste.client import asks
from foretaste.client.answers import Answer, Explained, Listing
from foretaste.client.asks import Ask
from foretaste.client.office import Office
from foretaste.client.records import Recorded
from foretaste.client.sending import Policy, error_of, request_of
from foretaste.core import Event

__all__ = ["Client"]

T = TypeVar("T")


class Client(Office):
    """Talks to a service. Use :class:`~foretaste.client.AsyncClient` where nothing may wait.

    Requests that the service refuses for a while (429, 503) and requests that are lost are sent
    again, after the pause the service asks for. Feedback carries a name of its own, so that
    sent twice it counts once. Errors are those of :mod:`foretaste.core.errors`.

    Args:
        url: Address of the service, such as ``http://127.0.0.1:8088``.
        key: The API key.
        timeout_s: How long one try may take.
        retries: How often a request is sent again.
        longest_wait_s: The longest pause before that; a service that asks for a longer one
            ends in its error.
        transport: What carries requests instead of the network (for tests).
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        timeout_s: float = 10.0,
        retries: int = 3,
        longest_wait_s: float = 10.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {} if key is None else {"X-API-Key": key}
        self._url = url.rstrip("/")
        self._policy = Policy(retries, longest_wait_s)
        self._http = httpx.Client(
            base_url=self._url, headers=headers, timeout=timeout_s, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def recommend(
        self,
        user_id: str | None = None,
        n: int = 10,
        *,
        history: Iterable[str | Event] = (),
        **more: Any,
    ) -> Answer:
        """Recommend items, with reasons.

        Args:
            user_id: A person, or nobody in particular.
            n: Length of the list.
            history: Past events given now, oldest first.
            **more: ``wish``, ``profile``, ``context``, ``candidates``, ``filter``, ``allow``,
                ``deny``, ``filter_seen``, ``diversity``, ``explore``, ``reasons``, ``record``,
                ``session_id``, ``time_s``, ``seed``.

        Returns:
            The answer.
        """
        return self._send(asks.recommend(user_id, n, history, more))

    def explain(
        self, user_id: str | None, item_ids: Sequence[str], **more: Any
    ) -> tuple[Explained, ...]:
        """Say why items score as they do, recommended or not.

        Args:
            user_id: The person, or ``None`` with a ``history`` or ``wish``.
            item_ids: The items.
            **more: As for :meth:`recommend`.

        Returns:
            Reasons for each item.
        """
        return self._send(asks.explain(user_id, item_ids, more))

    def similar_items(self, item_id: str, n: int = 10, *, filter: str | None = None) -> Listing:
        """Items that liking this one speaks for.

        Args:
            item_id: The item.
            n: Length of the list.
            filter: An expression over attributes.

        Returns:
            The list.
        """
        return self._send(asks.similar(item_id, n, filter))

    def search(self, text: str, n: int = 10, *, filter: str | None = None) -> Listing:
        """Search the catalogue by meaning and by word.

        Args:
            text: What to look for.
            n: Length of the list.
            filter: An expression over attributes.

        Returns:
            The list.
        """
        return self._send(asks.search(text, n, filter))

    def items_of(
        self,
        kind: str,
        n: int = 10,
        *,
        category: str | None = None,
        cursor: str | None = None,
    ) -> Listing:
        """A list that is the same for everybody.

        Args:
            kind: ``latest``, ``trending`` or ``popular``.
            n: Length of the page.
            category: Of this category only.
            cursor: From the page before.

        Returns:
            The list.
        """
        return self._send(asks.items_of(kind, n, category, cursor))

    def record(
        self,
        events: Event | Iterable[Event],
        *,
        durable: bool | None = None,
        session_id: str | None = None,
        batch: int = 500,
    ) -> Recorded:
        """Hand in what happened; the next answers know of it.

        Args:
            events: One event, or any number of them.
            durable: Wait for the disk (``True``), or not; ``None`` as the service is set.
            session_id: An anonymous visit, for events that name nobody.
            batch: Events of one request.

        Returns:
            What became of them, all together.
        """
        total = Recorded(0)
        for piece in asks.batches([events] if isinstance(events, Event) else events, batch):
            total += self._send(asks.record(piece, durable, session_id))
        return total

    def ready(self) -> bool:
        """Whether the service can answer.

        Returns:
            Whether.
        """
        return self._send(asks.ready())

    def get(self, path: str, **params: Any) -> Mapping[str, Any]:
        """Anything that has no method of its own here.

        Args:
            path: Such as ``/v1/reports/satisfaction``.
            **params: Query parameters.

        Returns:
            The reply.
        """
        return self._send(Ask("GET", path, dict, params=params))

    def _send(self, ask: Ask[T]) -> T:
        tried = 0
        while True:
            tried += 1
            found: httpx.Response | httpx.TransportError
            try:
                found = self._http.request(**request_of(ask))
            except httpx.TransportError as error:
                found = error
            if isinstance(found, httpx.Response) and found.is_success:
                return ask.read(found.json() if found.content else None)
            pause_s = self._policy.pause_s(ask, tried, found)
            if pause_s is None:
                raise error_of(found, self._url)
            time.sleep(pause_s)

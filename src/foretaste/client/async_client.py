"""The client for programs in which nothing may wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Self, TypeVar

import httpx

from foretaste.client import asks
from foretaste.client.answers import Answer, Explained, Listing
from foretaste.client.asks import Ask
from foretaste.client.records import Consent, Item, Receipt, Recorded, Session, Written
from foretaste.client.sending import Policy, error_of, request_of, summed
from foretaste.core import Event

__all__ = ["AsyncClient"]

T = TypeVar("T")


class AsyncClient:
    """Talks to a service as :class:`~foretaste.client.Client` does, without waiting.

    It has what a page's server needs at every request; administration is left to the other.

    Args:
        url: Address of the service.
        key: The API key.
        timeout_s: How long one try may take.
        retries: How often a request is sent again.
        longest_wait_s: The longest pause before that.
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
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        headers = {} if key is None else {"X-API-Key": key}
        self._url = url.rstrip("/")
        self._policy = Policy(retries, longest_wait_s)
        self._http = httpx.AsyncClient(
            base_url=self._url, headers=headers, timeout=timeout_s, transport=transport
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def recommend(
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
            **more: As for :meth:`foretaste.client.Client.recommend`.

        Returns:
            The answer.
        """
        return await self._send(asks.recommend(user_id, n, history, more))

    async def explain(
        self, user_id: str | None, item_ids: Sequence[str], **more: Any
    ) -> tuple[Explained, ...]:
        """Say why items score as they do.

        Args:
            user_id: The person.
            item_ids: The items.
            **more: As for :meth:`recommend`.

        Returns:
            Reasons for each item.
        """
        return await self._send(asks.explain(user_id, item_ids, more))

    async def similar_items(
        self, item_id: str, n: int = 10, *, filter: str | None = None
    ) -> Listing:
        """Items that liking this one speaks for.

        Args:
            item_id: The item.
            n: Length of the list.
            filter: An expression over attributes.

        Returns:
            The list.
        """
        return await self._send(asks.similar(item_id, n, filter))

    async def search(self, text: str, n: int = 10, *, filter: str | None = None) -> Listing:
        """Search the catalogue.

        Args:
            text: What to look for.
            n: Length of the list.
            filter: An expression over attributes.

        Returns:
            The list.
        """
        return await self._send(asks.search(text, n, filter))

    async def items_of(
        self, kind: str, n: int = 10, *, category: str | None = None, cursor: str | None = None
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
        return await self._send(asks.items_of(kind, n, category, cursor))

    async def record(
        self,
        events: Event | Iterable[Event],
        *,
        durable: bool | None = None,
        session_id: str | None = None,
        batch: int = 500,
    ) -> Recorded:
        """Hand in what happened.

        Args:
            events: One event, or any number of them.
            durable: Wait for the disk, or not; ``None`` as the service is set.
            session_id: An anonymous visit, for events that name nobody.
            batch: Events of one request.

        Returns:
            What became of them, all together.
        """
        total = Recorded(0)
        for piece in asks.batches([events] if isinstance(events, Event) else events, batch):
            total += await self._send(asks.record(piece, durable, session_id))
        return total

    async def put_items(self, items: Iterable[Item], *, batch: int = 500) -> Written:
        """Add or replace items.

        Args:
            items: Any number of them.
            batch: Items of one request.

        Returns:
            What became of them.
        """
        pieces = asks.batches(items, batch)
        return summed([await self._send(asks.put_items(piece)) for piece in pieces])

    async def consent(self, user_id: str, **said: bool | None) -> Consent:
        """Read what a person allows, or say it.

        Args:
            user_id: The person.
            **said: ``record``, ``personalise``, ``train``, ``language_model``.

        Returns:
            What they allow now.
        """
        return await self._send(asks.set_consent(user_id, said) if said else asks.consent(user_id))

    async def forget(self, user_id: str) -> Receipt:
        """Forget a person.

        Args:
            user_id: The person.

        Returns:
            What was erased.
        """
        return await self._send(asks.forget(user_id))

    async def start_session(self) -> Session:
        """Start an anonymous session.

        Returns:
            The session.
        """
        return await self._send(asks.start_session())

    async def join_session(self, session_id: str, user_id: str) -> int:
        """Join a session to an account.

        Args:
            session_id: The session.
            user_id: The account.

        Returns:
            How many events moved.
        """
        return await self._send(asks.join_session(session_id, user_id))

    async def _send(self, ask: Ask[T]) -> T:
        tried = 0
        while True:
            tried += 1
            found: httpx.Response | httpx.TransportError
            try:
                found = await self._http.request(**request_of(ask))
            except httpx.TransportError as error:
                found = error
            if isinstance(found, httpx.Response) and found.is_success:
                return ask.read(found.json() if found.content else None)
            pause_s = self._policy.pause_s(ask, tried, found)
            if pause_s is None:
                raise error_of(found, self._url)
            await asyncio.sleep(pause_s)

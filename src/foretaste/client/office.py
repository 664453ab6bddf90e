"""What the client does besides answers: records, consent, forgetting, sessions, jobs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from foretaste.client import asks
from foretaste.client.asks import Ask
from foretaste.client.records import Consent, Item, Job, Person, Receipt, Session, Written
from foretaste.client.sending import summed

__all__ = ["Office"]

T = TypeVar("T")


class Office:
    """Records, consent, forgetting, sessions and jobs; the client adds how they are sent."""

    def _send(self, ask: Ask[T]) -> T:
        raise NotImplementedError

    def put_items(self, items: Iterable[Item], *, batch: int = 500) -> Written:
        """Add or replace items.

        Args:
            items: Any number of them.
            batch: Items of one request.

        Returns:
            What became of them.
        """
        pieces = asks.batches(items, batch)
        return summed([self._send(asks.put_items(piece)) for piece in pieces])

    def item(self, item_id: str) -> Item:
        """Read an item.

        Args:
            item_id: The item.

        Returns:
            It, as kept.
        """
        return self._send(asks.item(item_id))

    def delete_item(self, item_id: str) -> None:
        """Delete an item.

        Args:
            item_id: The item.
        """
        self._send(asks.delete_item(item_id))

    def put_people(self, people: Iterable[Person], *, batch: int = 500) -> Written:
        """Add or replace people's records.

        Args:
            people: Any number of them.
            batch: People of one request.

        Returns:
            What became of them.
        """
        pieces = asks.batches(people, batch)
        return summed([self._send(asks.put_people(piece)) for piece in pieces])

    def person(self, user_id: str) -> Person:
        """Read a person's record.

        Args:
            user_id: The person.

        Returns:
            It, as kept.
        """
        return self._send(asks.person(user_id))

    def consent(self, user_id: str, **said: bool | None) -> Consent:
        """Read what a person allows, or say it.

        Args:
            user_id: The person.
            **said: ``record``, ``personalise``, ``train``, ``language_model``; what is left out
                stays as it is.

        Returns:
            What they allow now.
        """
        return self._send(asks.set_consent(user_id, said) if said else asks.consent(user_id))

    def forget(self, user_id: str) -> Receipt:
        """Forget a person, down to their share of the model.

        Args:
            user_id: The person.

        Returns:
            What was erased.
        """
        return self._send(asks.forget(user_id))

    def start_session(self) -> Session:
        """Start an anonymous session.

        Returns:
            The session.
        """
        return self._send(asks.start_session())

    def join_session(self, session_id: str, user_id: str) -> int:
        """Join a session to an account.

        Args:
            session_id: The session.
            user_id: The account.

        Returns:
            How many events moved.
        """
        return self._send(asks.join_session(session_id, user_id))

    def start_job(self, kind: str, **arguments: Any) -> Job:
        """Start long work.

        Args:
            kind: ``refresh``, ``evaluate`` ...
            **arguments: What the kind takes.

        Returns:
            The job, waiting.
        """
        return self._send(asks.start_job(kind, arguments))

    def job(self, job_id: str) -> Job:
        """How far a job is.

        Args:
            job_id: The job.

        Returns:
            The job now.
        """
        return self._send(asks.job(job_id))

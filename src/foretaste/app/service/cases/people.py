"""People: what is known of them, what they allow, and the sessions of those not yet known."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from foretaste.app.service.cases.base import Cases, checked_attributes, checked_batch
from foretaste.app.service.live.sessions import hidden_id
from foretaste.app.service.log.controls import CONSENT, MOVED, mark
from foretaste.core.errors import InputError, UnknownIdError
from foretaste.store import Consent, Page, PersonRecord, Session, Written

__all__ = ["PeopleCases"]


class PeopleCases(Cases):
    """Records, consent and sessions."""

    def put_people(
        self, people: Iterable[PersonRecord | Mapping[str, Any]], *, actor: str = ""
    ) -> Written:
        """Put what is known of people, whole; a record that is there is replaced.

        Args:
            people: Records, or mappings with ``user_id`` and attributes.
            actor: Who does so, for the audit log.

        Returns:
            How many were new and how many changed.

        Raises:
            InputError: If an id or attribute cannot be kept; then none was.
            LimitError: If there are too many at once.
        """
        inside = self._inside
        records = [_person(one) for one in people]
        checked_batch(records, inside.settings.limits)
        for one in records:
            checked_attributes(one.attributes, inside.settings.limits, one.user_id)
        written = inside.breaker.call(inside.space.people.put, records)
        self._reread(one.user_id for one in records)
        if actor:
            inside.note(actor, "people.put", "", new=written.new, changed=written.changed)
        return written

    def patch_person(
        self, user_id: str, changes: Mapping[str, Any], *, actor: str = ""
    ) -> PersonRecord:
        """Change some of what is known of a person.

        Args:
            user_id: Who.
            changes: New values; ``None`` takes an attribute away.
            actor: Who does so, for the audit log.

        Returns:
            The record afterwards.

        Raises:
            UnknownIdError: If there is none.
        """
        inside = self._inside
        checked_attributes(changes, inside.settings.limits, user_id)
        found = inside.breaker.call(inside.space.people.patch, user_id, changes)
        self._reread([user_id])
        if actor:
            inside.note(actor, "people.patch", inside.pseudonym(user_id))
        return found

    def person(self, user_id: str) -> PersonRecord:
        """What is known of a person besides events.

        Args:
            user_id: Who.

        Returns:
            Their record; without attributes for somebody known by events alone.

        Raises:
            UnknownIdError: If nobody has this id.
        """
        inside = self._inside
        found = inside.breaker.call(inside.space.people.get, user_id)
        if found is not None:
            return found
        inside.follower.catch_up()
        tail, _ = inside.follower.tail_of(user_id)
        known = user_id in inside.serving.recommender.dataset.user_ids
        if not tail and (not known or inside.was_forgotten(user_id, inside.serving.position)):
            raise UnknownIdError(f"no person has the id {user_id!r}")
        return PersonRecord(user_id)

    def people(
        self, n: int = 100, cursor: str | None = None, search: str | None = None
    ) -> Page[PersonRecord]:
        """People with a record, page by page.

        Args:
            n: How many at most.
            cursor: Where the page before ended.
            search: Only those with this text in id or attributes.

        Returns:
            A page, by id.
        """
        return self._inside.breaker.call(self._inside.space.people.page, n, cursor, search)

    def delete_person(self, user_id: str, *, actor: str = "") -> None:
        """Take a person's record away; their events stay. :meth:`forget` is the thorough one.

        Args:
            user_id: Who.
            actor: Who does so, for the audit log.

        Raises:
            UnknownIdError: If there is none.
        """
        inside = self._inside
        if not inside.breaker.call(inside.space.people.delete, user_id):
            raise UnknownIdError(f"no person has the id {user_id!r}")
        self._reread([user_id])
        if actor:
            inside.note(actor, "people.delete", inside.pseudonym(user_id))

    def consent(self, user_id: str) -> Consent:
        """What a person allows.

        Args:
            user_id: Who.

        Returns:
            What they said, or what is assumed (``updated_s`` is 0 then).
        """
        self._inside.follower.catch_up()
        return self._inside.consent_of(user_id)

    def set_consent(
        self,
        user_id: str,
        *,
        record: bool | None = None,
        personalise: bool | None = None,
        train: bool | None = None,
        language_model: bool | None = None,
        actor: str = "",
    ) -> Consent:
        """Change what a person allows; it holds from the next request on, in every process.

        Args:
            user_id: Who.
            record: Whether events are kept from now on; ``None`` as it was.
            personalise: Whether their events change their answers.
            train: Whether their events teach the model, from the next fit on.
            language_model: Whether their words may be sent to a language model outside.
            actor: Who does so, for the audit log.

        Returns:
            What holds now.
        """
        inside = self._inside
        if not user_id:
            raise InputError("a person's id is empty")
        said = {
            "record": record, "personalise": personalise, "train": train,
            "language_model": language_model,
        }  # fmt: skip
        changes: dict[str, Any] = {k: value for k, value in said.items() if value is not None}
        before = inside.breaker.call(inside.space.consent.get, user_id)
        if not before.updated_s:
            before = inside.assumed_consent(user_id)
        after = inside.breaker.call(
            inside.space.consent.put, replace(before, user_id=user_id, **changes)
        )
        noticed = mark(CONSENT, user_id, inside.clock.now_s())
        inside.breaker.call(inside.space.events.append, [noticed])
        inside.consents.put(user_id, after)
        inside.note(actor, "consent.set", inside.pseudonym(user_id), **changes)
        return after

    def start_session(self) -> Session:
        """Begin an anonymous session.

        Returns:
            It; its id is 256 random bits, for the visitor's browser alone.
        """
        inside = self._inside
        found = inside.breaker.call(inside.space.sessions.start, secrets.token_urlsafe(32))
        inside.sessions.put(found)
        return found

    def session(self, session_id: str) -> Session:
        """A session.

        Args:
            session_id: Which.

        Returns:
            It, with the account it was joined to, if any.

        Raises:
            UnknownIdError: If there is none.
        """
        found = self._inside.breaker.call(self._inside.space.sessions.get, session_id)
        if found is None:
            raise UnknownIdError("there is no such session", remedy="Start a new one")
        return found

    def join_session(self, session_id: str, user_id: str) -> int:
        """Give a session's events to an account, at login.

        Args:
            session_id: The session.
            user_id: The account.

        Returns:
            How many events moved.

        Raises:
            UnknownIdError: If there is no such session.
            ConflictError: If it belongs to another account.
        """
        inside = self._inside
        self.session(session_id)
        inside.sessions.put(inside.breaker.call(inside.space.sessions.join, session_id, user_id))
        hidden = hidden_id(session_id)
        moved = mark(MOVED, None, inside.clock.now_s(), words=hidden)
        inside.breaker.call(inside.space.events.append, [moved])
        inside.showing.move(hidden, user_id)
        inside.breaker.call(inside.space.impressions.move, hidden, user_id)
        return inside.breaker.call(inside.space.events.move, hidden, user_id)

    def _reread(self, user_ids: Iterable[str]) -> None:
        for user_id in user_ids:
            self._inside.people.drop(user_id)


def _person(given: PersonRecord | Mapping[str, Any]) -> PersonRecord:
    if isinstance(given, PersonRecord):
        return given
    values = dict(given)
    user_id = values.pop("user_id", None)
    return PersonRecord(user_id, {k: v for k, v in values.items() if v is not None})

"""People: attributes, portrait, consent, and being forgotten."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from foretaste.app.service import PersonRecord
from foretaste.serve.calls import Caller
from foretaste.serve.ids import UserId
from foretaste.serve.replies import plain, reply
from foretaste.serve.routing import Routes
from foretaste.serve.wire.base import Id, Text
from foretaste.serve.wire.people import PortraitOut
from foretaste.serve.wire.records import (
    ConsentIn,
    ConsentOut,
    PeopleIn,
    PeoplePage,
    PersonIn,
    PersonOut,
    PersonPatch,
    PersonPut,
    ReceiptOut,
    WrittenOut,
)

__all__ = ["ROUTES"]

ROUTES = Routes("people")


def _out(record: PersonRecord) -> PersonOut:
    return PersonOut(
        user_id=record.user_id,
        attributes=dict(record.attributes),
        revision=record.revision,
        updated_s=record.updated_s,
    )


def _written(found: Any) -> WrittenOut:
    return WrittenOut(new=found.new, changed=found.changed, revision=found.revision)


@ROUTES.add("GET", "/v1/people", "read", PeoplePage, problems=(404, 422))
async def list_people(
    call: Caller,
    search: Annotated[
        Text | None, Query(min_length=1, max_length=200, description="In ids.")
    ] = None,
    n: Annotated[int, Query(ge=1, le=1_000, description="Length of the page.")] = 100,
    cursor: Annotated[Id | None, Query(description="From the page before.")] = None,
) -> Response:
    """People with a record, in order of their ids."""
    page = await call.page(call.workspace.people, cursor, n, search=search)
    return reply(PeoplePage(people=[_out(one) for one in page.items], cursor=page.cursor))


@ROUTES.add("POST", "/v1/people", "write", WrittenOut, problems=(409,))
async def put_person(call: Caller, person: PersonIn) -> Response:
    """Add a person or replace their record."""
    found = await call.work(call.workspace.put_people, [person.record()], actor=call.actor)
    return reply(_written(found))


@ROUTES.add("POST", "/v1/bulk/people", "write", WrittenOut, problems=(409,))
async def put_people(call: Caller, people: PeopleIn) -> Response:
    """Add or replace many people: all, or none."""
    records = [one.record() for one in people.people]
    return reply(_written(await call.work(call.workspace.put_people, records, actor=call.actor)))


@ROUTES.add("GET", "/v1/people/{user_id}", "read", PersonOut, problems=(404, 422))
async def read_person(call: Caller, user_id: UserId) -> Response:
    """One person's record."""
    return reply(_out(await call.work(call.workspace.person, user_id)))


@ROUTES.add("PUT", "/v1/people/{user_id}", "write", WrittenOut, problems=(409,))
async def replace_person(call: Caller, user_id: UserId, person: PersonPut) -> Response:
    """Add a person under this id, or replace their record whole."""
    record = PersonRecord(user_id, person.attributes)
    return reply(_written(await call.work(call.workspace.put_people, [record], actor=call.actor)))


@ROUTES.add("PATCH", "/v1/people/{user_id}", "write", PersonOut, problems=(404, 409))
async def change_person(call: Caller, user_id: UserId, changes: PersonPatch) -> Response:
    """Change some attributes of a person; a null takes one away."""
    given = changes.attributes
    found = await call.work(call.workspace.patch_person, user_id, given, actor=call.actor)
    return reply(_out(found))


@ROUTES.add("DELETE", "/v1/people/{user_id}", "write", None, status=204, problems=(404, 422))
async def delete_person(call: Caller, user_id: UserId) -> Response:
    """Delete a person's record alone; `forget` is the thorough way."""
    await call.work(call.workspace.delete_person, user_id, actor=call.actor)
    return Response(status_code=204)


@ROUTES.add("GET", "/v1/people/{user_id}/portrait", "read", PortraitOut, problems=(404, 422))
async def read_portrait(call: Caller, user_id: UserId) -> Response:
    """What a person likes as far as it is known, and how sure that is."""
    found = await call.work(call.workspace.portrait, user_id)
    return reply({"user_id": user_id, **plain(found)})


@ROUTES.add("GET", "/v1/people/{user_id}/consent", "consent", ConsentOut, problems=(422,))
async def read_consent(call: Caller, user_id: UserId) -> Response:
    """What a person allows."""
    found = await call.work(call.workspace.consent, user_id)
    return reply(ConsentOut.model_validate(found))


@ROUTES.add("PUT", "/v1/people/{user_id}/consent", "consent", ConsentOut, problems=(409,))
async def change_consent(call: Caller, user_id: UserId, consent: ConsentIn) -> Response:
    """Say what a person allows; it counts from their next event and answer on."""
    said = consent.model_dump()
    found = await call.work(call.workspace.set_consent, user_id, **said, actor=call.actor)
    return reply(ConsentOut.model_validate(found))


@ROUTES.add("POST", "/v1/people/{user_id}/forget", "forget", ReceiptOut, problems=(404, 409))
async def forget_person(call: Caller, user_id: UserId) -> Response:
    """Forget a person: events, record, caches, and their share of the model.

    What a part of the model cannot subtract exactly is named, and trained anew by a job.
    """
    found = await call.work(call.workspace.forget, user_id, actor=call.actor)
    return reply(
        {
            "user_id": found.user_id,
            "complete": found.complete,
            "erased": dict(found.erased),
            "parts": {
                name: {"exact": part.exact, "how": part.how} for name, part in found.parts.items()
            },
            "bundles": found.bundles,
            "job_id": found.job_id,
            "time_s": found.time_s,
        }
    )

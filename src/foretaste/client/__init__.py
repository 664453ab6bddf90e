"""A typed client of the service: ``Client(url, key)``, and ``AsyncClient`` beside it."""

from foretaste.client.answers import Answer, Explained, Listed, Listing, Recommended, Why
from foretaste.client.async_client import AsyncClient
from foretaste.client.client import Client
from foretaste.client.records import Consent, Item, Job, Person, Receipt, Recorded, Session, Written

__all__ = [
    "Answer",
    "AsyncClient",
    "Client",
    "Consent",
    "Explained",
    "Item",
    "Job",
    "Listed",
    "Listing",
    "Person",
    "Receipt",
    "Recommended",
    "Recorded",
    "Session",
    "Why",
    "Written",
]

"""People: everybody, and one person with portrait, list, events, consent and forgetting."""

from foretaste.console.pages.people.everybody import people

__all__ = ["people"]

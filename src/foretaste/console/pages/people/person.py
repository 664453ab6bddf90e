"""One person: portrait, list, events, consent, and being forgotten."""

from __future__ import annotations

from foretaste.app.service import Consent
from foretaste.console.desk import Desk
from foretaste.console.pages.people.forgetting import forget_part
from foretaste.console.pages.people.portrait import draw_portrait
from foretaste.console.parts.elements import button, clear, heading, link, note, tag
from foretaste.console.parts.fields import Field
from foretaste.console.parts.listing import small_row
from foretaste.console.parts.states import empty
from foretaste.console.parts.still import Still, h
from foretaste.console.parts.tables import Cell, ago, table, when
from foretaste.console.reading import Shown, read_items, spelt
from foretaste.console.shell import page_title
from foretaste.core import Query
from foretaste.store import KeptEvent

__all__ = ["Person"]

_EVENTS = 20
_CONSENTS = {
    "record": ("Keep events", "What they do from now on is written down."),
    "personalise": ("Personalise", "What they did changes what they are shown."),
    "train": ("Teach the model", "What they did counts in the next fit."),
    "language_model": ("Language model outside", "Their words may be sent to one."),
}


class Person:
    """The page of one person.

    Args:
        desk: The visitor's desk.
        user_id: Who.
    """

    def __init__(self, desk: Desk, user_id: str) -> None:
        self.desk, self.user_id = desk, user_id
        self.workspace = desk.workspace

    async def draw(self) -> None:
        """Draw the page."""
        desk, workspace = self.desk, self.workspace
        record = await desk.ask(workspace.person, self.user_id)
        link("‹ All people", desk.path("people"), "small")
        with tag("div", classes="line apart"):
            with tag("div", classes="grow"):
                page_title(self.user_id)
                for name, value in record.attributes.items():
                    tag("p", f"{name.replace('_', ' ')}: {spelt(value)}", "small soft wrap measure")
            link("Ask for them", desk.path("", user=self.user_id), "button")
        with tag("div", classes="two"):
            with tag("section", classes="card stack", aria_label="What they like"):
                self.likes = tag("div", classes="stack")
            with tag("section", classes="card stack", aria_label="Their list"):
                heading(2, "What they get now")
                self.picks = tag("div")
        with tag("section", classes="card stack", aria_label="Events"):
            heading(2, "What they did")
            self.events = tag("div", classes="stack")
        with tag("div", classes="two"):
            if desk.may("consent"):
                with tag("section", classes="card stack", aria_label="Consent"):
                    await self._consent()
            if desk.may("forget"):
                with tag("section", classes="card stack", aria_label="Forget"):
                    forget_part(desk, self.user_id)
        await self.fill()

    async def fill(self) -> None:
        """Read everything that events change, and draw it."""
        portrait = await self.desk.ask(self.workspace.portrait, self.user_id)
        nearest = await self.desk.ask(read_items, self.workspace, portrait.nearest[:6])
        with clear(self.likes):
            draw_portrait(portrait, nearest, lambda item: self.desk.path("items", id=item))
        await self._picks()
        await self._events(None)

    async def _picks(self) -> None:
        query = Query(user_id=self.user_id, n=8)
        answer = await self.desk.ask(self.workspace.recommend, query, record=False)
        shown = await self.desk.ask(read_items, self.workspace, answer.item_ids)
        with clear(self.picks):
            if not len(answer):
                empty("Nothing to show", "They have met everything there is.")
            rows = [
                small_row(
                    shown[item_id], place + 1, f"{answer.scores[place]:.2f}",
                    self.desk.path("items", id=item_id),
                    why=answer.reasons[place][0].text if answer.reasons[place] else "",
                )
                for place, item_id in enumerate(answer.item_ids)
            ]  # fmt: skip
            Still(h("ol", "picks", *rows))

    async def _events(self, cursor: str | None) -> None:
        page = await self.desk.ask(
            self.workspace.events, user_id=self.user_id, n=_EVENTS, cursor=cursor
        )
        found = list(page.items)
        titles = await self.desk.ask(
            read_items, self.workspace, [one.event.item_id for one in found if one.event.item_id]
        )
        with clear(self.events):
            if not found:
                empty(
                    "No events",
                    "Nothing is on record. Use a thumb on Discover, or send feedback for them.",
                )
                return
            head = ("When", "What", "Item", "Said or rated", "")
            table(head, [self._event(one, titles) for one in found], label="Events, newest first")
            with tag("div", classes="line"):
                if cursor is not None:
                    button("Newest", self.desk.act(lambda: self._events(None)), "slim")
                if page.cursor is not None:
                    button("Older", self.desk.act(lambda: self._events(page.cursor)), "slim")

    def _event(self, kept: KeptEvent, titles: dict[str, Shown]) -> tuple[Cell, ...]:
        event = kept.event
        told = " ".join(
            one
            for one in (spelt(event.value) if event.value is not None else "", event.words)
            if one
        )

        async def take_back() -> None:
            await self.desk.ask(
                self.workspace.delete_events, self.user_id, event.item_id, event.kind,
                actor=self.desk.actor,
            )  # fmt: skip
            self.desk.tell(f"Taken back: {event.kind}. Portrait and list have followed.")
            await self.fill()

        item: Cell = ""
        if event.item_id:
            href = self.desk.path("items", id=event.item_id)
            item = h("a", "wrap", titles[event.item_id].title, href=href)

        def undo() -> None:
            button(
                "", self.desk.act(take_back, "write"), "round quiet slim", drawn="close",
                label=f"Take back: {event.kind}",
            )  # fmt: skip

        time = h("span", "", ago(event.time_s), title=when(event.time_s))
        return (time, event.kind, item, told, undo if self.desk.may("write") else "")

    async def _consent(self) -> None:
        heading(2, "What they allow")
        given = await self.desk.ask(self.workspace.consent, self.user_id)
        if not given.updated_s:
            note("They have not said; this is what is assumed.")
        for name, (label, hint) in _CONSENTS.items():
            Field(
                label, "check", getattr(given, name), hint=hint,
                commit=self.desk.act(lambda value, name=name: self._allow(name, value), "consent"),
            )  # fmt: skip

    async def _allow(self, name: str, value: bool) -> None:
        def put() -> Consent:
            change = {name: bool(value)}
            return self.workspace.set_consent(self.user_id, actor=self.desk.actor, **change)

        await self.desk.ask(put)
        said = "allowed" if value else "not allowed"
        self.desk.tell(f"{_CONSENTS[name][0]}: {said} from now on.")
        await self._picks()

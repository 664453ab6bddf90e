"""The answer on the Discover page: the list, why, thumbs, and before beside after."""

from __future__ import annotations

from nicegui.element import Element

from foretaste.console.desk import Desk
from foretaste.console.pages.discover.wanting import Wanting
from foretaste.console.parts.elements import button, clear, heading, note, tag
from foretaste.console.parts.listing import moves, row, small_row
from foretaste.console.parts.states import banner, empty, failed
from foretaste.console.parts.still import Still, h
from foretaste.console.reading import Shown, read_items
from foretaste.core import Answer
from foretaste.core.errors import OutsideError, UnauthenticatedError

__all__ = ["Results"]


class Results:
    """The right column of the Discover page.

    Args:
        desk: The visitor's desk.
        want: What is asked.
        room: Where to draw.
    """

    def __init__(self, desk: Desk, want: Wanting, room: Element) -> None:
        self._desk, self._want, self._room = desk, want, room
        self._beside = False
        self._changed = False
        self._turn = 0

    async def ask(self, *, changed: bool = True) -> None:
        """Ask again and show the answer; of several askings the last counts.

        Args:
            changed: Whether to mark what moved.
        """
        self._turn += 1
        mine = self._turn
        first = self._want.answer is None
        try:
            answer = await self._desk.ask(self._want.ask, self._desk.workspace)
            shown = await self._read(answer)
        except UnauthenticatedError:
            raise
        except OutsideError as error:
            with clear(self._room):
                failed(str(error), act=self._desk.act(self.ask))
            return
        if mine != self._turn:
            return
        self._changed = changed and not first
        self._draw(answer, shown)

    async def _read(self, answer: Answer) -> dict[str, Shown]:
        before = self._want.before
        wanted = answer.item_ids + (before.item_ids if before is not None else ())
        return await self._desk.ask(read_items, self._desk.workspace, wanted)

    def _draw(self, answer: Answer, shown: dict[str, Shown]) -> None:
        before = self._want.before if self._changed else None
        with clear(self._room):
            self._head(answer)
            for sentence in answer.warnings:
                banner(sentence)
            if not len(answer):
                empty("Nothing fits", "Ask for less at once, or take a title out of the history.")
            elif self._beside:
                self._side_by_side(answer, shown)
            else:
                self._list(answer, shown, before)
            self._foot(answer)
        last = self._want.last
        if last is not None:
            fresh = len(set(answer.item_ids) - set(last.item_ids))
            self._desk.say(f"List changed: {len(answer)} items, {fresh} of them new.")

    def _head(self, answer: Answer) -> None:
        with tag("div", classes="line apart"):
            with tag("div", classes="grow"):
                heading(2, self._want.sentence, "wrap")
            if self._beside:
                button("Compare from here", self._desk.act(self._pin), "slim quiet")
            button(
                "Before and after", self._desk.act(self._toggle), "slim", drawn="compare",
                aria_pressed="true" if self._beside else "false",
            )  # fmt: skip

    def _list(self, answer: Answer, shown: dict[str, Shown], before: Answer | None) -> None:
        largest = max((abs(one.weight) for each in answer.reasons for one in each), default=1.0)
        moved = moves(before.item_ids, answer.item_ids) if before is not None else None
        explored = answer.explored or (False,) * len(answer)
        with tag("ol", classes="picks", aria_label="Recommendations"):
            for place, item_id in enumerate(answer.item_ids):
                move = None if moved is None or moved[place].by == 0 else moved[place]
                row(
                    shown[item_id], place + 1, answer.reasons[place], largest=largest,
                    href=self._desk.path("items", id=item_id), move=move,
                    explored=explored[place],
                    thumb=self._desk.act(self._thumb, "feedback"),
                )  # fmt: skip

    def _side_by_side(self, answer: Answer, shown: dict[str, Shown]) -> None:
        before = self._want.before
        with tag("div", classes="two"):
            with tag("section", classes="stack tight"):
                tag("h3", "Before")
                if before is not None:
                    self._column(before, shown, None)
            with tag("section", classes="stack tight"):
                tag("h3", "After")
                if before is answer:
                    note("Change the question, or react to an item, to see what that does.")
                self._column(answer, shown, before)

    def _column(self, answer: Answer, shown: dict[str, Shown], before: Answer | None) -> None:
        moved = moves(before.item_ids, answer.item_ids) if before is not None else None
        rows = [
            small_row(
                shown[item_id], place + 1, f"{answer.scores[place]:.2f}",
                self._desk.path("items", id=item_id),
                None if moved is None else moved[place],
            )
            for place, item_id in enumerate(answer.item_ids)
        ]  # fmt: skip
        Still(h("ol", "picks", *rows))

    def _foot(self, answer: Answer) -> None:
        took = answer.timings_ms.get("total", sum(answer.timings_ms.values()))
        told = [f"Ranked by {answer.source} in {took:.1f} ms", f"model {answer.bundle_digest[:12]}"]
        told += [f"arm {arm} of {name}" for name, arm in answer.arms.items()]
        simulated = self._desk.workspace.recommender.dataset.simulated
        if simulated:
            told.append(f"learned from a {simulated}")
        tag("p", " · ".join(told), "tiny faint wrap")

    async def _pin(self) -> None:
        self._want.before = self._want.answer
        await self._again()
        self._desk.refocus("button[aria-pressed]")

    async def _toggle(self) -> None:
        self._beside = self._want.pinned = not self._beside
        if self._beside and self._want.before is None:
            self._want.before = self._want.answer
        await self._again()
        self._desk.refocus("button[aria-pressed]")

    async def _again(self) -> None:
        answer = self._want.answer
        if answer is not None:
            self._draw(answer, await self._read(answer))

    async def _thumb(self, item_id: str, kind: str) -> None:
        workspace, answer = self._desk.workspace, self._want.answer
        place = answer.item_ids.index(item_id) if answer and item_id in answer.item_ids else 0
        kept = await self._desk.ask(self._want.react, workspace, item_id, kind)
        shown = await self._desk.ask(read_items, workspace, [item_id])
        verb = "Liked" if kind == "like" else "Disliked"
        if kept:
            self._desk.tell(f"{verb} “{shown[item_id].title}”: the list has followed.")
        else:
            self._desk.tell("Not kept: this person does not consent to a record.", bad=True)
        await self.ask()
        side = "first" if kind == "like" else "last"
        self._desk.refocus(f".thumbs button:{side}-child", place)

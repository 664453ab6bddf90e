"""What somebody on the Discover page asks for, and what they got, before and after."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from foretaste.core import Answer, Event, Impression, Query

if TYPE_CHECKING:
    from foretaste.app.service import Workspace

__all__ = ["Wanting"]

_LOOKED_AT_S = 1.0  # how long a list must have stood to be compared with


@dataclass
class Wanting:
    """The state of one Discover page; lives and ends with it.

    Attributes:
        user_id: For whom; ``None`` for nobody in particular.
        wish: What is wanted, in words.
        history: Items clicked together, oldest first: id to title.
        diversity: How much variety counts, 0 to 1.
        explore: Share of places left to chance.
        n: Length of the list.
        session_id: The anonymous session that thumbs of nobody in particular go to.
        answer: What was answered last.
        last: What was answered before that.
        before: What it is compared with.
        pinned: Whether ``before`` stays as it is, whatever is asked.
        since_s: When ``answer`` came, on a clock that never goes back.
        noted: Answers whose showing has been written down.
    """

    user_id: str | None = None
    wish: str = ""
    history: dict[str, str] = field(default_factory=dict)
    diversity: float = 0.0
    explore: float = 0.0
    n: int = 10
    session_id: str | None = None
    answer: Answer | None = None
    last: Answer | None = None
    before: Answer | None = None
    pinned: bool = False
    since_s: float = 0.0
    noted: set[str] = field(default_factory=set)

    @property
    def sentence(self) -> str:
        """What is asked, as a heading."""
        whom = f"For {self.user_id}" if self.user_id else "For nobody in particular"
        n = len(self.history)
        after = f", after {n} {'title' if n == 1 else 'titles'}" if n else ""
        return f"{whom}{after}" + (f", wishing for “{self.wish}”" if self.wish else "")

    def ask(self, workspace: Workspace) -> Answer:
        """Ask, and keep what was answered before.

        Playing with the sliders is no showing: nothing is written down until somebody reacts.
        A list that stood for a moment only, as while a slider is drawn, is no "before" either.

        Args:
            workspace: Whom to ask.

        Returns:
            The answer.
        """
        query = Query(
            user_id=self.user_id,
            wish=self.wish or None,
            history=tuple(self.history),
            n=self.n,
            diversity=self.diversity,
        )
        session = None if self.user_id else self.session_id
        answer = workspace.recommend(query, explore=self.explore, record=False, session_id=session)
        now_s = time.monotonic()
        if not self.pinned and self.answer is not None and now_s - self.since_s > _LOOKED_AT_S:
            self.before = self.answer
        self.last, self.answer, self.since_s = self.answer, answer, now_s
        return answer

    def react(self, workspace: Workspace, item_id: str, kind: str) -> int:
        """Record a thumb, attributed to the answer it is on.

        Args:
            workspace: Where.
            item_id: The item.
            kind: ``like`` or ``dislike``.

        Returns:
            How many events were kept: 0 when the person does not consent to a record.
        """
        answer = self.answer
        assert answer is not None
        if answer.answer_id not in self.noted:
            self.noted.add(answer.answer_id)
            workspace.shown(
                Impression(
                    answer.answer_id,
                    self.user_id,
                    answer.item_ids,
                    answer.propensities or (1.0,) * len(answer),
                    time.time(),
                    {},
                    answer.explored,
                    answer.source,
                    answer.bundle_digest,
                    answer.arms,
                )
            )
        if self.user_id is None and self.session_id is None:
            self.session_id = workspace.start_session().session_id
        self.since_s = float("-inf")  # whoever reacts has looked at the list
        event = Event(
            item_id, kind, user_id=self.user_id, time_s=time.time(), answer_id=answer.answer_id
        )
        session = None if self.user_id else self.session_id
        return workspace.record([event], session_id=session).accepted

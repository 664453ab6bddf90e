"""One owner's data and everything that may be asked of it."""

from __future__ import annotations

from foretaste.app.recommender import Recommender
from foretaste.app.service.cases.answering import AnswerCases
from foretaste.app.service.cases.catalogue import CatalogueCases
from foretaste.app.service.cases.experiments import ExperimentCases
from foretaste.app.service.cases.forgetting import ForgetCases
from foretaste.app.service.cases.jobs import JobCases
from foretaste.app.service.cases.listing import ListCases
from foretaste.app.service.cases.office import OfficeCases
from foretaste.app.service.cases.people import PeopleCases
from foretaste.app.service.cases.recording import RecordCases
from foretaste.app.service.cases.reports import ReportCases

__all__ = ["Workspace"]


class Workspace(
    AnswerCases,
    ListCases,
    RecordCases,
    CatalogueCases,
    PeopleCases,
    ForgetCases,
    JobCases,
    ExperimentCases,
    ReportCases,
    OfficeCases,
):
    """Everything that doors may ask of one workspace; nothing of another can be reached.

    Thread-safe. Answers never wait for the database longer than ``live.patience_s``, and go on
    from memory when it is gone. Get one from :meth:`Service.workspace`.
    """

    def __repr__(self) -> str:
        return f"Workspace({self.name!r}, {self.digest})"

    @property
    def name(self) -> str:
        """Its name."""
        return self._inside.name

    @property
    def recommender(self) -> Recommender:
        """What answers now; a new value after each change, so take it once and use it."""
        return self._inside.serving.recommender

    @property
    def digest(self) -> str:
        """Name of what was fitted, as answers carry it."""
        return self._inside.serving.info.digest

    @property
    def position(self) -> int:
        """Everything in the log up to here counts in the next answer of this process."""
        return self._inside.follower.position

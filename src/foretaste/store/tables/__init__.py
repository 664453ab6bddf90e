"""All tables but the log: catalogue, people, consent, sessions, jobs, experiments, keys, audit."""

from foretaste.store.tables.audit import AuditTable
from foretaste.store.tables.consent import ConsentTable
from foretaste.store.tables.experiments import ExperimentTable
from foretaste.store.tables.facts import FactTable
from foretaste.store.tables.items import ItemTable
from foretaste.store.tables.jobs import JobTable
from foretaste.store.tables.keys import KeyTable, TokenTable
from foretaste.store.tables.people import PersonTable
from foretaste.store.tables.sessions import SessionTable
from foretaste.store.tables.workspaces import WorkspaceTable

__all__ = [
    "AuditTable",
    "ConsentTable",
    "ExperimentTable",
    "FactTable",
    "ItemTable",
    "JobTable",
    "KeyTable",
    "PersonTable",
    "SessionTable",
    "TokenTable",
    "WorkspaceTable",
]

"""Everything in and out: exports of one workspace, backups of a whole store."""

from foretaste.store.transfer.backup import Backup, backup, verify_backup
from foretaste.store.transfer.exporting import export_all
from foretaste.store.transfer.importing import import_all
from foretaste.store.transfer.restore import restore

__all__ = ["Backup", "backup", "export_all", "import_all", "restore", "verify_backup"]

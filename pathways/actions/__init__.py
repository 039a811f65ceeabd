from pathways.actions.answering import keep_answering
from pathways.actions.capacity import update_wait
from pathways.actions.care import change_service, close_service, reopen_service, verify_service
from pathways.actions.catalogue import load_catalogue
from pathways.actions.gaps import count_gaps
from pathways.actions.interchange import export_directory, import_directory, plan_import
from pathways.actions.other_doors import count_other_door
from pathways.actions.rule_set import publish_rule_set

__all__ = [
    "change_service",
    "close_service",
    "count_gaps",
    "count_other_door",
    "export_directory",
    "import_directory",
    "keep_answering",
    "load_catalogue",
    "plan_import",
    "publish_rule_set",
    "reopen_service",
    "update_wait",
    "verify_service",
]

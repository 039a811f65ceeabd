from pathways.actions.answering import keep_answering
from pathways.actions.capacity import update_wait
from pathways.actions.catalogue import load_catalogue
from pathways.actions.gaps import count_gaps
from pathways.actions.other_doors import count_other_door
from pathways.actions.rule_set import publish_rule_set

__all__ = [
    "count_gaps",
    "count_other_door",
    "keep_answering",
    "load_catalogue",
    "publish_rule_set",
    "update_wait",
]

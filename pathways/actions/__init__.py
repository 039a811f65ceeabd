from pathways.actions.count_gaps import count_gaps
from pathways.actions.load_catalogue import load_catalogue
from pathways.actions.publish_rule_set import publish_rule_set

__all__ = ["count_gaps", "load_catalogue", "publish_rule_set"]

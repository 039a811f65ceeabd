"""The rules engine: plain Python that turns answers, a rule set and a directory into doors and reasons."""

from .conditions import ROLES, Failure, InvalidRuleSet, Verdict
from .directory import Directory, ServiceEntry
from .facts import Facts, InvalidAnswers, Problem
from .matcher import Decision, Gap, Match, NoDoor, NotMatched, Obligation, RankFound, judge, match
from .questions import undecided
from .rule_set import Line, RuleSet, Text
from .vocabulary import Kind, Question, Vocabulary

__all__ = [
    "ROLES",
    "Decision",
    "Directory",
    "Facts",
    "Failure",
    "Gap",
    "InvalidAnswers",
    "InvalidRuleSet",
    "Kind",
    "Line",
    "Match",
    "NoDoor",
    "NotMatched",
    "Obligation",
    "Problem",
    "Question",
    "RankFound",
    "RuleSet",
    "ServiceEntry",
    "Text",
    "Verdict",
    "Vocabulary",
    "judge",
    "match",
    "undecided",
]

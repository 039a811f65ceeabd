"""How an action says no."""

from navigator.web.refusals import Invalid, NotAllowed, TooLate

__all__ = ["Invalid", "NotAllowed", "TooLate"]

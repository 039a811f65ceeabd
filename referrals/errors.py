"""How an action says no."""

from navigator.web.refusals import Gone, Invalid, NotAllowed, TooLate

__all__ = ["Gone", "Invalid", "NotAllowed", "TooLate"]

"""How long one stays signed in, and where: the store of sessions, and what may be done about one's own.

A session ends when nothing has happened for SESSION_IDLE_LIMIT, and SESSION_ABSOLUTE_LIMIT after signing in whatever
has happened. Both are measured on the server; the cookie only names the session.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet
from django.http import HttpRequest
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts.models import Session, User
from navigator.database.prepared import prepared

ID, BEGAN, USED, BROWSER = "session_id", "session_began", "session_used", "session_browser"  # in the session
NOTED_EVERY = timedelta(minutes=1)  # the last use is written down this often, not with every page

BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
MACHINES = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


class SessionStore(DatabaseStore):
    """Django's own store in the database, with columns that say whose session it is."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        """Asked with each page, so that it is put together once."""
        found = _lasting(key=self.session_key, now=clock.now())
        if not found:
            self._session_key = None
        return found[0] if found else None

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """A session that somebody signs in to begins when it is first saved; those of guests have no clock of ours."""
        if SESSION_KEY in data:
            data.setdefault(ID, str(uuid7()))
            data.setdefault(BEGAN, clock.now().timestamp())
            data.setdefault(USED, data[BEGAN])
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        if SESSION_KEY in data:
            row.id, row.user_id, row.browser = UUID(data[ID]), UUID(data[SESSION_KEY]), data.get(BROWSER, "")
            row.began_at, row.used_at = _at(data[BEGAN]), _at(data[USED])
        return row


@prepared
def _lasting(*, key: str | None, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


def begin(request: HttpRequest, *, now: datetime) -> None:
    """Somebody has signed in: both limits count from now. Of the browser its kind is kept, to know it again."""
    request.session[BEGAN] = request.session[USED] = now.timestamp()
    request.session[BROWSER] = browser_name(request.headers.get("User-Agent", ""))


def browser_name(agent: str) -> str:
    """`Firefox, Windows`; empty where we cannot tell."""
    found = (next((name for sign, name in names if sign in agent), "") for names in (BROWSERS, MACHINES))
    return ", ".join(filter(None, found))


def seconds_left(session: SessionBase, *, now: datetime) -> float:
    """Until the session ends if nothing more happens. 0 when it has ended or nobody is signed in."""
    if SESSION_KEY not in session:
        return 0
    idle = session[USED] + settings.SESSION_IDLE_LIMIT.total_seconds()
    return max(0, min(idle, ends_at(session)) - now.timestamp())


def ends_at(session: SessionBase) -> float:
    """The moment, in seconds since 1970, from which one must sign in again whatever one does."""
    return float(session[BEGAN] + settings.SESSION_ABSOLUTE_LIMIT.total_seconds())


def note_use(session: SessionBase, *, now: datetime, at_once: bool = False) -> None:
    """Somebody is at work here: the idle limit counts from now."""
    if at_once or now.timestamp() - session[USED] >= NOTED_EVERY.total_seconds():
        session[USED] = now.timestamp()


def of(user: User, *, now: datetime) -> QuerySet[Session]:
    """Where somebody is signed in now, the last used first."""
    alive = {
        "used_at__gt": now - settings.SESSION_IDLE_LIMIT,
        "began_at__gt": now - settings.SESSION_ABSOLUTE_LIMIT,
        "expire_date__gt": now,
    }
    return Session.objects.filter(user=user, **alive).order_by("-used_at", "session_key")


def end(*, user: User, session_id: UUID) -> bool:
    """Signs this browser of the user's out at once. False where there is none: it has ended already, or is another's."""
    return Session.objects.filter(user=user, id=session_id).delete()[0] > 0


def end_others(*, user: User, but: str | None) -> int:
    """Signs the user out everywhere except in the session with this key, and says in how many places that was."""
    return Session.objects.filter(user=user).exclude(session_key=but).delete()[0]


def _at(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)

"""All URLs. What each needs stands in accounts/permissions.py."""

from allauth.account import views as allauth
from django.urls import include, path
from django.views.i18n import set_language

from navigator.accounts import views as accounts
from navigator.web import views as web

urlpatterns = [
    path("livez", web.livez, name="livez"),
    path("readyz", web.readyz, name="readyz"),
    path("language/", set_language, name="set_language"),
    path("login/", accounts.login, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("session/", accounts.time_left, name="time_left"),
    path("sign-in/", accounts.my_sessions, name="my_sessions"),
    path("sign-in/sessions/<uuid:session_id>/end/", accounts.end_session, name="end_session"),
    path("sign-in/sessions/end-others/", accounts.end_other_sessions, name="end_other_sessions"),
    path("unit/", accounts.choose_unit, name="choose_unit"),
    path("", include("pathways.urls")),
    path("", include("referrals.urls")),
]

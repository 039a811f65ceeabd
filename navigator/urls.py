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
    path("login/", allauth.login, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("unit/", accounts.choose_unit, name="choose_unit"),
    path("", include("pathways.urls")),
    path("", include("referrals.urls")),
]

"""All URLs. What each needs stands in accounts/permissions.py."""

from allauth.account import views as allauth
from allauth.mfa.base.views import authenticate
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.providers.openid_connect import views as staff
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

import pathways.admin  # noqa: F401 - what administrators may change; no other app's models are registered
from navigator.accounts import invitation_views as invitations
from navigator.accounts import views as accounts
from navigator.web import views as web

urlpatterns = [
    path("livez", web.livez, name="livez"),
    path("readyz", web.readyz, name="readyz"),
    path("accessibility/", web.accessibility, name="accessibility"),
    path("privacy/", accounts.privacy, name="privacy"),
    path("privacy/<uuid:organisation_id>/", accounts.privacy_of, name="privacy_of"),
    path("language/", set_language, name="set_language"),
    path("login/", accounts.login, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("session/", accounts.time_left, name="time_left"),
    path("sign-in/", accounts.my_sessions, name="my_sessions"),
    path("sign-in/sessions/<uuid:session_id>/end/", accounts.end_session, name="end_session"),
    path("sign-in/sessions/end-others/", accounts.end_other_sessions, name="end_other_sessions"),
    path("sign-in/again/", allauth.reauthenticate, name="account_reauthenticate"),
    path("sign-in/second-factor/", accounts.to_my_sessions, name="mfa_index"),
    path("sign-in/second-factor/code/", authenticate, name="mfa_authenticate"),
    path("sign-in/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("sign-in/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("sign-in/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("sign-in/recovery-codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("sign-in/passkeys/", accounts.to_my_sessions, name="mfa_list_webauthn"),
    path("sign-in/passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("sign-in/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("login/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("login/at/<slug:provider_id>/", staff.login, name="openid_connect_login"),
    path("login/at/<slug:provider_id>/callback/", staff.callback, name="openid_connect_callback"),
    path("unit/", accounts.choose_unit, name="choose_unit"),
    path("invitation/", invitations.invitation, name="invitation"),
    path("invitation/<str:token>/", invitations.enter_by_invitation, name="enter_by_invitation"),
    path("reference-data/", admin.site.urls),
    path("", include("pathways.urls")),
    path("", include("referrals.urls")),
]

handler400 = "navigator.web.errors.bad_request"
handler429 = "navigator.web.errors.too_many"  # allauth's name for it
handler500 = "navigator.web.errors.server_error"

"""Settings of `bin/demo`: the same product on one machine, over plain http; messages go nowhere."""

from navigator.settings.base import *

DEMO = True
SECOND_FACTOR_FOR = frozenset(env.list("NAVIGATOR_SECOND_FACTOR_FOR", default=[]))
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
ALLAUTH_TRUSTED_PROXY_COUNT = 0
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "session", "csrf"
SECURE_HSTS_SECONDS = 0
SECURE_PROXY_SSL_HEADER = None
if not EMAIL_URL:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
if not SMS_URL:
    SMS_GATEWAY = "referrals.delivery.sms.DummyGateway"
# Compressing takes minutes on a small machine and saves nothing on one's own.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}

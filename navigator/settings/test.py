"""Settings of the tests: plain http, a fast hasher, no mail, static files without a manifest."""

import os

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
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES["default"]["KEY_PREFIX"] = f"test-{os.getpid()}"  # runs beside each other never meet
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
LIMITS_TIMES = 1000  # a run of tests asks from one address all day

"""Settings for production. demo.py and test.py import these and loosen them."""

import os
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from navigator.settings import environment

ROOT = Path(__file__).resolve().parent.parent.parent
environment.require()
env = environ.Env()

DEBUG = False
DEMO = False
SECRET_KEY = env("NAVIGATOR_SECRET_KEY")
MASTER_KEYS = environment.master_keys(env("NAVIGATOR_MASTER_KEYS"))
INDEX_KEY = environment.key_bytes("NAVIGATOR_INDEX_KEY", env("NAVIGATOR_INDEX_KEY"))
ALLOWED_HOSTS = env.list("NAVIGATOR_ALLOWED_HOSTS")
PUBLIC_URL = env("NAVIGATOR_PUBLIC_URL").rstrip("/")

if os.environ.get("DJANGO_SETTINGS_MODULE") == "navigator.settings.base":
    if SECRET_KEY.startswith("demo-") or len(SECRET_KEY) < 50:
        raise ImproperlyConfigured(
            "NAVIGATOR_SECRET_KEY is a demo key or too short: give 50 random characters or more."
        )
    if "demo" in MASTER_KEYS:
        raise ImproperlyConfigured("NAVIGATOR_MASTER_KEYS holds a demo key: make keys of your own.")
    if any("*" in host or host.startswith(".") for host in ALLOWED_HOSTS):
        raise ImproperlyConfigured("NAVIGATOR_ALLOWED_HOSTS: name each host, whole.")
    if not PUBLIC_URL.startswith("https://") or urlsplit(PUBLIC_URL).hostname not in ALLOWED_HOSTS:
        raise ImproperlyConfigured("NAVIGATOR_PUBLIC_URL must begin with https:// and one of NAVIGATOR_ALLOWED_HOSTS.")

INSTALLED_APPS = [
    "navigator.database",  # first: its `migrate` raises the walls after the tables
    "navigator.web.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "django_htmx",
    "csp",
    "rest_framework",
    "navigator.accounts",
    "navigator.audit",
    "navigator.history",
    "navigator.vault",
    "navigator.web.apps.WebConfig",
    "pathways",
    "referrals",
]

MIDDLEWARE = [
    "navigator.web.middleware.NumberMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "navigator.web.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "navigator.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "navigator.accounts.middleware.SessionLimitsMiddleware",
    "navigator.accounts.middleware.ScopeMiddleware",
    "navigator.accounts.middleware.AccessMiddleware",
    "navigator.web.limits.LimitsMiddleware",
    "navigator.audit.looking.LookMiddleware",
    "navigator.web.middleware.PageAboveMiddleware",
    "navigator.web.middleware.RefusalMiddleware",
    "pathways.middleware.OneRulebookMiddleware",
]

ROOT_URLCONF = "navigator.urls"
WSGI_APPLICATION = "navigator.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "navigator.web.context.page",
            ],
        },
    },
]

# The database is the truth, and each process reaches it as its own role (docs/operations.md).
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
# What navigator.database.prepared asks is planned once a connection, and for any value. A page read anywhere costs no more
# than the next one: what is asked for lies in memory, or on a disk without arms.
PREPARING = {"prepare_threshold": 0, "options": "-c plan_cache_mode=force_generic_plan -c random_page_cost=1.1"}
DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | PREPARING
DATABASE_ROLES = {"app": "navigator_app", "worker": "navigator_worker"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis only carries.
REDIS_URL = env("REDIS_URL")
CELERY_BROKER_URL = environment.broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2, "visibility_timeout": 3600}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = "Europe/Copenhagen"

# How often the worker looks for what is due, and after how long a silence of its own everybody is told.
SWEEP_EVERY = timedelta(seconds=env.float("NAVIGATOR_SWEEP_SECONDS", 20))
SILENT_AFTER = timedelta(minutes=5)
# What nobody has looked at for so long is stale: a service of the directory (decision 47).
SERVICE_STALE_AFTER = timedelta(days=env.int("NAVIGATOR_SERVICE_STALE_DAYS", 182))
# A worker or beat that hears of no finished job for so long ends itself, for its supervisor to start another.
STALLED_AFTER = timedelta(seconds=env.float("NAVIGATOR_STALLED_SECONDS", max(SWEEP_EVERY.total_seconds() * 6, 60)))
CELERY_BEAT_SCHEDULER = "navigator.watchdog:WatchedScheduler"

# What leaves the house. Without a relay or a gateway the messages fail with a code that says so, and become tasks.
EMAIL_URL = env("NAVIGATOR_EMAIL_URL", default="")
SMS_URL, SMS_TOKEN = env("NAVIGATOR_SMS_URL", default=""), env("NAVIGATOR_SMS_TOKEN", default="")
if EMAIL_URL:
    vars().update(environ.Env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "referrals.delivery.email.NoRelay"
SMS_GATEWAY = "referrals.delivery.sms.HttpGateway" if SMS_URL else "referrals.delivery.sms.NoGateway"
EMAIL_TIMEOUT = SMS_TIMEOUT = 10  # seconds for each answer: a relay that hangs must not hang the worker
DEFAULT_FROM_EMAIL = env("NAVIGATOR_EMAIL_FROM", default="") or f"noreply@{urlsplit(PUBLIC_URL).hostname}"
BOUNCE_SECRET = env("NAVIGATOR_BOUNCE_SECRET", default="")  # empty: nobody may report that a message came back
BOUNCE_MAILBOX = env("NAVIGATOR_BOUNCE_MAILBOX", default="")
QUIET_HOURS = (time(21), time(8))  # Danish time; only what is urgent among colleagues goes out then
DIGEST_AT = time(8)  # on working days

LANGUAGE_CODE = "da"
LANGUAGES = [("da", _("Danish")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Europe/Copenhagen"
USE_TZ = True

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["navigator.accounts.adapter.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "navigator.accounts.adapter.ClosedAccountAdapter"
MFA_FORMS = {
    "activate_totp": "navigator.accounts.forms.ConnectAppForm",
    "authenticate": "navigator.accounts.forms.SecondFactorForm",
}
ACCOUNT_FORMS = {
    "login": "navigator.accounts.forms.LoginForm",
    "reauthenticate": "navigator.accounts.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = 1  # the proxy in front says who asks; without one, whoever connects
# Staff who sign in at their own organisation: at once, by a link, and without asking who they say they are.
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": environment.staff_providers(env("NAVIGATOR_OIDC", default=""))}}
SOCIALACCOUNT_ADAPTER = "navigator.accounts.staff.StaffAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
# A second factor, for whoever signs in with a password here. Required for these roles, or for all.
MFA_ADAPTER = "navigator.accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Vejviser"
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute wrong
SECOND_FACTOR_FOR = frozenset(env.list("NAVIGATOR_SECOND_FACTOR_FOR", default=["all"]))
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_list"
LOGOUT_REDIRECT_URL = "account_login"

# Limits (web/limits.py, and allauth's own) count in Redis, for all processes together; without it each counts for itself.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "navigator.web.cache.SharedOrLocal",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "limits",
        "KEY_FUNCTION": "navigator.web.cache.unreadable",
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    },
}
LIMITS_TIMES = env.int("NAVIGATOR_LIMITS_TIMES", 1)  # where many people share one address: so many times as much

STATIC_URL = "static/"
STATIC_ROOT = ROOT / "staticfiles"
STATICFILES_DIRS = [
    ROOT / "static",
    ("dkfds/css", ROOT / "node_modules/dkfds/dist/css"),
    ("dkfds/js", ROOT / "node_modules/dkfds/dist/js"),
    ("dkfds/fonts", ROOT / "node_modules/dkfds/dist/fonts"),
    ("dkfds/img", ROOT / "node_modules/dkfds/dist/img"),
]
# Widgets are what a page has most of.
FORM_RENDERER = "navigator.web.widgets.Renderer"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # the product takes no uploads
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz)$"]
SECURE_PROXY_SSL_HEADER: tuple[str, str] | None = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
# The browser takes these from this host alone, over https alone.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SESSION_ENGINE = "navigator.accounts.sessions"
SESSION_IDLE_LIMIT = timedelta(minutes=env.float("NAVIGATOR_IDLE_MINUTES", 30))
SESSION_ABSOLUTE_LIMIT = timedelta(hours=env.float("NAVIGATOR_SESSION_HOURS", 10))
SESSION_WARN_BEFORE = min(timedelta(minutes=5), SESSION_IDLE_LIMIT / 2)
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE_LIMIT.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_FAILURE_VIEW = "navigator.web.refusals.too_old"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = ["navigator.web.errors.NoUploads"]  # refused at the first byte: nothing is ever written
PERMISSIONS_POLICY = environment.permissions_policy()
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}

# One line of JSON for each thing said, to the process's own output (web/logs.py). Nothing is e-mailed to anybody.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "navigator.web.logs.JsonLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "weasyprint": {"level": "ERROR"},  # each step of a page, else
        "fontTools": {"level": "ERROR"},
    },
}

# Days (month, day) on which municipal offices are closed besides the public holidays: local data, not law.
ALSO_CLOSED_ON = frozenset({(6, 5), (12, 24), (12, 31)})

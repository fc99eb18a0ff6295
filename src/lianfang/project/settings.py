"""Django's settings, read from the environment. Every name of ours begins with LIANFANG_."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from lianfang.foundation.plumbing import sqlite

sqlite.use_modern()

from lianfang.foundation.plumbing import database, durable  # noqa: E402 - sqlite3 has to be replaced first

HOUSE = Path(__file__).parents[1]


def _env(name: str, default: str = "") -> str:
    return os.environ.get(f"LIANFANG_{name}", default)


LIANFANG_DATA = Path(_env("DATA", "data/district")).absolute()
LIANFANG_DEMO = _env("DEMO") == "1"
LIANFANG_DATABASE_URL = _env("DATABASE_URL")
# Outside the data folder, so that a copy of the data is not a copy of its key.
LIANFANG_KEYS = Path(_env("KEYS", str(LIANFANG_DATA.parent / "keys"))).absolute()
LIANFANG_MASTER_KEY_FILE = LIANFANG_KEYS / f"{LIANFANG_DATA.name}.master.key"
LIANFANG_BACKUPS = Path(_env("BACKUPS", str(LIANFANG_DATA.parent / "backups" / LIANFANG_DATA.name))).absolute()


def _secret_key() -> str:
    """Kept beside the master key; made on first need so that no default can be shipped."""
    path = LIANFANG_KEYS / f"{LIANFANG_DATA.name}.session.key"
    if not path.exists():
        with suppress(FileExistsError):  # another process of ours made it a moment ago
            durable.write_new(path, secrets.token_urlsafe(48).encode())
    return path.read_text()


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = [host for host in _env("HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in _env("ORIGINS").split(",") if origin]

LIANFANG_MODULES = (
    "lianfang.foundation.plumbing",
    "lianfang.foundation.ledger",
    "lianfang.ground.territory",
    "lianfang.ground.access",
    "lianfang.ground.posture",
    "lianfang.ground.policies",
    "lianfang.ground.registry",
    "lianfang.ground.forms",
    "lianfang.ground.reports",
    "lianfang.ground.duty",
    "lianfang.ground.codes",
    "lianfang.ground.campaigns",
    "lianfang.operations.screening",
    "lianfang.operations.checkpoints",
    "lianfang.operations.venues",
    "lianfang.interop.upper_level_forms",
    "lianfang.interop.openrosa",
    "lianfang.screens.desk",
    "lianfang.screens.field",
    "lianfang.demo",
)
# A module enters when its folder does; the order above is the order of the layers.
_PRESENT = tuple(m for m in LIANFANG_MODULES if (HOUSE.parent / m.replace(".", "/") / "apps.py").exists())

INSTALLED_APPS = [
    *_PRESENT,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "axes",
    "django_tasks",
    "django_tasks_db",
    "lianfang.project",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "lianfang.foundation.plumbing.threshold.Threshold",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "axes.middleware.AxesMiddleware",
]
if "lianfang.ground.access" in _PRESENT:
    AUTH_USER_MODEL = "access.Account"
    SESSION_ENGINE = "lianfang.ground.access.sessions"
    MIDDLEWARE.insert(-1, "lianfang.ground.access.middleware.ViewerMiddleware")

ROOT_URLCONF = "lianfang.project.urls"
CSRF_FAILURE_VIEW = "lianfang.project.urls.csrf_failure"

DATABASES = database.settings_for(url=LIANFANG_DATABASE_URL, data=LIANFANG_DATA)
DATABASE_ROUTERS = ["lianfang.foundation.plumbing.database.Router"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "display_name")},
    },
]
# Many share one address behind an office router, so an address is never locked: what access hands over as user agent
# is the browser's own key, or one word for all browsers the account has not signed in from (access/lockout.py).
AXES_LOCKOUT_PARAMETERS = [["username", "user_agent"]]
AXES_USERNAME_FORM_FIELD = "username"  # what access passes; the default would be the model's field, and count nobody
AXES_DISABLE_ACCESS_LOG = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _env("TLS") == "1"
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'wasm-unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],  # both component kits set element styles
        "img-src": ["'self'", "data:", "blob:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
LIANFANG_ASSETS = HOUSE / "screens" / "assets"
STATIC_ROOT = LIANFANG_ASSETS
# The bundler's digests stand before the ending, where whitenoise does not look by itself.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+-[\w-]{8}\.\w+$"

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
LIANFANG_LARGEST_UPLOAD = 256 * 1024 * 1024  # a list of a million people as csv is 150 MB

DMR_SETTINGS = {"validate_responses": _env("VALIDATE_ANSWERS") == "1"}
LOGGING_CONFIG = "lianfang.foundation.plumbing.logs.configure"
LOGGING = {"version": 1}  # Django calls the configuration only when there is one
# axes.W006: the "user agent" it counts by is a key this server signed, not what a browser claims (access/lockout.py).
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

"""Everything the stack reads from its environment, in one place."""
import os
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def env(name, default=None):
    """NAME, or what the file NAME_FILE holds: a secret of the container engine, in docker-compose.hardened.yml.
    An empty value counts as unset: compose writes NAME="" for ${NAME:-}, and an empty secret is a line end."""
    value, path = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if not value and path:
        value = Path(path).read_text(encoding="utf-8").rstrip("\n")
    value = value or default
    if value is None:
        raise ImproperlyConfigured(f"environment variable {name} is not set")
    return value


def env_bool(name, default="false"):
    # podman-compose renders YAML booleans as True/False, docker compose as true/false
    return env(name, default).strip().lower() in ("1", "true", "yes", "on")


def env_list(name, default=""):
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


# both can be rotated without a break: earlier keys go on being accepted
SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
try:
    FERNET = MultiFernet([Fernet(key) for key in env_list("FIELD_ENCRYPTION_KEY")])  # newest first
except ValueError as exc:
    raise ImproperlyConfigured(f"FIELD_ENCRYPTION_KEY: {exc}") from exc

DEBUG = False
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS")  # the workers do not get it: empty is fine there
APP_BASE_URL = env("APP_BASE_URL", "http://localhost:8000")
WS_ALLOWED_ORIGINS = env_list("WS_ALLOWED_ORIGINS")

TASTYTRADE = {
    "client_id": env("TASTYTRADE_CLIENT_ID", ""),
    "client_secret": env("TASTYTRADE_CLIENT_SECRET", ""),
    "base_url": env("TASTYTRADE_BASE_URL", "https://api.tastyworks.com"),
}

REDIS_URL = env("REDIS_URL", "redis://redis:6379/0")
CELERY_BROKER_URL = env("CELERY_BROKER_URL", "redis://redis:6379/2")
CELERY_RESULT_BACKEND = env("CELERY_RESULT_BACKEND", "redis://redis:6379/3")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_BEAT_SCHEDULE = {"heartbeat": {"task": "core.tasks.heartbeat", "schedule": 5.0, "options": {"expires": 20}}}

SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT")
SECURE_HSTS_SECONDS = int(env("SECURE_HSTS_SECONDS", "0"))
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("SECURE_HSTS_INCLUDE_SUBDOMAINS")
SECURE_HSTS_PRELOAD = env_bool("SECURE_HSTS_PRELOAD")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# without this the container health checks only ever see the redirect to https
SECURE_REDIRECT_EXEMPT = [r"^health/$"]

EMAIL_HOST = env("EMAIL_HOST", "localhost")
EMAIL_PORT = int(env("EMAIL_PORT", "587"))
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", "true")
EMAIL_HOST_USER = env("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", "")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "noreply@localhost")

ROOT_URLCONF = "senextrader.urls"
INSTALLED_APPS = ["django.contrib.staticfiles", "core"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
TEMPLATES = []
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TIME_ZONE = "UTC"
USE_TZ = True
LOG_DIR = Path(env("LOG_DIR", "/var/log/senextrader"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {
        "console": {"class": "logging.StreamHandler"},
        "file": {"class": "logging.handlers.WatchedFileHandler", "filename": LOG_DIR / "senextrader.log", "delay": True},
    },
    "loggers": {"core": {"handlers": ["console", "file"], "level": "INFO"}},
}

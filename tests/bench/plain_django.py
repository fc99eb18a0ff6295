"""Two ceilings from everyday Django, behind the same server and as many threads as our desk: a view that answers
nothing, and a view that saves one row. Default middleware; SQLite as we set it, one row a transaction.

python -m tests.bench.plain_django FOLDER PORT
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import django
import uvicorn
import uvloop
from a2wsgi import WSGIMiddleware
from django.conf import settings

from lianfang.foundation.plumbing import sqlite

DESK_THREADS = 8


def application(folder: Path) -> Any:
    """Settings, the table, the addresses."""
    sqlite.use_modern()
    from lianfang.foundation.plumbing.database import settings_for

    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY=os.urandom(32).hex(),
        ROOT_URLCONF="tests.bench.plain_views",
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
        DATABASES={"default": settings_for(url="", data=folder)["default"]},
        USE_TZ=True,
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
    )
    django.setup()
    from django.core.wsgi import get_wsgi_application
    from django.db import connection

    from tests.bench.plain_views import Row

    with connection.schema_editor() as editor:
        editor.create_model(Row)
    return WSGIMiddleware(get_wsgi_application(), workers=DESK_THREADS)


def main() -> None:
    """Serve until told to end."""
    # Copied, not imported: our own settings must not be read here. Compare `serve.LISTENING`.
    listening = {"log_config": None, "access_log": False, "server_header": False}
    config = uvicorn.Config(application(Path(sys.argv[1])), port=int(sys.argv[2]), lifespan="off", **listening)  # type: ignore[arg-type]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()

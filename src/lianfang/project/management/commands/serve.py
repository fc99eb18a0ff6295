"""`lianfang serve`: the one server process, on this machine or (`--lan`) for phones on the same network over HTTPS."""

import asyncio
from typing import Any

import uvicorn
import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.sealing import read_master_key
from lianfang.project import lan


class Command(BaseCommand):
    """See the module docstring."""

    help = "启动服务 / start the server"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--port", type=int, default=8000, help="端口 / port")
        parser.add_argument("--host", default="127.0.0.1", help="监听地址 / address to listen on")
        parser.add_argument(
            "--lan", action="store_true", help="同一网络的手机用 HTTPS 访问 / HTTPS for phones on this network"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check that we can store before anybody is told we are up."""
        self._refuse_what_is_not_ready()
        servers = [_server(host=options["host"], port=options["port"])]
        if options["lan"]:
            servers += self._doors(options["port"])
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_together(servers))

    def _refuse_what_is_not_ready(self) -> None:
        read_master_key(settings.LIANFANG_MASTER_KEY_FILE)
        for alias in settings.DATABASES:
            executor = MigrationExecutor(connections[alias])
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                raise CommandError("数据库还不是当前版本,请先运行 lianfang upgrade / run `lianfang upgrade` first")

    def _doors(self, port: int) -> list[uvicorn.Server]:
        doors = lan.open_doors(
            folder=settings.LIANFANG_KEYS / "tls", https_port=port + 443, install_port=port + 80, at=clock.now()
        )
        settings.ALLOWED_HOSTS += doors.hosts
        settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
        self.stdout.write(lan.announcement(doors))
        secure = _server(
            host="0.0.0.0",
            port=port + 443,
            lifespan="off",
            ssl_certfile=str(doors.server.certificate),
            ssl_keyfile=str(doors.server.key),
        )
        plain = uvicorn.Config(lan.install_page(doors), host="0.0.0.0", port=port + 80, lifespan="off", log_config=None)
        return [secure, uvicorn.Server(plain)]


# What every listening server of ours has in common; the benches' bare echo listens the same way.
LISTENING: dict[str, Any] = {
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "timeout_graceful_shutdown": 10,
}


def _server(*, host: str, port: int, lifespan: str = "on", **more: Any) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            "lianfang.project.asgi:application",
            host=host,
            port=port,
            lifespan=lifespan,  # type: ignore[arg-type]
            **LISTENING,
            **more,
        )
    )


async def _together(servers: list[uvicorn.Server]) -> None:
    """All doors open and close together; the first one carries the workers' life."""
    running = [asyncio.create_task(server.serve()) for server in servers]
    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*running)

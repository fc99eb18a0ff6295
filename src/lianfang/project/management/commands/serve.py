"""`lianfang serve`: the server, on this machine or (`--lan`) for phones on the same network over HTTPS.

One process; on PostgreSQL `--processes N` of them.
"""

import asyncio
import socket
from argparse import SUPPRESS
from contextlib import suppress
from typing import Any

import uvicorn
import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock, walls
from lianfang.foundation.plumbing.sealing import read_master_key
from lianfang.project import lan, processes


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

        parser.add_argument(
            "--processes", type=int, default=1, help="进程数,需要 PostgreSQL / how many processes; needs PostgreSQL"
        )
        parser.add_argument("--fd", type=int, help=SUPPRESS)  # a child's: the port its parent has opened

    def handle(self, *args: Any, **options: Any) -> None:
        """Check that we can store before anybody is told we are up."""
        if options["processes"] != 1:
            _refuse_processes(options["processes"], lan=options["lan"])
        self._refuse_what_is_not_ready()
        if options["processes"] != 1:
            self._serve_with_others(options)
            return
        if options["fd"] is not None:
            processes.end_with_the_parent()
            self._serve([_server()], on=[socket.socket(fileno=options["fd"])])
            return
        servers = [_server(host=options["host"], port=options["port"])]
        if options["lan"]:
            servers += self._doors(options["port"])
        self._serve(servers)

    def _serve(self, servers: list[uvicorn.Server], *, on: list[socket.socket] | None = None) -> None:
        # Ctrl-C has ended it in good order by the time that it is heard here.
        with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_together(servers, on))

    def _serve_with_others(self, options: dict[str, Any]) -> None:
        connections.close_all()
        for connection in connections.all():
            connection.close_pool()  # type: ignore[attr-defined]
        processes.Family(processes.listen(options["host"], options["port"]), options["processes"]).serve()

    def _refuse_what_is_not_ready(self) -> None:
        read_master_key(settings.LIANFANG_MASTER_KEY_FILE)
        for alias in settings.DATABASES:
            executor = MigrationExecutor(connections[alias])
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                raise CommandError("数据库还不是当前版本,请先运行 lianfang upgrade / run `lianfang upgrade` first")
        if connections["default"].vendor == "postgresql" and not walls.standing():
            raise Problem("project.roles_missing")

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


def _refuse_processes(wanted: int, *, lan: bool) -> None:
    if not 1 <= wanted <= processes.MOST:
        raise Problem("project.processes_out_of_range", most=processes.MOST)
    if connections["default"].vendor != "postgresql":
        raise Problem("project.processes_need_postgresql")
    if lan:
        raise Problem("project.processes_without_lan")


def _server(*, lifespan: str = "on", **more: Any) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            "lianfang.project.asgi:application",
            lifespan=lifespan,  # type: ignore[arg-type]
            **LISTENING,
            **more,
        )
    )


async def _together(servers: list[uvicorn.Server], on: list[socket.socket] | None) -> None:
    """All doors open and close together; the first one carries the workers' life."""
    running = [asyncio.create_task(server.serve(on)) for server in servers]
    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*running)

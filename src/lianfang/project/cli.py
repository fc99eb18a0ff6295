"""lianfang COMMAND: the management commands of the modules, and a list of them that a person can read."""

import os
import sys

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import sqlite

# In the order in which somebody meets them; any other command of ours follows by name.
FIRST = (
    "init", "demo", "serve", "drill", "areas", "import", "backup", "restore", "upgrade", "db", "ledger", "shares",
    "reset_password",
)  # fmt: skip
# Options that every Django command takes; they work, but a person who asks for help is not helped by them.
DJANGOS_OWN = {
    "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color",
}  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    """Run one command, or show what there is."""
    arguments = sys.argv[1:] if arguments is None else arguments
    sqlite.use_modern()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianfang.project.settings")
    if not arguments or arguments[0] in {"-h", "--help"} or arguments == ["help"]:
        print(overview())
        return
    from django.core.management import BaseCommand, execute_from_command_line

    BaseCommand.suppressed_base_arguments = DJANGOS_OWN
    try:
        execute_from_command_line(["lianfang", _as_python_spells_it(arguments[0]), *arguments[1:]])
    except Problem as problem:
        sys.exit(told(problem))


def _as_python_spells_it(command: str) -> str:
    """People write reset-password; a command's file cannot be called that."""
    return command if command.startswith("-") else command.replace("-", "_")


def told(problem: Problem) -> str:
    """A problem as a person reads it in a terminal: what happened and what to do, in both languages."""
    from lianfang.foundation.plumbing.catalogue import both

    return f"✗ {both(problem)}\n  ({problem.code})"


def overview() -> str:
    """What lianfang can be told to do: one line for each command of ours, none of Django's."""
    described = {name.replace("_", "-"): _described(name, app) for name, app in our_commands().items()}
    width = max(map(len, described), default=0)
    lines = [f"  {name:<{width}}  {words}" for name, words in described.items()]
    return "\n".join(
        [
            "联防 lianfang · 用法 usage: lianfang COMMAND [--help]",
            "",
            *lines,
            "",
            "每个命令都有说明: lianfang serve --help · every command explains itself",
            "数据放在 data is kept in: $LIANFANG_DATA (data/district)",
        ]
    )


def our_commands() -> dict[str, str]:
    """Name of each command to the app that owns it."""
    import django
    from django.core.management import get_commands

    django.setup()
    ours = {name: app for name, app in get_commands().items() if isinstance(app, str) and app.startswith("lianfang.")}
    ranks = {name: rank for rank, name in enumerate(FIRST)}
    return {name: ours[name] for name in sorted(ours, key=lambda name: (ranks.get(name, len(FIRST)), name))}


def _described(name: str, app: str) -> str:
    from django.core.management import load_command_class

    return " ".join(load_command_class(app, name).help.split())


if __name__ == "__main__":
    main()

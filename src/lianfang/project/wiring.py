"""Who is connected to whom: every module's kinds, projections, look-ups, measures, permissions and journeys, and
the area port.

Modules are found, not listed one by one: a module that exports `records.KINDS` is heard of here, so adding a record
kind touches its module alone.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.conf import settings

from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import backup, database, jobs

JOURNEYS = "lianfang.journeys"


def modules() -> tuple[str, ...]:
    """Installed modules of ours, lower layers first."""
    return tuple(app for app in settings.INSTALLED_APPS if app.startswith("lianfang."))


def parts(name: str) -> Iterator[ModuleType]:
    """That file (`records`, `permissions`, …) of every module that has it."""
    for module in modules():
        if find_spec(f"{module}.{name}"):
            yield import_module(f"{module}.{name}")


def exported(file: str, name: str) -> list[Any]:
    """Everything the modules export under that name, in the order of the layers."""
    return [one for part in parts(file) for one in getattr(part, name, ())]


def build() -> ledger.House:
    """The house as this project wires it."""
    return ledger.House(
        kinds={kind.name: kind for kind in exported("records", "KINDS")},
        projections=tuple(exported("projections", "PROJECTIONS")),
        loaders={loader.kind: loader for loader in exported("queries", "LOADERS")},
        reactions=tuple(_journeys()),
        kept=tuple(exported("queries", "KEPT")),
        **_ports(),
    )


def schedule() -> list[Any]:
    """What the clock sets going: every module's `jobs.SCHEDULE`, and the copy of the night."""
    return [*backup.SCHEDULE, *exported("jobs", "SCHEDULE")]


def beats() -> list[Any]:
    """What is done every few seconds while the server runs: every module's `jobs.BEATS`."""
    return exported("jobs", "BEATS")


def _journeys() -> Iterator[Any]:
    import pkgutil

    package = import_module(JOURNEYS)
    for info in pkgutil.iter_modules(package.__path__):
        if not info.ispkg:  # a package beside them holds their tests
            yield import_module(f"{JOURNEYS}.{info.name}").REACTION


def _ports() -> dict[str, Any]:
    if "lianfang.ground.territory" not in modules():
        return {}
    ports = {"lineage": import_module("lianfang.ground.territory.queries").lineage}
    if "lianfang.ground.access" in modules():
        ports["standing"] = import_module("lianfang.ground.access.queries").standing
    return ports


def wire() -> None:
    """Connect everything. Called once Django is ready; again is harmless."""
    ledger.install(build())
    database.register_words()
    backup.install(exported("queries", "WITNESSES"), exported("actions", "REPLAYS"))
    jobs.install(schedule(), beats())
    if "lianfang.ground.campaigns" in modules():
        visits_since = import_module("lianfang.ground.campaigns.queries").visits_since
        import_module("lianfang.ground.registry.queries").install_visits(visits_since)
        teams = import_module("lianfang.ground.campaigns.actions")
        import_module("lianfang.ground.registry.queries").install_in_hand(teams.work_of, teams.hand_on)
    if "lianfang.ground.forms" in modules():
        read_packaged = import_module("lianfang.ground.forms.queries").read_packaged
        import_module("lianfang.ground.posture.queries").install_form_reader(read_packaged)
    if "lianfang.ground.posture" in modules():
        under = exported("queries", "RUNNING"), exported("permissions", "LOOKS")
        import_module("lianfang.ground.posture.queries").install_running(*under)
    if "lianfang.ground.reports" in modules():
        import_module("lianfang.ground.reports.queries").install(exported("queries", "SOURCES"))
    if "lianfang.ground.access" in modules():
        held_by: dict[str, Any] = {}
        for part in parts("permissions"):
            held_by |= getattr(part, "HELD_BY", {})
        import_module("lianfang.ground.access.queries").install_permissions(held_by)

"""Wires the house once every module is loaded."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Last in INSTALLED_APPS, so that its `ready` runs when all others have."""

    name = "lianfang.project"
    label = "project"

    def ready(self) -> None:
        """See wiring.py."""
        from lianfang.project import wiring

        wiring.wire()

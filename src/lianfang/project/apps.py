"""Wires the house once every module is loaded."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ProjectConfig(AppConfig):
    """Last in INSTALLED_APPS, so that its `ready` runs when all others have."""

    name = "lianfang.project"
    label = "project"

    def ready(self) -> None:
        """See wiring.py."""
        from lianfang.project import roles, wiring

        wiring.wire()
        # Told once, after all apps' migrations; an app without tables, like this one, is told nothing.
        post_migrate.connect(roles.apply_after_migration, sender=apps.get_app_config("plumbing"))

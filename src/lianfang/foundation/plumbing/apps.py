"""Registers the tools with Django (the keyring has a table)."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class PlumbingConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.foundation.plumbing"
    label = "plumbing"

    def ready(self) -> None:
        """Teach the drivers our types, and refuse an SQLite that can lose data."""
        from lianfang.foundation.plumbing import database, walls

        database.register_adapters()
        connection_created.connect(database.check_connection)
        connection_created.connect(walls.on_connection)

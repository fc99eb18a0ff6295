"""Every model's table is really there, on the database it is read from, on SQLite and on PostgreSQL."""

import pytest
from django.apps import apps
from django.db import connections, router


@pytest.mark.django_db(databases="__all__")
def test_every_model_finds_its_table_where_it_is_looked_for() -> None:
    tables = {alias: set(connections[alias].introspection.table_names()) for alias in connections}
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    lost = [model._meta.label for model in models if model._meta.db_table not in tables[router.db_for_read(model)]]
    assert models and lost == []

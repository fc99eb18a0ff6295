"""Registers the phone's face with Django."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.screens.field"
    label = "field"

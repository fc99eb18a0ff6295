"""Registers upper levels' tables with Django."""

from django.apps import AppConfig


class UpperLevelFormsConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.interop.upper_level_forms"
    label = "upper_level_forms"

"""Registers reports with Django."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.ground.reports"
    label = "reports"

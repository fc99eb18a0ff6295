"""Registers the demo's commands with Django. It has no tables."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.demo"
    label = "demo"

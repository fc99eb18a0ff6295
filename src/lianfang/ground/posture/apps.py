"""Registers posture with Django."""

from django.apps import AppConfig


class PostureConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.ground.posture"
    label = "posture"

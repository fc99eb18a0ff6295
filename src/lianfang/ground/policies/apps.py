"""Registers policies with Django."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.ground.policies"
    label = "policies"

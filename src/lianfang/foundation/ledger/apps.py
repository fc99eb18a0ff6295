"""Registers the ledger with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.foundation.ledger"
    label = "ledger"

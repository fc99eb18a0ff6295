"""Read model of reports. Written by its projection only."""

from typing import ClassVar

from django.db import models


class Report(models.Model):
    """A report as it stands. Its rendered files lie with the entry that issued it."""

    id = models.UUIDField(primary_key=True)
    area_id = models.UUIDField()
    day = models.DateField()
    audience = models.CharField(max_length=10)
    language = models.CharField(max_length=10)
    basis = models.TextField()
    texts = models.TextField()
    edits = models.IntegerField(default=0)
    drafted = models.TextField()
    drafted_at = models.DateTimeField()
    signed = models.TextField(null=True)
    issued = models.TextField(null=True)
    figures = models.CharField(max_length=64, default="")
    versions = models.TextField(default="{}")
    files = models.TextField(default="[]")
    entry_id = models.UUIDField(null=True)
    superseded_by = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["area_id", "day"], name="reports_of_area")]

"""Read models of upper levels' tables. Written by their projection only."""

from typing import ClassVar

from django.db import models


class Form(models.Model):
    """A table as it stands. Its blank workbook lies with the entry it came in."""

    id = models.UUIDField(primary_key=True)
    area_id = models.UUIDField()
    title = models.CharField(max_length=200)
    audience = models.CharField(max_length=10)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.IntegerField()
    edits = models.IntegerField()
    cells = models.TextField()
    entry_id = models.UUIDField()
    changed = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["area_id"], name="upper_level_of_area")]


class Filling(models.Model):
    """A filled table that went out. Its bytes lie with the entry that issued it."""

    id = models.UUIDField(primary_key=True)
    form_id = models.UUIDField()
    day = models.DateField()
    title = models.CharField(max_length=200)
    basis = models.TextField()
    cells = models.TextField()
    figures = models.CharField(max_length=64)
    versions = models.TextField()
    sha256 = models.CharField(max_length=64)
    size = models.IntegerField()
    entry_id = models.UUIDField()
    issued = models.TextField()
    issued_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["form_id", "day"], name="upper_level_filled")]

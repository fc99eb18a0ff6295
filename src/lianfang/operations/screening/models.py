"""Read models of screening. Written by its projection only."""

from typing import ClassVar

from django.db import models


class Answered(models.Model):
    """What one visit's answers add up to. Household and visit are keyed hashes under the incident's key: while it lives
    a visit is counted once, and after it is destroyed nobody can tell whose numbers these were.
    """

    pk = models.CompositePrimaryKey("task", "visit")
    task = models.BinaryField()
    visit = models.BinaryField()
    incident_id = models.UUIDField()
    pack = models.CharField(max_length=60)
    area_id = models.UUIDField()
    day = models.DateField()
    counts = models.TextField()
    void = models.BooleanField(default=False)
    at = models.DateTimeField(null=True)  # only where the latest visit's word stands


class PackMeasure(models.Model):
    """A pack's measures by day, at every level of the tree down to the grid."""

    pk = models.CompositePrimaryKey("incident_id", "pack", "measure", "area_id", "day")
    incident_id = models.UUIDField()
    pack = models.CharField(max_length=60)
    measure = models.CharField(max_length=60)
    area_id = models.UUIDField()
    day = models.DateField()
    value = models.BigIntegerField(default=0)

    class Meta:
        db_table = "screening_measure"


class Finding(models.Model):
    """One word on a finding: a visit's or a re-check's, by the question that declares it."""

    pk = models.CompositePrimaryKey("entry_id", "question")
    entry_id = models.UUIDField()
    question = models.CharField(max_length=60)
    campaign_id = models.UUIDField()
    incident_id = models.UUIDField(null=True)
    target_id = models.UUIDField()  # a household, place or building
    grid_id = models.UUIDField()
    at = models.DateTimeField()
    day = models.DateField()
    bad = models.BooleanField()
    void = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["target_id", "campaign_id", "question"], name="screening_finding_door")
        ]


class Moved(models.Model):
    """Every change of `PackMeasure` on a grid, with the position it came by. Only ever added to.

    `no` counts within a commit.
    """

    pk = models.CompositePrimaryKey("incident_id", "position", "no")
    incident_id = models.UUIDField()
    position = models.BigIntegerField()
    no = models.IntegerField()
    pack = models.CharField(max_length=60)
    measure = models.CharField(max_length=60)
    day = models.DateField()
    lineage = models.TextField()
    value = models.BigIntegerField(default=0)

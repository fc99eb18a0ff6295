"""Read models of screening. Written by its projection only."""

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

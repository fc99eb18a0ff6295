"""Read models of checkpoints. Written by projections only."""

from typing import ClassVar

from django.db import models


class Gate(models.Model):
    """A gate."""

    id = models.UUIDField(primary_key=True)
    area_id = models.UUIDField(db_index=True)
    incident_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    lanes = models.IntegerField()
    directions = models.CharField(max_length=20)
    set_up_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)


class Passage(models.Model):
    """One passage as it was counted, so that undoing it takes back exactly that. Without its incident's key the token
    is gone.
    """

    id = models.UUIDField(primary_key=True)
    gate_id = models.UUIDField()
    incident_id = models.UUIDField(db_index=True)
    area_id = models.UUIDField()
    day = models.DateField()
    hour = models.IntegerField()
    direction = models.CharField(max_length=3)
    counts = models.TextField()
    token = models.CharField(max_length=32, null=True)
    void = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["gate_id", "day", "hour"], name="checkpoints_of_a_gate"),
            models.Index(fields=["token", "direction", "gate_id"], name="checkpoints_same_token"),
        ]


class Hour(models.Model):
    """What was counted at a gate in an hour, at every level of the tree down to the gate's area."""

    pk = models.CompositePrimaryKey("incident_id", "gate_id", "hour", "area_id", "day")
    incident_id = models.UUIDField()
    gate_id = models.UUIDField()
    hour = models.IntegerField()
    area_id = models.UUIDField()
    day = models.DateField()
    passages = models.BigIntegerField(default=0)
    entered = models.BigIntegerField(default=0)
    went_out = models.BigIntegerField(default=0)
    passed = models.BigIntegerField(default=0)
    by_hand = models.BigIntegerField(default=0)
    test_first = models.BigIntegerField(default=0)
    turned_back = models.BigIntegerField(default=0)
    quarantine_path = models.BigIntegerField(default=0)
    without_phone = models.BigIntegerField(default=0)
    overridden = models.BigIntegerField(default=0)
    vehicles = models.BigIntegerField(default=0)
    given = models.BigIntegerField(default=0)

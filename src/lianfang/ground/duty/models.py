"""Read models of duty. Written by projections only."""

from django.db import models


class Station(models.Model):
    """Where somebody stands."""

    id = models.UUIDField(primary_key=True)
    area_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=100)


class Shift(models.Model):
    """A person at a station, from when to when, and whether they came."""

    id = models.UUIDField(primary_key=True)
    station_id = models.UUIDField(db_index=True)
    area_id = models.UUIDField(db_index=True)
    account_id = models.UUIDField(db_index=True)
    crew = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    dropped_at = models.DateTimeField(null=True)
    on_at = models.DateTimeField(null=True)
    off_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="duty_shift_ends_after_it_starts"
            )
        ]

"""Read model of restriction orders. Written by its projection only; nobody's status stands anywhere."""

from django.db import models


class Order(models.Model):
    """An order. Whom it is about and why is sealed under its incident's key; the person is found by a keyed hash."""

    id = models.UUIDField(primary_key=True)
    incident_id = models.UUIDField()
    area_id = models.UUIDField(db_index=True)
    person = models.BinaryField(db_index=True)
    terms = models.BinaryField()
    proposed_by = models.UUIDField(null=True)
    proposed_at = models.DateTimeField()
    signed_by = models.UUIDField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    appealed_at = models.DateTimeField(null=True)
    appeal_decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(signed_by=None)
                | (models.Q(proposed_by__isnull=False) & ~models.Q(signed_by=models.F("proposed_by"))),
                name="codes_order_by_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_by=None)
                | (
                    models.Q(starts_at__isnull=False, ends_at__isnull=False)
                    & models.Q(ends_at__gt=models.F("starts_at"))
                ),
                name="codes_order_has_an_end",
            ),
        ]


class OrderAct(models.Model):
    """Who did what about an order, and when; what they said is sealed under the key of the order's incident."""

    id = models.UUIDField(primary_key=True)
    order_id = models.UUIDField(db_index=True)
    act = models.CharField(max_length=20)
    by_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    how = models.CharField(max_length=20, null=True)
    stands = models.BooleanField(null=True)
    words = models.BinaryField(null=True)


class IssuerKey(models.Model):
    """A public key by which credentials are believed, and for which time. The private one is in the keyring."""

    id = models.CharField(primary_key=True, max_length=16)
    name = models.CharField(max_length=50)
    x = models.BinaryField()
    y = models.BinaryField()
    signs_from = models.DateTimeField()
    signs_until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)


class Credential(models.Model):
    """That a credential was issued, until when it lives, and whether it was taken back. The person is a keyed hash, and
    sealed under the incident's key for a warrant of two people.
    """

    number = models.UUIDField(primary_key=True)
    incident_id = models.UUIDField()
    area_id = models.UUIDField()
    person = models.BinaryField(db_index=True)
    resident = models.BinaryField(default=b"")
    carrier = models.CharField(max_length=20)
    carried_by = models.CharField(max_length=20, default="self")
    issued_at = models.DateTimeField(null=True)
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

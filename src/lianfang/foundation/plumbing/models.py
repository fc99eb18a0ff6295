"""The keyring's table."""

from django.db import models


class DataKey(models.Model):
    """A data key, wrapped by the master key. Destroyed means the wrapped bytes are gone and the name stays."""

    name = models.CharField(max_length=80, primary_key=True)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | models.Q(wrapped__isnull=True, destroyed_at__isnull=False),
                name="plumbing_datakey_destroyed_means_gone",
            )
        ]

"""Read model of forms. Written by the projection only."""

from django.db import models


class Form(models.Model):
    """A published form in one version (JSON)."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=60)
    version = models.IntegerField()
    area_id = models.UUIDField(db_index=True)
    incident_id = models.UUIDField(null=True)
    form = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="forms_form_version_once")]

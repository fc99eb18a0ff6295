"""Two entries of one person: suggested, made one, told apart, made two again."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0004_edits_know_their_counter'),
    ]

    operations = [
        migrations.CreateModel(
            name='Apart',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('one_id', models.UUIDField()),
                ('other_id', models.UUIDField()),
                ('position', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Sought',
            fields=[
                ('id', models.IntegerField(primary_key=True, serialize=False)),
                ('position', models.BigIntegerField()),
                ('resident_id', models.UUIDField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Aside',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('household_id', models.UUIDField()),
                ('grid_id', models.UUIDField()),
                ('name', models.CharField(max_length=120)),
                ('name_key', models.CharField(max_length=120)),
                ('pinyin', models.CharField(max_length=120)),
                ('initials', models.CharField(max_length=40)),
                ('sex', models.CharField(max_length=8, null=True)),
                ('born_on', models.DateField(null=True)),
                ('relation', models.CharField(max_length=16, null=True)),
                ('document_kind', models.CharField(max_length=20, null=True)),
                ('residence_kind', models.CharField(max_length=16, null=True)),
                ('id_sealed', models.BinaryField(null=True)),
                ('id_hash', models.BinaryField(null=True)),
                ('id_masked', models.CharField(default='', max_length=16)),
                ('phone_sealed', models.BinaryField(null=True)),
                ('phone_hash', models.BinaryField(null=True)),
                ('phone_masked', models.CharField(default='', max_length=16)),
                ('status', models.CharField(default='present', max_length=10)),
                ('said_by', models.UUIDField(null=True)),
                ('said_at', models.DateTimeField(null=True)),
                ('versions', models.TextField(default='{}')),
                ('origin', models.UUIDField()),
                ('origin_author', models.UUIDField(null=True)),
                ('position', models.BigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['household_id'], name='registry_aside_household'), models.Index(fields=['id_hash'], name='registry_aside_id')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kept_id', models.UUIDField()),
                ('other_id', models.UUIDField()),
                ('account', models.UUIDField(null=True)),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(default='', max_length=200)),
                ('position', models.BigIntegerField()),
                ('undone', models.UUIDField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['kept_id'], name='registry_merge_kept'), models.Index(fields=['other_id'], name='registry_merge_other')],
            },
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('one_id', models.UUIDField()),
                ('other_id', models.UUIDField()),
                ('grid_id', models.UUIDField()),
                ("bits", models.FloatField()),
                ('reasons', models.TextField()),
            ],
            options={
                'indexes': [models.Index(fields=['one_id'], name='registry_suggestion_one'), models.Index(fields=['other_id'], name='registry_suggestion_other')],
            },
        ),
    ]

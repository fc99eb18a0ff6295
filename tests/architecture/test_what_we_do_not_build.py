"""No field, filter or export for what a neighbourhood has no business knowing.

Every Struct and every table of the product is enumerated: a filter is a Struct, an export is columns of one, so a field
that exists nowhere can be asked, filtered and exported nowhere.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import msgspec
import pytest
from django.apps import apps

NOT_OURS_TO_KNOW = {
    "belief": "faith faiths religion religious creed church temple",
    "politics": "party parties political politics petition petitions petitioner petitioning stability dissent",
    "descent": "ethnic ethnicity race nation minority tribe",
    "the past": "criminal crime crimes conviction convictions prison arrest detention",
    "marks and rankings": "score scores scoring rank ranks ranking credit reputation trust loyalty blacklist",
    "where somebody is": "latitude longitude lat lng lon gps geolocation coordinates trajectory trail whereabouts",
    "bodies": "face faces facial iris gait voiceprint biometric biometrics",
}
WORDS = {word: why for why, words in NOT_OURS_TO_KNOW.items() for word in words.split()}


def test_no_field_of_any_struct_or_table_is_about_what_we_do_not_build(repository: Path) -> None:
    found = [f"{owner}.{field}: {why}" for owner, field in _every_field(repository) for why in _objections(field)]
    assert found == []


def test_the_enumeration_sees_structs_and_tables(repository: Path) -> None:
    fields = set(_every_field(repository))
    assert ("lianfang.foundation.ledger.terms.Entry", "position") in fields
    assert ("lianfang.foundation.plumbing.models.DataKey", "wrapped") in fields


@pytest.mark.parametrize(
    "field", ["party_member", "creditScore", "home_latitude", "ethnicity", "petitions", "risk_rank"]
)
def test_such_a_field_would_be_seen(field: str) -> None:
    assert list(_objections(field))


@pytest.mark.parametrize("field", ["name", "grid_id", "residence_kind", "interface", "translated_at", "long_name"])
def test_a_plain_field_is_left_alone(field: str) -> None:
    assert not list(_objections(field))


def _objections(field: str) -> Iterator[str]:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", field).lower().split("_")
    yield from (WORDS[word] for word in words if word in WORDS)


def _every_field(repository: Path) -> Iterator[tuple[str, str]]:
    for name in _modules(repository / "src"):
        import_module(name)
    for struct in _below(msgspec.Struct):
        if struct.__module__.startswith("lianfang") and ".tests" not in struct.__module__:
            yield from ((f"{struct.__module__}.{struct.__name__}", field) for field in struct.__struct_fields__)
    for model in apps.get_models():
        if model.__module__.startswith("lianfang") and ".tests" not in model.__module__:
            fields = (field.name for field in model._meta.get_fields())
            yield from ((f"{model.__module__}.{model.__name__}", field) for field in fields)


def _modules(source: Path) -> list[str]:
    """Every module of the product that can be imported without starting something."""
    files = [
        file for file in sorted(source.rglob("*.py")) if not {"tests", "migrations", "management"} & set(file.parts)
    ]
    names = [".".join(file.relative_to(source).with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names if not name.endswith((".__main__", ".asgi", ".apps"))]


def _below(base: type) -> Iterator[type]:
    for child in base.__subclasses__():
        yield child
        yield from _below(child)

"""Each kind of list asks for the one permission of what it changes, and for no other."""

from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock
from lianfang.ground.access.models import Account
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.registry.tests.test_own_layout import API, JSON, as_csv, code, looked_at
from lianfang.ground.territory.tests.town import NOW

pytestmark = [pytest.mark.usefixtures("in_town", "at_now"), pytest.mark.django_db(databases=["default", "plumbing"])]
LISTS = ("people", "places", "areas", "organisations")
# Who sees to people brings people and places; who sees to the trees brings trees. An administrator sees nobody.
MAY = {
    Role.SUBDISTRICT_OFFICER: LISTS,
    Role.DATA_OFFICER: LISTS,
    Role.COMMUNITY_OFFICER: ("people", "places"),
    Role.SYSTEM_ADMIN: ("areas", "organisations"),
    Role.GRID_WORKER: (),
}


@pytest.fixture
def at_now() -> Iterator[None]:
    with clock.stopped_at(NOW):
        yield


def desk_of(role: Role) -> Client:
    client = Client()
    client.force_login(Account.objects.get(id=hire(role.value, role, area="S")))
    return client


def upload(desk: Client, about: str) -> tuple[int, str]:
    file = SimpleUploadedFile("表.csv", as_csv([["名称", "姓名", "上级"], ["新网格", "张三", "明镜社区"]]))
    answer = desk.post(f"{API}/imports?about={about}&layout=own", {"file": file})
    return answer.status_code, answer.json().get("id", "")


@pytest.mark.parametrize("role", MAY, ids=lambda role: role.value)
@pytest.mark.parametrize("about", LISTS)
def test_a_list_is_brought_by_who_may_change_what_it_is_about(role: Role, about: str) -> None:
    desk = desk_of(role)
    answer, id = upload(desk, about)
    assert answer == (201 if about in MAY[role] else 403)
    if id:
        assert looked_at(desk, id)["targets"]
        assert [row["about"] for row in desk.get(f"{API}/imports").json()["rows"]] == [about]


def test_who_may_bring_one_kind_does_not_see_the_others() -> None:
    office, admin = desk_of(Role.SUBDISTRICT_OFFICER), desk_of(Role.SYSTEM_ADMIN)
    _, people = upload(office, "people")
    _, areas = upload(office, "areas")
    assert [row["id"] for row in admin.get(f"{API}/imports").json()["rows"]] == [areas]
    assert admin.get(f"{API}/imports/{people}").status_code == 404
    assert admin.post(f"{API}/imports/{people}/publish").status_code == 404
    assert code(admin.get(f"{API}/imports/template.xlsx")) == (403, "access.not_permitted")
    assert desk_of(Role.GRID_WORKER).get(f"{API}/imports").status_code == 403
    assert admin.post(f"{API}/imports/{people}/undo", {}, JSON).status_code == 404

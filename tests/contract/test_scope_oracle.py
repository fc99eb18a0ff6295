"""Who may do what where, decided twice: by a naive policy written down here, and by the server.

Every address of the router stands in TABLE with the roles that may use it and where its scope comes from; one that
does not stand there fails the build, and so does a line that no address answers to. Then the two are asked thousands
of random questions (who × address × area) and must agree on each: open, forbidden (403: nowhere), hidden (404: not
there), sign in (401).

To cover a new address: one line in TABLE. If it names a thing that no line named before, one line in World.targets as
well.
"""

import contextlib
import copy
import os
import random
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing import raw
from lianfang.foundation.plumbing.together import Together
from tests.contract.addresses import api_addresses, raw_addresses
from tests.contract.town_of_the_oracle import KIND_AND_PARENT, NOBODY, NOW, NOWHERE, Person, World, lineage

pytestmark = pytest.mark.django_db(databases=["default", "plumbing"])

R = {
    "field": {"grid_worker", "grid_lead", "volunteer", "sampler"},
    "officers": {"community_officer", "sector_officer", "subdistrict_officer"},
    "staff": {
        *("grid_worker", "grid_lead", "volunteer", "sampler", "community_officer", "sector_officer"),
        *("subdistrict_officer", "command", "hotline_operator", "tracer", "data_officer"),
        *("system_admin", "security_admin", "audit_admin"),
    },
}
GRID = {"grid_worker", "grid_lead"}
SEES_ACCOUNTS = R["officers"] | {"system_admin", "security_admin"}
MANAGES = {"system_admin", "subdistrict_officer"}
ENROLS = R["officers"] | {"system_admin"}
APPROVES = {"security_admin", "system_admin"}
GRANTS_IN_FIELD = R["officers"] | {"security_admin"}
SHAPES_AREAS = {"subdistrict_officer", "data_officer"}
ASSIGNS = R["officers"] | {"data_officer"}
LOADS = SHAPES_AREAS | {"system_admin"}
AUDITS = {"audit_admin"}
LEADS = {"command", "subdistrict_officer"}
SEES_INCIDENTS = R["staff"] - {"system_admin", "security_admin"}
FOLLOWS_UP = GRID | {"community_officer"}
SEES_FORMS = SEES_CAMPAIGNS = GRID | R["officers"] | {"command", "data_officer"}
PUBLISHES = LEADS | {"data_officer"}
OVERVIEW = SEES_CAMPAIGNS | {"system_admin"}
READS = GRID | R["officers"] | {"data_officer"}
DECIDES = R["officers"] | {"grid_lead", "data_officer"}
IMPORTS = R["officers"] | {"data_officer"}
TREES_ALONE = frozenset({"system_admin"})  # brings lists of areas and organisations, and sees no other
SETTLES = {"community_officer", "subdistrict_officer", "command"}
SIGNS = R["officers"] | {"command"}
DRAFTS = SIGNS | {"data_officer"}
SEES_REPORTS = DRAFTS | {"grid_lead"}
SETS_UP_GATES = R["officers"] | {"command"}
SEES_GATES = SETS_UP_GATES | GRID | {"volunteer", "data_officer"}
SEES_ORDERS = SIGNS | {"tracer"}
PROPOSES = {"tracer", "community_officer", "sector_officer"}
TELLS = SEES_ORDERS | GRID
KEEPS_KEYS = {"security_admin", "subdistrict_officer"}
STANDS = SIGNS | R["field"]
SEES_CODES = R["officers"] | GRID | {"command", "data_officer"}
PUBLIC, SIGNED_IN = frozenset[str]({"public"}), frozenset[str]({"signed in"})

Body = Callable[[World, str], dict[str, Any]]


class Line(NamedTuple):
    """One address: what it is, who may use it, whose area decides, what to send, which rows may come back."""

    address: str  # "METHOD route", as the router spells it, converters left out
    roles: set[str] | frozenset[str]
    of: str | None = None  # the thing in World.targets that lies in the area; None: it has no scope of its own
    query: str = ""
    body: Body | None = None
    rows: str | None = None  # the kind of rows that a list answers: all in scope and no other
    near: bool = False  # in scope is also what lies above one's areas (an incident of the street, seen from its grid)
    then: set[str] | None = None  # a second question, asked after the first: these roles, at or above the area
    upload: bool = False  # it takes a file, and the body as its fields
    enters: frozenset[str] = frozenset()  # these come in too, but none of what is there is theirs


def _area(world: World, area: str) -> dict[str, Any]:
    return {"area": str(world.area[area])}


def _table(world: World, area: str) -> dict[str, Any]:
    return _area(world, area) | {"title": "市日报", "audience": "desk"}


def _incident(world: World, area: str) -> dict[str, Any]:
    words = {"name": "演练", "basis": "public_health_emergencies", "pack": "household_sweep", "issuer": "街道"}
    return _area(world, area) | words | {"ends_at": "2021-12-20T00:00:00Z", "drill": True}


def _policy(world: World, area: str) -> dict[str, Any]:
    return _area(world, area) | {"edition": "nantong_2021_08", "from_day": "2021-12-10"}


def _campaign(world: World, area: str) -> dict[str, Any]:
    days = {"starts_on": "2021-12-10", "ends_on": "2021-12-12"}
    return _area(world, area) | days | {"name": "排查", "form": world.targets["form"][area]}


def _attempts(world: World, area: str) -> dict[str, Any]:
    return {"policy": {"hours_between": 6}, "reason": "晚一点去"}


def _checks(world: World, area: str) -> dict[str, Any]:
    return {"percent": 5, "reason": "再看一遍"}


def _account(world: World, area: str) -> dict[str, Any]:
    return _area(world, area) | {"name": "new", "display_name": "新来的"}


def _grid(world: World, area: str) -> dict[str, Any]:
    return {"kind": "grid", "name": "新网格", "parent": str(world.area[area])}


def _divisions(world: World, area: str) -> dict[str, Any]:
    unit = {"code": "330381007030", "name": "新社区", "parent": "330381007"}
    return {"units": [unit], "under": "330381007", "below": str(world.area[area])}


def _organisation(world: World, area: str) -> dict[str, Any]:
    return _area(world, area) | {"kind": "team", "name": "新队伍"}


def _post(world: World, area: str) -> dict[str, Any]:
    return _area(world, area) | {"organisation": world.targets["organisation"]["S"], "name": "新岗位"}


def _holder(world: World, area: str) -> dict[str, Any]:
    """Somebody of that very area; nobody is put on a post from outside one's own."""
    return {"account": world.targets["account"].get(area, str(world.area[NOWHERE])), "standing": "acting"}


def _liaison(world: World, area: str) -> dict[str, Any]:
    return _area(world, area) | {"organisation": world.targets["organisation"]["S"], "about": "帮扶"}


def _report_in(world: World, area: str) -> dict[str, Any]:
    account = world.targets["account"].get(area, str(world.area[NOWHERE]))
    return {"community": str(world.area[area]), "account": account, "about": "值守", "consented": True}


def _stewardship(world: World, area: str) -> dict[str, Any]:
    account = world.targets["account"].get(area, str(world.area[NOWHERE]))
    return {"grid": str(world.area[area]), "account": account, "households": [str(world.area[NOWHERE])]}


def _place(world: World, area: str) -> dict[str, Any]:
    return {"grid": str(world.area[area]), "name": "新开的店", "kind": "shop"}


def _edit(world: World, area: str) -> dict[str, Any]:
    return {"field": "relation", "base_version": 0, "value": "head"}


def _reveal(world: World, area: str) -> dict[str, Any]:
    return {"field": "phone", "reason": "电话核实住址"}


def _form(world: World, area: str) -> dict[str, Any]:
    return _area(world, area) | {"code": "x", "title_zh": "表", "title_en": "form"}


def _counted(world: World, area: str) -> dict[str, Any]:
    return _area(world, area) | {"homes": 9, "source": "派出所", "counted_on": "2021-12-01"}


def _agreed(world: World, area: str) -> dict[str, Any]:
    return _area(world, area) | {"from_on": "2021-12-31", "stale_months": 6, "oldest_years": 120, "issuer": "街道"}


def _layout(world: World, area: str) -> dict[str, Any]:
    return {
        "layout": {
            "header": 1,
            "header_rows": 1,
            "columns": [{"index": 0, "target": "name"}, {"index": 1, "target": "address"}],
        }
    }


def _gate(world: World, area: str) -> dict[str, Any]:
    return _area(world, area) | {"kind": "village", "name": "村口"}


def _order(world: World, area: str) -> dict[str, Any]:
    evidence = [{"words": "与病例同桌吃饭", "reference": "流调记录第3号"}]
    why = {"ground": "close_contact", "reason": "与确诊病例同桌吃饭一小时", "evidence": evidence, "issuer": "街道"}
    what = {"measure": "home_quarantine", "basis": "public_health_emergencies", "days": 7}
    who = {"resident": world.targets["resident"].get(area, str(world.area[NOWHERE]))}
    return why | what | who | {"incident": world.targets["incident"].get(area, str(world.area[NOWHERE]))}


def _evidence(world: World, area: str) -> dict[str, Any]:
    return {"evidence": [{"what": "test", "at": "2021-12-10T00:00:00Z", "until": "2021-12-12T00:00:00Z"}]}


def _credential(world: World, area: str) -> dict[str, Any]:
    return _evidence(world, area) | {"bound_to": "BAAA"}


def _shift(world: World, area: str) -> dict[str, Any]:
    who = {"account": world.targets["account"].get(area, str(world.area[NOWHERE]))}
    station = {"station": world.targets["station"].get(area, str(world.area[NOWHERE]))}
    return who | station | {"starts_at": "2021-12-11T00:00:00Z", "ends_at": "2021-12-11T08:00:00Z"}


def _venue_code(world: World, area: str) -> dict[str, Any]:
    return {"place": world.targets["place"].get(area, str(world.area[NOWHERE]))}


def _warrant(world: World, area: str) -> dict[str, Any]:
    hours = {"starts_at": "2021-12-10T06:00:00Z", "ends_at": "2021-12-10T07:00:00Z"}
    return _venue_code(world, area) | hours | {"reason": "确诊病例当时也在这个场所里"}


WHY: Body = lambda world, area: {"reason": "就是这样"}  # noqa: E731
NOTHING: Body = lambda world, area: {}  # noqa: E731

TABLE = (
    # access
    Line("GET session", PUBLIC),
    Line("POST session", PUBLIC, body=lambda w, a: {"account": "nobody", "password": "nothing"}),
    Line("DELETE session", PUBLIC),
    Line("GET me", SIGNED_IN),
    Line("POST me/password", SIGNED_IN, body=lambda w, a: {"old_password": "x", "new_password": "y"}),
    Line("GET recovery-shares", LEADS | {"data_officer"}),
    Line("POST recovery-shares", LEADS | {"data_officer"}, body=lambda w, a: {"words": "one two three four"}),
    Line("GET accounts", SEES_ACCOUNTS, rows="account"),
    Line("GET accounts", SEES_ACCOUNTS, of="area", query="area={area}", rows="account"),
    Line("POST accounts", MANAGES, of="area", body=_account),
    Line("GET accounts/<account_id>", SEES_ACCOUNTS, of="account"),
    Line("POST accounts/<account_id>/close", MANAGES, of="account", body=NOTHING),
    Line("POST accounts/<account_id>/password-reset", MANAGES, of="account"),
    Line(
        "POST accounts/<account_id>/roles", GRANTS_IN_FIELD, "area", "", lambda w, a: _area(w, a) | {"role": "sampler"}
    ),
    Line(
        "POST accounts/<account_id>/roles",
        {"security_admin"},
        "area",
        "",
        lambda w, a: _area(w, a) | {"role": "tracer"},
    ),
    Line("POST accounts/<account_id>/enrolment", ENROLS, of="account"),
    Line("POST accounts/<account_id>/openrosa-login", ENROLS, of="account", body=lambda w, a: {"device_name": "ODK"}),
    Line("GET roles", APPROVES, rows="proposal"),
    Line("DELETE roles/<grant_id>", GRANTS_IN_FIELD, of="grant"),
    Line("POST roles/<grant_id>/approve", APPROVES, of="proposal"),
    Line("POST roles/<grant_id>/decline", APPROVES, of="proposal", body=NOTHING),
    Line("PUT areas/<area_id>/responsible", ASSIGNS, of="area", body=lambda w, a: {"account": None}),
    Line("GET areas/<area_id>/workers", ASSIGNS, of="area"),
    Line("GET devices", SEES_ACCOUNTS, rows="device"),
    Line("GET devices/<device_id>", SEES_ACCOUNTS, of="device"),
    Line("POST devices/<device_id>/revoke", ENROLS, of="device", body=NOTHING),
    Line("GET disclosures", AUDITS, rows="look"),
    Line("GET audit", AUDITS, query="kind=access.people_disclosed", rows="look"),
    Line("GET audit/<record_id>", AUDITS, of="look"),
    # territory
    Line("GET areas", R["staff"]),
    Line("POST areas", SHAPES_AREAS, of="area", body=_grid),
    Line("GET areas/gaps", R["staff"]),
    Line("GET areas/gaps/counts", R["staff"]),
    Line("GET areas/gaps.xlsx", R["staff"]),
    Line("POST areas/outlines", SHAPES_AREAS, body=lambda w, a: {"document": {}, "datum": "wgs84"}),
    Line("POST areas/outlines/look", SHAPES_AREAS, body=lambda w, a: {"document": {}, "datum": "wgs84"}),
    Line("GET areas/outlines.geojson", R["staff"], of="area", query="area={area}"),
    Line("GET areas/<area_id>/doors", SHAPES_AREAS, of="area"),
    Line("POST areas/<area_id>/outlook", SHAPES_AREAS, of="area", body=lambda w, a: {"parts": [{"name": "新网格"}]}),
    Line("POST areas/<area_id>/markers", SHAPES_AREAS, of="area", body=lambda w, a: {"kind": "gate", "name": "东门"}),
    Line("GET areas/map", READS, of="area", query="area={area}"),
    Line("POST areas/workbook", LOADS, upload=True),
    Line("POST areas/divisions", LOADS, of="area", body=_divisions),
    Line("GET areas/template.xlsx", R["staff"]),
    Line("GET areas/export.xlsx", R["staff"]),
    Line("GET areas/<area_id>", R["staff"]),
    Line("PATCH areas/<area_id>", SHAPES_AREAS, of="area", body=lambda w, a: {"name": "改名"}),
    Line("POST areas/<area_id>/end", SHAPES_AREAS, of="area", body=lambda w, a: {"on": "2022-01-01"}),
    Line("POST areas/<area_id>/redraw", SHAPES_AREAS, of="area", body=lambda w, a: {"parts": [{"name": "新网格"}]}),
    Line("POST areas/<area_id>/split", SHAPES_AREAS, of="area", body=lambda w, a: {"parts": [{"name": "新社区"}]}),
    Line("POST areas/<area_id>/merge", SHAPES_AREAS, of="area", body=lambda w, a: {"into": str(w.area[a])}),
    Line("GET organisations", R["staff"]),
    Line("POST organisations", SHAPES_AREAS, of="area", body=_organisation),
    Line("PATCH organisations/<organisation_id>", SHAPES_AREAS, of="organisation", body=lambda w, a: {"name": "改名"}),
    Line("POST organisations/<organisation_id>/end", SHAPES_AREAS, of="organisation", body=NOTHING),
    Line("GET posts", R["staff"], rows="post"),
    Line("GET posts", R["staff"], of="area", query="area={area}", rows="post"),
    Line("POST posts", ASSIGNS, of="area", body=_post),
    Line("GET posts/<post_id>", R["staff"], of="post"),
    Line("PATCH posts/<post_id>", ASSIGNS, of="post", body=lambda w, a: {"name": "改名"}),
    Line("POST posts/<post_id>/holders", ASSIGNS, of="post", body=_holder),
    Line("GET posts/<post_id>/candidates", ASSIGNS, of="post"),
    Line(
        "PATCH holdings/<holding_id>", ASSIGNS, of="holding", body=lambda w, a: WHY(w, a) | {"starts_on": "2021-12-05"}
    ),
    Line("POST holdings/<holding_id>/end", ASSIGNS, of="holding", body=NOTHING),
    Line("GET links", R["staff"], rows="link"),
    Line("GET links", R["staff"], of="area", query="area={area}", rows="link"),
    Line("POST links", ASSIGNS, of="area", body=_liaison),
    Line("GET links/<link_id>", R["staff"], of="link"),
    Line("GET contacts", R["staff"]),
    Line("GET contacts", R["staff"], of="area", query="area={area}"),
    Line("GET contacts/<area_id>", R["staff"], of="area"),
    Line("GET areas/<area_id>/candidates", ASSIGNS, of="area"),
    Line("PATCH links/<link_id>", ASSIGNS, of="link", body=lambda w, a: WHY(w, a) | {"starts_on": "2021-12-05"}),
    Line("POST links/<link_id>/end", ASSIGNS, of="link", body=NOTHING),
    Line("GET report-ins", ASSIGNS, rows="report_in"),
    Line("GET report-ins", ASSIGNS, of="area", query="area={area}", rows="report_in"),
    Line("POST report-ins", ASSIGNS, of="area", body=_report_in),
    Line("GET accounts/<account_id>/duties", ASSIGNS, of="account"),
    Line("POST accounts/<account_id>/hand-over", ASSIGNS, of="account", body=lambda w, a: {"successors": []}),
    Line("GET stewardships", READS, rows="stewardship"),
    Line("GET stewardships", READS, of="area", query="area={area}", rows="stewardship"),
    Line("POST stewardships", ASSIGNS, of="area", body=_stewardship),
    Line("GET stewardships/<stewardship_id>", READS, of="stewardship"),
    Line(
        "PATCH stewardships/<stewardship_id>",
        ASSIGNS,
        of="stewardship",
        body=lambda w, a: {"households": [str(w.area[NOWHERE])]},
    ),
    Line("POST stewardships/<stewardship_id>/end", ASSIGNS, of="stewardship", body=NOTHING),
    Line("GET my-households", GRID | {"volunteer"}),
    Line("POST my-households/changes", GRID | {"volunteer"}, body=lambda w, a: {"household": str(w.area[a])}),
    # posture
    Line("GET incidents", SEES_INCIDENTS, rows="incident", near=True),
    Line("GET incidents/catalogue", SEES_INCIDENTS),
    Line("POST incidents", LEADS, of="area", body=_incident),
    Line("POST incidents/difference", LEADS, of="area", body=_incident),
    Line("GET incidents/openings", LEADS, rows="opening"),
    Line("GET incidents/openings/<opening_id>", LEADS, of="opening"),
    Line("POST incidents/openings/<opening_id>/confirm", LEADS, of="opening", body=lambda w, a: {"seen": "0"}),
    Line("POST incidents/openings/<opening_id>/withdraw", LEADS, of="opening"),
    Line("GET incidents/<incident_id>/difference", SEES_INCIDENTS, of="incident", near=True),
    Line(
        "POST incidents/<incident_id>/withdraw", LEADS, of="incident", body=lambda w, a: {"proposal": str(UUID(int=7))}
    ),
    Line("GET incidents/<incident_id>", SEES_INCIDENTS, of="incident", near=True),
    Line("POST incidents/<incident_id>/renew", LEADS, of="incident", body=WHY),
    Line("GET incidents/<incident_id>/forgetting", PUBLISHES, of="incident"),
    Line("POST incidents/<incident_id>/forgetting", PUBLISHES, of="incident", body=WHY),
    Line("GET incidents/<incident_id>/certificate", SEES_INCIDENTS, of="incident", near=True),
    Line("GET incidents/<incident_id>/certificate.pdf", SEES_INCIDENTS, of="incident", near=True),
    Line("POST incidents/<incident_id>/close", LEADS, of="incident", body=WHY),
    Line("GET policies", SEES_INCIDENTS, of="area", query="area={area}"),
    Line("GET policies/editions", SEES_INCIDENTS),
    Line("POST policies", LEADS, of="area", body=_policy),
    Line("POST policies/<policy_id>/decision", SEES_INCIDENTS, of="policy", near=True, body=lambda w, a: {"facts": {}}),
    # checkpoints
    Line("GET gates", SEES_GATES, of="area", query="area={area}"),
    Line("POST gates", SETS_UP_GATES, of="area", body=_gate),
    Line("POST gates/<gate_id>/closing", SETS_UP_GATES, of="gate", body=NOTHING),
    Line("GET gates/<gate_id>/hours", SEES_GATES, of="gate", query="day=2021-12-10"),
    # codes
    Line("GET orders", SEES_ORDERS, rows="order"),
    Line("GET orders", SEES_ORDERS, of="area", query="area={area}", rows="order"),
    Line("GET orders/catalogue", SEES_ORDERS),
    Line("POST orders", PROPOSES, of="resident", body=_order),
    Line("GET orders/<order_id>", SEES_ORDERS, of="order"),
    Line("GET orders/<order_id>/notice.pdf", TELLS, of="order"),
    Line("POST orders/<order_id>/sign", LEADS, of="order"),
    Line("POST orders/<order_id>/decline", LEADS, of="order", body=WHY),
    Line("POST orders/<order_id>/told", TELLS, of="order", body=lambda w, a: {"how": "on_paper"}),
    Line("POST orders/<order_id>/end", SEES_ORDERS, of="order", body=WHY),
    Line("POST orders/<order_id>/appeal", TELLS, of="order", body=lambda w, a: {"words": "我没去过"}),
    Line("POST orders/<order_id>/appeal/decide", LEADS, of="order", body=lambda w, a: WHY(w, a) | {"stands": True}),
    Line("POST residents/<resident_id>/code-status", SEES_ORDERS, of="resident", body=WHY),
    Line("GET credentials", R["officers"], rows="credential"),
    Line("GET credentials", R["officers"], of="area", query="area={area}", rows="credential"),
    Line("GET residents/<resident_id>/credentials", R["officers"], of="resident"),
    Line("POST residents/<resident_id>/credentials", R["officers"], of="resident", body=_credential),
    Line("POST residents/<resident_id>/credentials/paper", R["officers"], of="resident", body=_evidence),
    Line("GET credentials/<credential_id>", R["officers"], of="credential"),
    Line("POST credentials/<credential_id>/revoke", R["officers"], of="credential", body=WHY),
    Line("GET credentials/keys", SIGNED_IN),
    Line("POST credentials/keys", KEEPS_KEYS, body=NOTHING),
    Line("POST credentials/keys/<key_id>/withdraw", KEEPS_KEYS, of="nowhere", body=WHY),
    Line("GET gate-trust", SIGNED_IN),
    # duty
    Line("GET duty", STANDS, of="area", query="area={area}"),
    Line("POST duty/stations", SIGNS, of="area", body=lambda w, a: _area(w, a) | {"name": "北门"}),
    Line("GET duty/stations/<station_id>/candidates", SIGNS, of="station"),
    Line("POST duty/shifts", SIGNS, of="station", body=_shift),
    Line("POST duty/shifts/<shift_id>/drop", SIGNS, of="shift"),
    Line("POST duty/shifts/<shift_id>/on", STANDS, of="shift"),
    Line("POST duty/shifts/<shift_id>/off", STANDS, of="shift"),
    # venues
    Line("GET venue-codes", SEES_CODES, of="area", query="area={area}"),
    Line("POST venue-codes", R["officers"], of="place", body=_venue_code),
    Line("POST venue-codes/<venue_code_id>/withdrawal", R["officers"], of="venue_code", body=NOTHING),
    Line("GET venue-codes/<venue_code_id>/poster", R["officers"], of="venue_code", query="paper=roll"),
    Line(
        *("GET venue-codes/<venue_code_id>/visits", SEES_CODES, "venue_code"),
        query="starts_at=2021-12-10T06:00:00Z&ends_at=2021-12-10T07:00:00Z",
    ),
    Line("GET venue-warrants", PROPOSES | LEADS, of="area", query="area={area}"),
    Line("POST venue-warrants", PROPOSES, of="place", body=_warrant),
    Line("POST venue-warrants/<venue_warrant_id>/signature", LEADS, of="venue_warrant"),
    Line("POST venue-warrants/<venue_warrant_id>/refusal", LEADS, of="venue_warrant", body=WHY),
    Line("POST venue-warrants/<venue_warrant_id>/reading", PROPOSES | LEADS, of="venue_warrant"),
    # registry
    Line("GET households", READS, rows="household"),
    Line("GET households", READS, of="area", query="area={area}", rows="household"),
    Line("GET households/<household_id>", READS, of="household"),
    Line("GET residents", READS, rows="resident"),
    Line("GET residents", READS, of="area", query="area={area}", rows="resident"),
    Line("PATCH residents/<resident_id>", READS, of="resident", body=_edit),
    Line("POST residents/<resident_id>/reveal", READS, of="resident", body=_reveal),
    Line("GET residents/<resident_id>/history", READS, of="resident"),
    Line("GET residents/<resident_id>/looks", {"data_officer"}, of="resident"),
    Line("GET disagreements", DECIDES, rows="disagreement"),
    Line(
        "POST disagreements/<disagreement_id>/settle",
        DECIDES,
        "disagreement",
        "",
        lambda w, a: {"kept": w.targets["edit"].get(a, str(w.area[a])), "reason": "上门核实"},
    ),
    Line("GET duplicates", DECIDES, rows="duplicate"),
    Line("POST duplicates", DECIDES),
    Line("GET duplicates/<duplicate_id>", DECIDES, of="duplicate"),
    Line(
        "POST duplicates/<duplicate_id>/merge",
        DECIDES,
        "duplicate",
        "",
        lambda w, a: (
            {"kept": w.targets["resident"].get(a, str(w.area[a]))}
            | {seen: int(w.targets[seen].get(a, 0)) for seen in ("seen_one", "seen_other")}
        ),
    ),
    Line("POST duplicates/<duplicate_id>/apart", DECIDES, of="duplicate", body=WHY),
    Line("GET merges", DECIDES, rows="merge"),
    Line("POST merges/<merge_id>/undo", DECIDES, of="merge", body=WHY),
    Line("GET places", READS, rows="place"),
    Line("GET places", READS, of="area", query="area={area}", rows="place"),
    Line("POST places", READS, of="area", body=_place),
    Line("GET places/<place_id>", READS, of="place"),
    Line("PATCH places/<place_id>", READS, of="place", body=lambda w, a: {"name": "改名", "kind": "shop"}),
    Line("POST places/<place_id>/end", READS, of="place", body=NOTHING),
    Line("GET imports", IMPORTS, rows="import", enters=TREES_ALONE),
    Line("POST imports", IMPORTS, upload=True),
    Line("GET imports/template.xlsx", IMPORTS),
    Line("GET imports/<import_id>", IMPORTS, of="import", enters=TREES_ALONE),
    Line("DELETE imports/<import_id>", IMPORTS, of="import", enters=TREES_ALONE),
    Line("GET imports/<import_id>/errors.xlsx", IMPORTS, of="import", enters=TREES_ALONE),
    Line("GET imports/<import_id>/layout", IMPORTS, of="import", enters=TREES_ALONE),
    Line("POST imports/<import_id>/layout", IMPORTS, of="import", body=_layout, enters=TREES_ALONE),
    Line(
        "POST imports/<import_id>/preview",
        IMPORTS,
        of="import",
        body=lambda w, a: _layout(w, a)["layout"],
        enters=TREES_ALONE,
    ),
    Line("POST imports/<import_id>/publish", IMPORTS, of="import", enters=TREES_ALONE),
    Line("POST imports/<import_id>/undo", IMPORTS, of="roster", body=NOTHING, enters=TREES_ALONE),
    Line("GET offers/<import_id>", DECIDES, of="roster", near=True),
    Line("GET offers/<import_id>/list", DECIDES, of="roster", near=True),
    Line(
        "POST offers/<import_id>/list", DECIDES, of="roster", body=lambda w, a: {"take": True, "expected": 1}, near=True
    ),
    Line("POST offers/<settled_id>/reopen", DECIDES, of="nowhere", body=NOTHING),
    Line("GET exports", SIGNED_IN),
    Line("POST exports/<export_id>/decide", IMPORTS, of="nowhere", body=lambda w, a: {"agree": True}),
    Line("GET waiting", SIGNED_IN),
    Line("GET upkeep", READS),
    Line("GET upkeep", READS, of="area", query="area={area}"),
    Line("GET upkeep/counts.xlsx", READS, of="area", query="area={area}"),
    Line("GET upkeep/flaws", READS),
    Line("GET upkeep/flaws", READS, of="area", query="area={area}"),
    Line("POST upkeep/flaws.xlsx", READS, of="area", body=lambda w, a: _area(w, a) | {"reason": "上门核对名单"}),
    Line("POST upkeep/flaws/ask", READS, of="area", body=lambda w, a: _area(w, a) | {"reason": "上门核对名单"}),
    Line("GET upkeep/flaws/<export_id>.xlsx", READS, of="nowhere"),
    Line("GET upkeep/completeness", READS, of="area", query="area={area}"),
    Line("GET upkeep/completeness.xlsx", READS, of="area", query="area={area}"),
    Line("GET upkeep/residence", READS, of="area", query="area={area}"),
    Line("POST upkeep/expected", IMPORTS, of="area", body=_counted),
    Line("POST upkeep/figures", IMPORTS, of="area", body=_agreed),
    # forms
    Line("GET forms", SEES_FORMS, rows="form", near=True),
    Line("POST forms", PUBLISHES, of="area", body=lambda w, a: _area(w, a) | {"form": {}}),
    Line("POST forms/workbook", PUBLISHES, of="area", body=_form, upload=True),
    Line("GET forms/<form_id>", SEES_FORMS, of="form", near=True),
    Line("GET forms/<form_id>/paper", SEES_FORMS, of="form", near=True),
    Line("GET forms/<form_id>/burden", SEES_FORMS, of="form", near=True),
    Line("GET forms/template.xlsx", SEES_FORMS),
    # campaigns
    Line("GET campaigns", SEES_CAMPAIGNS, rows="campaign", near=True),
    Line("GET campaigns/measures", SEES_CAMPAIGNS),
    Line("POST campaigns", LEADS, of="area", body=_campaign),
    Line("GET campaigns/<campaign_id>", SEES_CAMPAIGNS, of="campaign", near=True),
    Line(
        "GET campaigns/<campaign_id>/coverage",
        SEES_CAMPAIGNS,
        "campaign",
        "area={area}",
        near=True,
        then=SEES_CAMPAIGNS,
    ),
    Line(
        "GET campaigns/<campaign_id>/occasions",
        SEES_CAMPAIGNS,
        "campaign",
        "area={area}",
        near=True,
        then=SEES_CAMPAIGNS,
    ),
    Line(
        "GET campaigns/<campaign_id>/remainder",
        SEES_CAMPAIGNS,
        "campaign",
        "grid={area}",
        near=True,
        then=SEES_CAMPAIGNS,
    ),
    Line(
        "POST campaigns/<campaign_id>/remainder/paper",
        *(SEES_CAMPAIGNS, "campaign"),
        body=lambda w, a: {"grid": str(w.area[a]), "reason": "手机坏了"},
        near=True,
        then=GRID,
    ),
    Line("POST campaigns/<campaign_id>/attempts", SEES_CAMPAIGNS, "campaign", body=_attempts, near=True, then=LEADS),
    Line("GET campaigns/<campaign_id>/checks", SIGNS, of="campaign", near=True),
    Line("POST campaigns/<campaign_id>/checks", SEES_CAMPAIGNS, "campaign", body=_checks, near=True, then=LEADS),
    Line("GET campaigns/<campaign_id>/to-check", GRID, of="campaign", near=True),
    Line("POST findings/<recheck_id>/settle", SIGNS, of="nowhere", body=lambda w, a: {"how": "kept", **WHY(w, a)}),
    Line(
        "GET campaigns/<campaign_id>/givings",
        *(SEES_CAMPAIGNS, "campaign"),
        query="grid={area}",
        near=True,
        then=SEES_CAMPAIGNS,
    ),
    Line(
        "POST campaigns/<campaign_id>/givings",
        *(SEES_CAMPAIGNS, "campaign"),
        body=lambda w, a: {"grid": str(w.area[a]), "reason": "请假"},
        near=True,
        then=R["officers"] | {"grid_lead"},
    ),
    Line("POST campaigns/<campaign_id>/close", SEES_CAMPAIGNS, "campaign", body=WHY, near=True, then=LEADS),
    Line(
        "POST campaigns/<campaign_id>/tasks/<household_id>/correct",
        *(SEES_CAMPAIGNS, "task"),
        body=lambda w, a: {"entry": str(w.area[a]), "outcome": "done", "reason": "记错了"},
        near=True,
        then=GRID,
    ),
    Line("GET needs", FOLLOWS_UP),
    Line("GET needs/<need_id>", FOLLOWS_UP, of="need"),
    Line("GET needs/<need_id>/owners", FOLLOWS_UP, of="need"),
    Line(
        "POST needs/<need_id>/assign",
        FOLLOWS_UP,
        of="need",
        body=lambda w, a: {"owner": str(w.area[a]), "due_on": "2021-12-20"},
    ),
    Line("POST needs/<need_id>/settle", FOLLOWS_UP, of="need", body=lambda w, a: {"how": "done"}),
    Line("GET burden", SEES_CAMPAIGNS),
    Line("GET burden", SEES_CAMPAIGNS, of="area", query="area={area}"),
    Line("GET burden/grids", SEES_CAMPAIGNS),
    Line("GET burden/grids", SEES_CAMPAIGNS, of="area", query="area={area}"),
    Line("GET burden/households", READS),
    Line("GET burden/households", READS, of="area", query="area={area}"),
    Line("GET burden/households/<household_id>", SEES_CAMPAIGNS, of="household"),
    # screening
    Line("GET findings", FOLLOWS_UP),
    Line("GET findings/counts", SEES_CAMPAIGNS, of="area", query="area={area}"),
    Line("GET incidents/<incident_id>/board", SEES_CAMPAIGNS, of="incident", near=True),
    Line("GET incidents/<incident_id>/roll", SEES_CAMPAIGNS, "incident", "grid={area}", near=True, then=GRID),
    Line("GET campaigns/<campaign_id>/notice", SEES_CAMPAIGNS, of="campaign", near=True),
    Line(
        "POST campaigns/<campaign_id>/walking-list",
        *(SEES_CAMPAIGNS, "campaign"),
        body=lambda w, a: {"grid": str(w.area[a]), "reason": "手机坏了"},
        near=True,
        then=GRID,
    ),
    Line("GET lists/<number>", GRID | {"community_officer"}),
    Line(
        "POST lists/<number>/lines/<line>",
        GRID | {"community_officer"},
        body=lambda w, a: {"outcome": "done", "on": "2021-12-10"},
    ),
    # reports
    Line("GET reports", SEES_REPORTS, rows="report"),
    Line("GET reports", SEES_REPORTS, of="area", query="area={area}", rows="report"),
    Line("POST reports", DRAFTS, of="area", body=_area),
    Line("GET reports/<report_id>", SEES_REPORTS, of="report"),
    Line(
        "POST reports/<report_id>/texts", DRAFTS, "report", body=lambda w, a: {"seen": 0, "texts": {"plan": "明天再去"}}
    ),
    Line("POST reports/<report_id>/sign", SIGNS, "report", body=lambda w, a: {"seen": 0}),
    Line("POST reports/<report_id>/issue", SIGNS, "report"),
    Line("GET reports/<report_id>/file/<format>", SEES_REPORTS, "report"),
    Line("GET reports/<report_id>/recount", SEES_REPORTS, "report"),
    # upper levels' tables
    Line("GET upper-level-forms", DRAFTS, rows="table"),
    Line("GET upper-level-forms", DRAFTS, of="area", query="area={area}", rows="table"),
    Line("POST upper-level-forms/workbook", DRAFTS, of="area", body=_table, upload=True),
    Line("GET upper-level-forms/<table_id>", DRAFTS, "table"),
    Line("GET upper-level-forms/<table_id>/sheets/<no>", DRAFTS, "table"),
    Line("POST upper-level-forms/<table_id>/cells", DRAFTS, "table", body=lambda w, a: {"seen": 2, "cells": []}),
    Line(
        *("POST upper-level-forms/<table_id>/column", DRAFTS, "table"),
        body=lambda w, a: {"sheet": "日报", "cell": "C4"},
    ),
    Line(
        *("POST upper-level-forms/<table_id>/workbook", DRAFTS, "table"),
        body=lambda w, a: {"seen": 2, "agreed": False},
        upload=True,
    ),
    Line("GET upper-level-forms/<table_id>/values", DRAFTS, "table"),
    Line("GET upper-level-forms/<table_id>/filled.xlsx", DRAFTS, "table"),
    Line("GET upper-level-forms/<table_id>/fillings", DRAFTS, "table"),
    Line("POST upper-level-forms/<table_id>/fillings", SIGNS, "table", body=lambda w, a: {"seen": 2}),
    Line("GET upper-level-fillings/<filling_id>/file.xlsx", DRAFTS, "filling"),
    Line("GET upper-level-fillings/<filling_id>/recount", DRAFTS, "filling"),
    # the desk's own pages, and plumbing
    Line("GET overview", OVERVIEW, of="area", query="area={area}"),
    Line("GET workload", ASSIGNS, of="area", query="area={area}"),
    Line("GET workload.xlsx", ASSIGNS, of="area", query="area={area}"),
    Line("GET held", SETTLES),
    Line("POST held/<held_id>/settle", SETTLES, of="nowhere", body=lambda w, a: {"accept": False, "reason": "重复"}),
    Line("GET jobs/<job_id>", SIGNED_IN),
    Line("GET openapi.json", PUBLIC),
)
PURPOSE = "purpose=register_upkeep"
# What opens to phones without Django; asked by test_raw_addresses.
RAW = {
    "POST /api/v1/records": "device",
    "GET /api/v1/feed": "device",
    "GET /api/v1/campaigns/{campaign_id}/tasks/{household_id}": "device",
    "GET /api/v1/residents/{resident_id}": "device",
    "POST /api/v1/tokens": "public",
    "GET /api/v1/server-key": "public",
    **dict.fromkeys(
        (
            *("GET /api/v1/openrosa/formList", "GET /api/v1/openrosa/form"),
            *("GET /api/v1/openrosa/manifest", "GET /api/v1/openrosa/doors"),
            *("HEAD /api/v1/openrosa/submission", "POST /api/v1/openrosa/submission"),
        ),
        "its own login",
    ),
    "GET /healthz": "public",
    "GET /readyz": "public",
    "GET /metrics": "public",
}
# Those of them that name one thing, which has to lie in the asker's areas.
RAW_LOOK_UPS = (
    Line("GET campaigns/<campaign_id>/tasks/<household_id>", SEES_CAMPAIGNS, of="task"),
    Line("GET residents/<resident_id>", READS, of="resident", query=PURPOSE),
)
_OF_PEOPLE = "households|residents|disagreements|duplicates|merges|flaws|offers|orders"
OF_THE_REGISTER = frozenset(
    line.address
    for line in TABLE
    if re.search(r" (households|residents|disagreements|duplicates|merges|imports)\b", line.address)
    and not line.address.endswith(("credentials", "credentials/paper"))  # which take an incident that is no exercise
)
# Lines whose answers hold residents' particulars, masked or not.
SHOWS_PEOPLE = frozenset(
    line.address
    for line in TABLE
    if re.search(rf"({_OF_PEOPLE}|imports|remainder|correct|roll|walking-list)\b", line.address)
)

# The naive policy


def decide(person: Person, line: Line, area: str) -> str:
    """What the server should say."""
    if line.roles == PUBLIC:
        return "open"
    if person is NOBODY:
        return "sign in"
    if line.roles == SIGNED_IN:
        return "open"
    if line.enters and not person.places(line.roles) and person.places(line.enters):
        return "hidden" if line.of else "open"
    first = _decide(person, line.roles, line.of, area, near=line.near)
    return first if first != "open" or line.then is None else _decide(person, line.then, line.of, area, near=False)


def _decide(person: Person, roles: Collection[str], of: str | None, area: str, *, near: bool) -> str:
    held = person.places(roles)
    if not held:
        return "forbidden"
    if of is None or any(covers(place, area) or (near and covers(area, place)) for place in held):
        return "hidden" if of == "nowhere" else "open"
    return "hidden"


def covers(place: str, area: str) -> bool:
    """Is the place the area or above it?"""
    return area in KIND_AND_PARENT and place in lineage(area)


def seen(person: Person, line: Line, within: str | None, world: World) -> set[str]:
    """The ids a list should hold: of things in the areas where this person holds one of the roles."""
    held = person.places(line.roles)
    return {
        id
        for id, area in world.rows(line.rows or "")
        if any(covers(place, area) or (line.near and covers(area, place)) for place in held)
        and (within is None or covers(within, area))
    }


# What the server says

_SAYS = {
    (401, "access.not_signed_in"): "sign in",
    (403, "access.not_permitted"): "forbidden",
    (404, "access.not_found"): "hidden",
}


def ask(client: Client, line: Line, area: str, world: World) -> tuple[str, Any]:
    """Ask it for real, and undo whatever that did."""
    method, route = line.address.split(" ")
    query = "&".join(filter(None, (line.query.format(area=world.area[area]), "page_size=200" if line.rows else "")))
    content = msgspec.json.encode(line.body(world, area)) if line.body else b""
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic(using="plumbing"), transaction.atomic():
        address = f"/api/v1/{world.filled(route, area)}?{query}"
        if line.upload:
            fields = line.body(world, area) if line.body else {}
            answer = client.post(address, {**fields, "file": SimpleUploadedFile("some.csv", b"a,b")})
        else:
            answer = client.generic(method, address, content, content_type="application/json")
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="plumbing")
    client.cookies = cookies
    is_json = answer.headers.get("Content-Type", "").startswith("application/json") and not answer.streaming
    json = answer.json() if is_json and answer.content else {}
    if answer.status_code >= 500:
        return "broken", json
    code = json.get("code", "") if isinstance(json, dict) else ""
    return _SAYS.get((answer.status_code, code), "open"), json


def disagreements(world: World, decisions: int, seed: int) -> Iterator[str]:
    """Ask both, many times, at random."""
    dice = random.Random(seed)
    for _ in range(decisions):
        person, line = dice.choice(world.people), dice.choice(TABLE)
        area = dice.choice(world.areas_with(line.of))
        expected, (said, json) = decide(person, line, area), ask(world.phone(person), line, area, world)
        if said != expected:
            yield f"{person.name} {person.roles} {line.address} at {area}: {said}, should be {expected}"
        elif said == "open" and line.rows:
            within = area if line.of else None
            rows = json if isinstance(json, list) else json["rows"]
            found, should = {row["id"] for row in rows}, seen(person, line, within, world)
            if found != should:
                many, few = len(found - should), len(should - found)
                yield f"{person.name} {line.address}: {many} rows too many, {few} missing"


DECISIONS = int(os.environ.get("LIANFANG_ORACLE_DECISIONS", "5000"))


@pytest.mark.slow
def test_server_and_policy_agree(world: World) -> None:
    assert list(disagreements(world, DECISIONS, seed=1)) == []


def test_nobody_and_everybody_agree_on_each_line(world: World) -> None:
    """Each line once for somebody of every role and for nobody: so that no line escapes the dice."""
    wrong = []
    for line in TABLE:
        for person in world.one_of_each_role():
            expected, (said, _) = decide(person, line, "G1"), ask(world.desk(person), line, "G1", world)
            if said != expected:
                wrong.append(f"{person.name} {line.address}: {said}, should be {expected}")
    assert wrong == []


def test_what_nobody_ever_heard_of_is_as_little_there_as_what_lies_elsewhere(world: World) -> None:
    """Who may do a thing nowhere is told so without a look at the id; everybody else is told that nothing is there."""
    wrong = []
    for line in (line for line in TABLE if line.of not in (None, "area")):
        for person in world.one_of_each_role():
            expected, (said, _) = decide(person, line, NOWHERE), ask(world.desk(person), line, NOWHERE, world)
            if said != expected:
                wrong.append(f"{person.name} {line.address}: {said}, should be {expected}")
    assert wrong == []


def test_open_to_the_register_means_that_it_is_done(world: World) -> None:
    """No question about people is open merely because it asks about something the register would refuse anyway."""
    refused = []
    for line in (line for line in TABLE if line.address in OF_THE_REGISTER):
        for person in (p for p in world.one_of_each_role() if decide(p, line, "G3") == "open"):
            said, json = ask(world.desk(person), line, "G3", world)
            if said != "open" or (isinstance(json, dict) and "code" in json):
                refused.append(f"{person.name} {line.address}: {said} {json}")
    assert refused == []


def test_every_address_stands_in_the_table() -> None:
    known, there = {line.address for line in TABLE}, set(api_addresses())
    assert sorted(there - known) == [], "add a line to TABLE for each"
    assert sorted(known - there) == [], "no address answers to these lines"


def test_administrators_open_no_line_that_shows_people() -> None:
    admins = {"system_admin", "security_admin", "audit_admin"}
    found = [line.address for line in TABLE if line.address in SHOWS_PEOPLE and admins & line.roles]
    assert found == []


@pytest.mark.parametrize("sabotage", ["scope", "permission", "rows"])
def test_the_oracle_notices(world: World, monkeypatch: pytest.MonkeyPatch, sabotage: str) -> None:
    """A server that forgets the scope, the permission, or to filter a list is found out."""
    from lianfang.ground.access import queries

    require = Viewer.require
    if sabotage == "scope":
        monkeypatch.setattr(Viewer, "require", lambda self, permission, lineage=(): require(self, permission))
    elif sabotage == "permission":
        monkeypatch.setattr(Viewer, "require", lambda self, permission, lineage=(): None)
    else:
        from django.db.models import Q

        monkeypatch.setattr(queries, "_seen", lambda viewer, permission, within=None: Q())
    assert next(disagreements(world, 3000, seed=2), None)


def test_every_raw_address_stands_in_the_table() -> None:
    assert sorted(raw_addresses()) == sorted(RAW)


def test_every_raw_address_that_names_something_is_asked_for_its_scope() -> None:
    asked = {line.address.replace("<", "{").replace(">", "}").replace(" ", " /api/v1/") for line in RAW_LOOK_UPS}
    assert {address for address in RAW if "{" in address} == asked


def _knock(route: Any, token: str | None, path: str = "", query: str = PURPOSE) -> tuple[int, dict[str, Any]]:
    """One request on the raw path, without a server; what would run beside the loop runs in it."""
    headers = [(b"authorization", f"Bearer {token}".encode())] if token is not None else []
    path = path or re.sub(r"{\w+}", str(UUID(int=1)), route.path)
    scope = {"type": "http", "method": route.method, "path": path, "query_string": query.encode(), "headers": headers}
    assert raw.Addresses([route]).find(scope) is not None
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b'{"records": []}', "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    with contextlib.suppress(StopIteration):
        raw.serve(route, scope, receive, send).send(None)  # it waits for nothing, so it needs no loop
    body = sent[1]["body"]
    return sent[0]["status"], msgspec.json.decode(body) if body.startswith(b"{") else {}


@pytest.fixture
def routes(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    from lianfang.project import wiring
    from lianfang.screens.field import api

    async def at_once(work: Callable[[], Any]) -> Any:
        return work()

    async def alone(self: Together[Any, Any], question: Any) -> Any:
        (outcome,) = self.outcomes([question])
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr(api, "in_thread", at_once)
    monkeypatch.setattr(Together, "ask", alone)
    return {f"{route.method} {route.path}": route for route in wiring.exported("api", "ROUTES")}


def test_raw_addresses_of_devices_open_to_no_token_that_was_not_given(world: World, routes: dict[str, Any]) -> None:
    for address, who in RAW.items():
        for token in (None, "", "forged", "\x00", "x" * 5000) if who == "device" else ():
            status, json = _knock(routes[address], token)
            assert (status, json["code"]) == (401, "access.token_unknown"), address


def _look_up(routes: dict[str, Any], line: Line, token: str, area: str, world: World) -> str:
    method, route = line.address.split(" ")
    known = routes[f"{method} /api/v1/{route.replace('<', '{').replace('>', '}')}"]
    with transaction.atomic():
        status, json = _knock(known, token, f"/api/v1/{world.filled(route, area)}", line.query)
        transaction.set_rollback(True)
    return (_SAYS | {(401, "access.token_unknown"): "sign in"}).get((status, json.get("code", "")), f"{status}")


def _look_ups_disagree(world: World, routes: dict[str, Any]) -> Iterator[str]:
    for line in RAW_LOOK_UPS:
        for person in world.people:
            for area in [*world.areas_with(line.of), NOWHERE]:
                expected = decide(person, line, area).replace("open", "200")
                if (said := _look_up(routes, line, world.token(person), area, world)) != expected:
                    yield f"{person.name} {person.roles} {line.address} at {area}: {said}, should be {expected}"


def test_a_raw_look_up_opens_what_lies_in_one_s_areas_and_nothing_else(world: World, routes: dict[str, Any]) -> None:
    assert list(_look_ups_disagree(world, routes)) == []


@pytest.mark.parametrize("forgets", ["scope", "permission"])
def test_the_oracle_notices_a_raw_look_up_that_forgets_whose_it_is(
    world: World, routes: dict[str, Any], monkeypatch: pytest.MonkeyPatch, forgets: str, chosen_database: str
) -> None:
    """Where the database has walls of its own, they still hide what lies elsewhere."""
    may = Viewer.may
    kept = {
        "scope": lambda self, permission, lineage=(): may(self, permission),
        "permission": lambda self, permission, lineage=(): True,
    }
    monkeypatch.setattr(Viewer, "may", kept[forgets])
    wrong = "\n".join(_look_ups_disagree(world, routes))
    if (chosen_database, forgets) == ("postgres", "scope"):
        assert wrong == ""
    else:
        assert all(line.address in wrong for line in RAW_LOOK_UPS)


def test_a_phone_carries_just_the_grids_of_its_worker(world: World, routes: dict[str, Any]) -> None:
    from lianfang.ground.access import queries

    code_of = {str(id): code for code, id in world.area.items()}
    for person in world.people[1:]:
        token = world.token(person)
        status, json = _knock(routes["GET /api/v1/feed"], token)
        grids = {g for g, (kind, _) in KIND_AND_PARENT.items() if kind == "grid"}
        mine = {grid for grid in grids if any(covers(place, grid) for place in person.places(GRID))}
        at_gates = person.places(GRID | {"volunteer", "community_officer"})
        gates = {f"{area}口" for area in KIND_AND_PARENT if any(covers(place, area) for place in at_gates)}
        if not mine and not gates:
            assert (status, json["code"]) == (403, "field.nothing_to_carry"), person
            continue
        assert {gate["name"] for gate in (json["gates"] or {"gates": []})["gates"]} == gates, person
        assert {code_of[grid["id"]] for grid in json["scope"]["grids"]} == mine, person
        assert {code_of[household["grid"]] for household in json["households"]} == mine, person
        sender = queries.sender_of(token, NOW)
        assert sender and {code_of[str(a)] for a in sender.areas} == set(person.places(R["field"] | R["officers"])), (
            person
        )

"""HTTP of the OpenRosa specification: form list, form, manifest, doors, submission; and giving a phone its login.

On the raw path and in the lane of phones that empty their outboxes: a street of strangers' clients never stands before
somebody at a gate. Basic login, over TLS only: the password goes along with every request.
"""

import binascii
import hashlib
import re
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from typing import Annotated
from uuid import UUID
from xml.sax.saxutils import escape

import msgspec
from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.http.request import validate_host
from django.urls import path
from dmr import Body, Path

from lianfang.foundation.kernel.ids import AccountId, CampaignId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.terms import Fate, Sender
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.catalogue import language_of, sentence
from lianfang.foundation.plumbing.lanes import Lane
from lianfang.foundation.plumbing.raw import Answer, Request, Route, in_thread
from lianfang.foundation.plumbing.wire import Desk, retry_after
from lianfang.ground.access import actions as access_actions
from lianfang.ground.access import queries as access
from lianfang.ground.territory import queries as territory
from lianfang.interop.openrosa import actions, queries, xform
from lianfang.interop.openrosa.permissions import Permission
from lianfang.interop.openrosa.terms import NewLogin

_LARGEST = 2 << 20
_XML = "text/xml; charset=utf-8"
_OPENROSA = (("X-OpenRosa-Version", "1.0"), ("X-OpenRosa-Accept-Content-Length", str(_LARGEST)))
_ASKS = ("WWW-Authenticate", 'Basic realm="lianfang", charset="UTF-8"')
_INSTANCE = "xml_submission_file"
_BOUNDARY = re.compile(r"boundary=(\"[^\"]{1,200}\"|[^;\s]{1,200})", re.IGNORECASE)


class _Asker(msgspec.Struct, frozen=True):
    """Who asks: looking, and handing in."""

    viewer: Viewer
    sender: Sender


async def _answered(request: Request, work: Callable[[_Asker], Answer]) -> Answer:
    """Let the phone in and do the work; every answer in the specification's own words."""
    try:
        name, password = _credentials(request)
        return await in_thread(lambda: _worked(name, password, work))
    except Problem as problem:
        return _problem(problem, language_of(request.header("accept-language")))


def _worked(name: str, password: str, work: Callable[[_Asker], Answer]) -> Answer:
    now = clock.now()
    found = queries.login(name, password)
    viewer = queries.viewer_of(found, now)
    access_actions.note_contact(found.device, at=now, device_clock=None)
    with access.wall_of(viewer):
        return work(_Asker(viewer, queries.sender_of(found, now)))


def _credentials(request: Request) -> tuple[str, str]:
    if not (request.is_tls or settings.SESSION_COOKIE_SECURE):
        raise Problem("openrosa.needs_tls", status=403)
    scheme, _, said = request.header("authorization").partition(" ")
    if scheme.lower() != "basic":
        raise Problem("openrosa.not_known", status=401)
    try:
        name, colon, password = b64decode(said.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise Problem("openrosa.not_known", status=401) from None
    if not colon or "\0" in name or len(password) > 200:
        raise Problem("openrosa.not_known", status=401)
    return name, password


def _problem(problem: Problem, language: str) -> Answer:
    headers: tuple[tuple[str, str], ...] = ()
    if problem.status == 401:
        headers = (_ASKS,)
    elif problem.status in (503, 507):
        headers = (("Retry-After", retry_after()),)
    return _said(problem.status, sentence(problem.code, language, **problem.details), headers)


def _said(status: int, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><OpenRosaResponse xmlns="http://openrosa.org/http/response">'
        f"<message>{escape(message)}</message></OpenRosaResponse>"
    )
    return Answer(body.encode(), status, _XML, (*_OPENROSA, *headers))


def _xml(body: str | bytes, content_type: str = _XML) -> Answer:
    return Answer(body.encode() if isinstance(body, str) else body, 200, content_type, _OPENROSA)


# --- discovery -------------------------------------------------------------------------------------------------------


async def form_list(request: Request) -> Answer:
    """GET /api/v1/openrosa/formList: the forms of the campaigns that run in the phone's grids."""
    base = _base(request)
    return await _answered(request, lambda asker: _xml(_form_list(queries.offered(asker.viewer), base)))


def _form_list(offered: list[queries.Offered], base: str) -> str:
    forms = "".join(_listed(one, base) for one in offered)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><xforms xmlns="http://openrosa.org/xforms/xformsList">{forms}</xforms>'
    )


def _listed(one: queries.Offered, base: str) -> str:
    id = one.campaign.id
    return (
        f"<xform><formID>{escape(one.id)}</formID><name>{escape(one.campaign.name)}</name>"
        f"<version>{one.campaign.form.version}</version><hash>{one.hash}</hash>"
        f"<downloadUrl>{base}/form?campaign={id}</downloadUrl><manifestUrl>{base}/manifest?campaign={id}</manifestUrl></xform>"
    )


async def form(request: Request) -> Answer:
    """GET /api/v1/openrosa/form?campaign=…: the XForm."""
    campaign = _campaign(request)
    return await _answered(request, lambda asker: _xml(queries.offer(asker.viewer, campaign).xml))


async def manifest(request: Request) -> Answer:
    """GET /api/v1/openrosa/manifest?campaign=…: what goes with the form, the doors to choose from."""
    campaign, base = _campaign(request), _base(request)
    return await _answered(request, lambda asker: _xml(_manifest(asker.viewer, campaign, base)))


def _manifest(viewer: Viewer, campaign: CampaignId, base: str) -> str:
    queries.offer(viewer, campaign)
    digest = hashlib.md5(queries.doors(viewer), usedforsecurity=False).hexdigest()  # as the specification wants it
    return (
        '<?xml version="1.0" encoding="UTF-8"?><manifest xmlns="http://openrosa.org/xforms/xformsManifest"><mediaFile>'
        f"<filename>{xform.DOORS}</filename><hash>md5:{digest}</hash>"
        f"<downloadUrl>{base}/doors?campaign={campaign}</downloadUrl></mediaFile></manifest>"
    )


async def doors(request: Request) -> Answer:
    """GET /api/v1/openrosa/doors?campaign=…: the doors of the phone's grids, without names."""
    campaign = _campaign(request)

    def work(asker: _Asker) -> Answer:
        queries.offer(asker.viewer, campaign)
        return _xml(queries.doors(asker.viewer), "text/csv; charset=utf-8")

    return await _answered(request, work)


def _campaign(request: Request) -> CampaignId:
    try:
        return CampaignId(UUID(request.word("campaign")))
    except ValueError:
        return CampaignId(UUID(int=0))  # none: said where it is known who asks


def _base(request: Request) -> str:
    """The address as the client called it; a host that is none of ours is no host to send anybody to."""
    host = request.header("host")
    known = re.sub(r":\d+$", "", host).lower()
    if not re.fullmatch(r"[\w.:\[\]-]{1,250}", host) or not _is_ours(known):
        return f"https://localhost{actions.PATH}"
    return f"{'https' if request.is_tls or settings.SESSION_COOKIE_SECURE else 'http'}://{host}{actions.PATH}"


def _is_ours(host: str) -> bool:
    return validate_host(host, settings.ALLOWED_HOSTS)


# --- submission ------------------------------------------------------------------------------------------------------


async def may_submit(request: Request) -> Answer:
    """HEAD /api/v1/openrosa/submission: 204 and where to send; asked before every sending."""
    here = f"{_base(request)}/submission"

    def work(asker: _Asker) -> Answer:
        return Answer(b"", 204, _XML, (*_OPENROSA, ("Location", here)))

    return await _answered(request, work)


async def submission(request: Request) -> Answer:
    """POST /api/v1/openrosa/submission: 201 once it is kept and counted, 202 when a person has to look, as often as it
    comes; anything that stays on the phone has a status of its own.
    """
    language = language_of(request.header("accept-language"))
    try:
        too_large = Problem("wire.too_large", status=413, most=f"{_LARGEST >> 20} MB")
        body = await request.body(most=_LARGEST, too_large=too_large)
    except Problem as problem:
        return _problem(problem, language)
    content_type = request.header("content-type")

    def work(asker: _Asker) -> Answer:
        return _taken_in(_instance(body, content_type), asker, language)

    return await _answered(request, work)


def _instance(body: bytes, content_type: str) -> bytes:
    """The filled form out of the multipart. One that broke off lacks its last boundary and is no whole form."""
    boundary = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/form-data") or boundary is None:
        raise Problem("openrosa.no_multipart", status=400)
    if not body.rstrip().endswith(b"--" + boundary[1].strip('"').encode("latin-1") + b"--"):
        raise Problem("openrosa.half", status=400)
    meta = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": len(body)}
    try:
        handlers = [MemoryFileUploadHandler()]
        _, files = MultiPartParser(meta, BytesIO(body), handlers).parse()
    except (MultiPartParserError, ValueError, UnicodeError):
        raise Problem("openrosa.no_multipart", status=400) from None
    found = files.getlist(_INSTANCE)
    if len(found) != 1 or sum(len(each) for _, each in files.lists()) != 1:
        raise Problem("openrosa.only_the_form", status=400)  # our forms ask for no pictures
    return bytes(found[0].read())


def _taken_in(xml: bytes, asker: _Asker, language: str) -> Answer:
    receipt = actions.take_in(xml, viewer=asker.viewer, sender=asker.sender, at=clock.now())
    if receipt.fate is Fate.REFUSED:
        return _said(400, sentence(receipt.code or "openrosa.unreadable", language, where=receipt.message or ""))
    if receipt.fate is Fate.HELD:
        return _said(202, sentence(receipt.code or "openrosa.held", language))
    return _said(201, sentence("openrosa.kept", language))


def _route(method: str, path: str, handle: Callable[..., object], summary: str) -> Route:
    return Route(
        method,
        f"{actions.PATH}/{path}",
        handle,  # type: ignore[arg-type]
        summary,
        Lane.UPLOAD,
        needs_token=False,
        query=("campaign",) if path in ("form", "manifest", "doors") else (),
        problems=(400, 401, 403, 404, 409, 413, 429, 503),
    )


ROUTES = (
    _route("GET", "formList", form_list, "OpenRosa: forms"),
    _route("GET", "form", form, "OpenRosa: a form"),
    _route("GET", "manifest", manifest, "OpenRosa: what goes with a form"),
    _route("GET", "doors", doors, "OpenRosa: the doors to choose from"),
    _route("HEAD", "submission", may_submit, "OpenRosa: where to send"),
    _route("POST", "submission", submission, "OpenRosa: a filled form"),
)


# --- at the desk -----------------------------------------------------------------------------------------------------


class LoginWhere(msgspec.Struct, frozen=True):
    """Whose phone it is."""

    account_id: UUID


class LoginAsked(msgspec.Struct, frozen=True):
    """What the phone is to be called."""

    device_name: Annotated[str, msgspec.Meta(max_length=80)] = "ODK Collect"


class Logins(Desk):
    """Logins of OpenRosa clients."""

    def post(self, parsed_path: Path[LoginWhere], parsed_body: Body[LoginAsked]) -> NewLogin:
        """A user name and a password for one phone of this account, told once."""
        account = AccountId(parsed_path.account_id)
        self.viewer.require(Permission.ENROL)
        lineage = territory.lineage(access.area_of_account(account), local_day(self.viewer.at))
        self.viewer.require(Permission.ENROL, lineage=lineage)
        name = parsed_body.device_name.strip() or "ODK Collect"
        return actions.give_login(account=account, device_name=name, by=self.viewer.actor, at=clock.now())


urlpatterns = [path("accounts/<uuid:account_id>/openrosa-login", Logins.as_view(), name="openrosa-login")]

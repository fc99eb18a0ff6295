"""Phones on the same network 局域网: a certificate authority of our own, HTTPS, and a page that helps to install it.

A browser gives a page offline storage, camera and encryption only over HTTPS or on the machine itself. So a phone needs
a certificate it trusts. The authority made here may vouch for private addresses and `.local` names only (RFC 5280, name
constraints): whoever installs it on a phone does not hand over the rest of the web.
"""

import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from string import Template
from typing import Any

import msgspec
import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lianfang.foundation.kernel.problems import Problem

AUTHORITY_LASTS = timedelta(days=10 * 365)
CERTIFICATE_LASTS = timedelta(days=397)  # phones refuse server certificates that last much longer
RENEWED_BEFORE_END = timedelta(days=30)
CLOCKS_MAY_DIFFER = timedelta(days=1)
PRIVATE_NETWORKS = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "::1/128",
)
PRIVATE_NAMES = ("local", "localhost")
NAMES = ("lianfang.local", "localhost")
PAGE = Path(__file__).with_name("install_page.html")

Scope = Mapping[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]


class Pair(msgspec.Struct, frozen=True):
    """A certificate and its key, as files."""

    certificate: Path
    key: Path

    def exists(self) -> bool:
        return self.certificate.is_file() and self.key.is_file()

    def read(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate.read_bytes())

    def read_key(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key(self.key.read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key


class Doors(msgspec.Struct, frozen=True, kw_only=True):
    """Where phones find us: HTTPS for the work, plain HTTP for the page that explains the certificate."""

    address: str
    https_port: int
    install_port: int
    authority: Pair
    server: Pair

    @property
    def app_url(self) -> str:
        return f"https://{self.address}:{self.https_port}/m/"

    @property
    def desk_url(self) -> str:
        return f"https://{self.address}:{self.https_port}/"

    @property
    def install_url(self) -> str:
        return f"http://{self.address}:{self.install_port}/"

    @property
    def hosts(self) -> list[str]:
        """Names under which Django may be called."""
        return [self.address, *NAMES]


def open_doors(*, folder: Path, https_port: int, install_port: int, at: datetime) -> Doors:
    """Make what is missing or out of date, and say where the doors are."""
    address = own_address()
    authority = authority_for([address], folder=folder, at=at)
    server = certificate_for([address, "127.0.0.1"], authority=authority, folder=folder, at=at)
    return Doors(address=address, https_port=https_port, install_port=install_port, authority=authority, server=server)


def own_address() -> str:
    """The address by which other machines on this network reach us. Nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 1))
            address = str(probe.getsockname()[0])
        except OSError:
            address = "127.0.0.1"
    if ip_address(address).is_loopback:
        raise Problem("project.no_network")
    return address


def authority_for(addresses: list[str], *, folder: Path, at: datetime) -> Pair:
    """The authority kept in `folder`; a new one if there is none, it is ending, or it may not vouch for an address."""
    pair = Pair(folder / "authority.crt", folder / "authority.key")
    if not pair.exists() or _is_ending(pair.read(), at) or not _may_vouch_for(pair.read(), addresses):
        _write(pair, *_new_authority(addresses, at))
    return pair


def certificate_for(addresses: list[str], *, authority: Pair, folder: Path, at: datetime) -> Pair:
    """The server's certificate; made anew when it is ending, an address is new, or the authority is."""
    pair = Pair(folder / "server.crt", folder / "server.key")
    if not pair.exists() or _is_ending(pair.read(), at) or not _covers(pair.read(), addresses, authority.read()):
        _write(pair, *_new_certificate(addresses, authority, at))
    return pair


def fingerprint(certificate: x509.Certificate) -> str:
    """What a person compares before installing: SHA-256 in groups of two."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def install_page(doors: Doors) -> Application:
    """The plain-HTTP face: one page, one certificate, nothing else."""
    authority = doors.authority.read()
    page = Template(PAGE.read_text(encoding="utf-8")).substitute(
        app_url=doors.app_url, fingerprint=fingerprint(authority), qr=_qr_svg(doors.app_url)
    )
    download = authority.public_bytes(serialization.Encoding.DER)

    async def application(scope: Scope, receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/lianfang.crt":
            await _answer(send, 200, b"application/x-x509-ca-cert", download)
        elif scope["path"] == "/":
            await _answer(send, 200, b"text/html; charset=utf-8", page.encode())
        else:
            await _answer(send, 302, b"text/plain", b"", location=b"/")

    return application


def announcement(doors: Doors) -> str:
    """For the terminal: a QR code to the install page, and the addresses in letters."""
    return "\n".join(
        [
            _qr_text(doors.install_url),
            f"  手机先扫码装证书 phones first: {doors.install_url}",
            f"  手机界面 phone   {doors.app_url}",
            f"  办公桌面 desk    {doors.desk_url}",
            "  没有 HTTPS,手机不能离线工作。Without HTTPS a phone has no offline app.",
        ]
    )


async def _answer(send: Send, status: int, kind: bytes, body: bytes, *, location: bytes | None = None) -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
    ]
    if location:
        headers.append((b"location", location))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _qr_svg(url: str) -> str:
    return str(segno.make_qr(url).svg_data_uri(scale=6, border=2))


def _qr_text(url: str) -> str:
    """Two rows of modules per line of text, so that the code is small enough for a terminal and square."""
    rows = [list(row) for row in segno.make_qr(url).matrix_iter(border=2)]
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    shapes = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("  " + "".join(shapes[upper, lower] for upper, lower in zip(*pair, strict=True)) for pair in pairs)


def _new_authority(addresses: list[str], at: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _named(f"lianfang 联防 {at:%Y-%m-%d}")
    permitted = [x509.IPAddress(network) for network in _permitted_networks(addresses)]
    constraints = x509.NameConstraints([*permitted, *(x509.DNSName(name) for name in PRIVATE_NAMES)], None)
    builder = _builder(name, name, key.public_key(), at, AUTHORITY_LASTS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(constraints, critical=True)
    builder = builder.add_extension(_may(sign_certificates=True), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return builder.sign(key, hashes.SHA256()), key


def _new_certificate(
    addresses: list[str], authority: Pair, at: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key, issuer = ec.generate_private_key(ec.SECP256R1()), authority.read()
    alternatives = [*(x509.DNSName(name) for name in NAMES), *(x509.IPAddress(ip_address(ip)) for ip in addresses)]
    builder = _builder(_named("lianfang"), issuer.subject, key.public_key(), at, CERTIFICATE_LASTS)
    builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    builder = builder.add_extension(_may(sign_certificates=False), critical=True)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(_public(issuer)), critical=False)
    return builder.sign(authority.read_key(), hashes.SHA256()), key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(at - CLOCKS_MAY_DIFFER).not_valid_after(at + lasts)


def _may(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _public(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey:
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


def _permitted_networks(addresses: list[str]) -> list[IPv4Network | IPv6Network]:
    """Private ranges, and our own address where an office network uses numbers that are not private."""
    private = [ip_network(network) for network in PRIVATE_NETWORKS]
    ours = [ip_address(address) for address in addresses]
    return [*private, *(ip_network(ip) for ip in ours if not any(ip in network for network in private))]


def _may_vouch_for(authority: x509.Certificate, addresses: list[str]) -> bool:
    permitted = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    networks = [entry.value for entry in permitted if isinstance(entry, x509.IPAddress)]
    return all(any(ip_address(address) in network for network in networks) for address in addresses)


def _covers(certificate: x509.Certificate, addresses: list[str], authority: x509.Certificate) -> bool:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    present = {str(ip) for ip in names.get_values_for_type(x509.IPAddress)}
    try:
        certificate.verify_directly_issued_by(authority)
    except Exception:  # a wrong name, key or signature: in each case it is not this authority's
        return False
    return set(addresses) <= present


def _is_ending(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_after_utc - at < RENEWED_BEFORE_END


def _write(pair: Pair, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    """The key first and readable by us alone, so that no moment shows it to others."""
    pair.key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    pair.key.unlink(missing_ok=True)
    with os.fdopen(os.open(pair.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
        file.write(pem)
    pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

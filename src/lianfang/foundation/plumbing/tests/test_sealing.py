"""What is sealed can be opened by its key, in its place, and never after the key is gone."""

from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.kernel.moments import utc
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import sealing
from lianfang.foundation.plumbing.sealing import DataKey, Keyring

NOW = utc(2021, 12, 10)
KEY = DataKey(b"k" * 32)


def test_a_ciphertext_cannot_be_moved_to_another_row() -> None:
    sealed = KEY.seal("张三".encode(), about=b"resident/phone/1")
    assert KEY.open(sealed, about=b"resident/phone/1") == "张三".encode()
    with pytest.raises(InvalidTag):
        KEY.open(sealed, about=b"resident/phone/2")


def test_sealed_twice_it_looks_different_unless_a_rebuild_must_find_it_alike() -> None:
    assert KEY.seal(b"x", about=b"a") != KEY.seal(b"x", about=b"a")
    assert KEY.seal_alike(b"x", about=b"a") == KEY.seal_alike(b"x", about=b"a")
    assert KEY.seal_alike(b"x", about=b"a") != KEY.seal_alike(b"x", about=b"b")
    assert KEY.open(KEY.seal_alike(b"x", about=b"a"), about=b"a") == b"x"


def test_hashes_of_the_same_value_differ_by_field_and_by_key() -> None:
    other = DataKey(b"o" * 32)
    hashes = {
        KEY.search_hash(b"138", field=b"phone"),
        KEY.search_hash(b"138", field=b"id"),
        other.search_hash(b"138", field=b"phone"),
        KEY.content_hash(b"138"),
    }
    assert len(hashes) == 4


@pytest.mark.django_db
def test_a_destroyed_key_opens_nothing_any_more() -> None:
    ring = Keyring()
    ring.ensure(REGISTER_KEY, at=NOW)
    ring.destroy(REGISTER_KEY, at=NOW)
    assert ring.get(REGISTER_KEY) is None
    with pytest.raises(Problem, match="key_destroyed"):
        ring.need(REGISTER_KEY)


@pytest.mark.django_db
def test_the_wrong_master_key_opens_nothing(settings: object, tmp_path: Path) -> None:
    ring = Keyring()
    ring.ensure(REGISTER_KEY, at=NOW)
    settings.LIANFANG_MASTER_KEY_FILE = tmp_path / "other.key"  # type: ignore[attr-defined]
    sealing.write_master_key(tmp_path / "other.key")
    with pytest.raises(Problem, match="no_master_key"):
        Keyring().get(REGISTER_KEY)


def test_the_master_key_is_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    secret = sealing.write_master_key(path)
    assert path.stat().st_mode & 0o777 == 0o400
    assert sealing.read_master_key(path) == secret
    with pytest.raises(FileExistsError):
        sealing.write_master_key(path)


def sealed_on_a_phone(public: str, record: UUID, plain: bytes) -> bytes:
    from base64 import b64decode

    suite = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
    key = KEMKey.from_pyca_cryptography_key(X25519PublicKey.from_public_bytes(b64decode(public)))
    enc, context = suite.create_sender_context(key, info=sealing.RECORD_INFO)
    return bytes(enc) + bytes(context.seal(plain, aad=str(record).encode()))


@pytest.mark.django_db
def test_what_a_phone_sealed_is_opened_for_its_own_id_only() -> None:
    record = new_id()
    wire = sealed_on_a_phone(sealing.server_public_key(at=NOW), record, b'{"a":1}')
    assert sealing.open_sealed_record(record, wire) == b'{"a":1}'
    for altered in (wire[:-1], wire[:-1] + bytes([wire[-1] ^ 1]), b"", b"x" * 80):
        with pytest.raises(ValueError, match="not sealed to this server"):
            sealing.open_sealed_record(record, altered)
    with pytest.raises(ValueError, match="not sealed to this server"):
        sealing.open_sealed_record(new_id(), wire)

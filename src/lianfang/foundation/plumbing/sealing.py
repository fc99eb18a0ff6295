"""Sealing and the keyring 封存.

A master key file (mode 0400, outside data and backups) wraps one data key per name; a data key gives three subkeys: for
sealing (AES-256-GCM), for looking things up (keyed BLAKE2b) and for comparing content. Destroying a data key makes
everything under it unreadable for
ever, in backups too. Plain hashes are never used: an eighteen-digit number can be enumerated.
"""

import hashlib
import os
import threading
from base64 import b64encode
from datetime import datetime
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from lianfang.foundation.kernel.keys import KeyName
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import durable

NONCE = 12
RECORD_INFO = b"lianfang record v1"
_RECORDS_KEY = KeyName("records")  # its bytes are the server's X25519 private key for records sealed on phones


class DataKey:
    """One opened data key."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self._aead = AESGCM(self._derive(b"seal"))
        self._search = hashlib.blake2b(key=self._derive(b"search"), digest_size=32)
        self._content = hashlib.blake2b(key=self._derive(b"content"), digest_size=32)

    def _derive(self, use: bytes) -> bytes:
        return hashlib.blake2b(key=self.secret, digest_size=32, person=b"lianfang", salt=use.ljust(16, b"\0")).digest()

    def seal(self, plain: bytes, *, about: bytes) -> bytes:
        """Ciphertext bound to `about`, so that it cannot be moved to another row."""
        nonce = os.urandom(NONCE)
        return nonce + self._aead.encrypt(nonce, plain, about)

    def seal_alike(self, plain: bytes, *, about: bytes) -> bytes:
        """The same ciphertext whenever the same value is sealed for the same place: a rebuilt read model equals the
        live one.

        The nonce is a keyed hash of place and value, so two different values never share one.
        """
        h = self._search.copy()
        h.update(b"nonce/%b\0%b" % (about, plain))
        nonce = h.digest()[:NONCE]
        return nonce + self._aead.encrypt(nonce, plain, about)

    def open(self, sealed: bytes, *, about: bytes) -> bytes:
        """The plaintext. Raises InvalidTag when it was altered or moved."""
        return self._aead.decrypt(sealed[:NONCE], sealed[NONCE:], about)

    def search_hash(self, value: bytes, *, field: bytes) -> bytes:
        """32 bytes by which an equal value of the same field is found."""
        # Copying a keyed state is nearly four times cheaper than HMAC.
        h = self._search.copy()
        h.update(b"%b\0%b" % (field, value))
        return h.digest()

    def content_hash(self, value: bytes) -> bytes:
        """32 bytes that tell whether two sendings say the same."""
        h = self._content.copy()
        h.update(value)
        return h.digest()


class Keyring:
    """Opens, makes and destroys data keys. One per process; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, DataKey | None] = {}
        self._generation = 0
        self._master: tuple[Path, AESGCM] | None = None

    def forget_opened(self) -> None:
        """Drop every key from memory (tests that change databases; after a key was destroyed)."""
        with self._lock:
            self._generation += 1
            self._open.clear()
            self._master = None

    def get(self, name: KeyName) -> DataKey | None:
        """The key, or None once it is destroyed. A key that never was is a programming error."""
        key = self._open.get(name)
        return key if key is not None else self._load(name)

    def need(self, name: KeyName) -> DataKey:
        """The key; raises `sealing.key_destroyed` (410) once it is gone."""
        key = self._open.get(name) or self.get(name)
        if key is None:
            raise Problem("sealing.key_destroyed", status=410)
        return key

    def ensure(self, name: KeyName, *, at: datetime) -> DataKey:
        """The key, made on first need. Call inside the transaction that needs it."""
        from lianfang.foundation.plumbing.models import DataKey as Row

        if name in self._open or Row.objects.filter(name=name).exists():
            return self.need(name)
        secret = os.urandom(32)
        Row.objects.create(name=name, wrapped=self._wrap(name, secret), created_at=at)
        return DataKey(secret)

    def destroy(self, name: KeyName, *, at: datetime) -> None:
        """Make everything under this key unreadable. Call inside the transaction that records why."""
        from lianfang.foundation.plumbing.models import DataKey as Row

        Row.objects.filter(name=name, destroyed_at=None).update(wrapped=None, destroyed_at=at)
        self._drop(name)
        # Until the commit others may read it once more; whatever they opened goes then.
        transaction.on_commit(lambda: self._drop(name))

    def is_destroyed(self, name: KeyName) -> bool:
        """Was it destroyed? One that never was is not."""
        from lianfang.foundation.plumbing.models import DataKey as Row

        return name not in self._open and Row.objects.filter(name=name).exclude(destroyed_at=None).exists()

    def living(self, beginning: str) -> list[KeyName]:
        """The names of keys that begin so and are not destroyed, in order."""
        from lianfang.foundation.plumbing.models import DataKey as Row

        rows = Row.objects.filter(name__startswith=beginning, destroyed_at=None).order_by("name")
        return [KeyName(name) for name in rows.values_list("name", flat=True)]

    def _drop(self, name: KeyName) -> None:
        with self._lock:
            self._generation += 1
            self._open.pop(name, None)

    def _load(self, name: KeyName) -> DataKey | None:
        from lianfang.foundation.plumbing.models import DataKey as Row

        generation = self._generation
        row = Row.objects.filter(name=name).values("wrapped", "destroyed_at").first()
        if row is None:
            raise LookupError(f"no data key was ever made under the name {name}")
        if row["wrapped"] is None:
            return None
        key = DataKey(self._unwrap(name, bytes(row["wrapped"])))
        # Remembered only once committed: a key made in a transaction that rolls back must not go on sealing things.
        transaction.on_commit(lambda: self._remember(name, key, generation))
        return key

    def _remember(self, name: KeyName, key: DataKey, generation: int) -> None:
        with self._lock:
            if generation == self._generation:  # else one was destroyed while this was read
                self._open[name] = key

    def _wrap(self, name: KeyName, secret: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._master_key().encrypt(nonce, secret, name.encode())

    def _unwrap(self, name: KeyName, wrapped: bytes) -> bytes:
        try:
            return self._master_key().decrypt(wrapped[:NONCE], wrapped[NONCE:], name.encode())
        except InvalidTag:
            raise Problem("sealing.no_master_key", status=503) from None

    def _master_key(self) -> AESGCM:
        path = Path(settings.LIANFANG_MASTER_KEY_FILE)
        if self._master is None or self._master[0] != path:
            self._master = (path, AESGCM(read_master_key(path)))
        return self._master[1]


keyring = Keyring()


def read_master_key(path: Path) -> bytes:
    """The 32 bytes of the master key file; `sealing.no_master_key` (503) when it is not there."""
    try:
        return bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError):
        raise Problem("sealing.no_master_key", status=503) from None


def write_master_key(path: Path, secret: bytes | None = None) -> bytes:
    """Make the master key file, readable by its owner only. Never overwrites one.

    Never where data or copies lie either (`sealing.key_beside_data`): who carries those away would carry the key along.
    """
    for folder in (settings.LIANFANG_DATA, settings.LIANFANG_BACKUPS):
        if path.resolve().is_relative_to(Path(folder).resolve()):
            raise Problem("sealing.key_beside_data", status=500, folder=str(folder))
    secret = secret or os.urandom(32)
    durable.write_new(path, f"{secret.hex()}\n".encode())
    return secret


def server_public_key(*, at: datetime) -> str:
    """The X25519 key (base64) to which phones seal records when they are saved."""
    private = X25519PrivateKey.from_private_bytes(keyring.ensure(_RECORDS_KEY, at=at).secret)
    return b64encode(private.public_key().public_bytes_raw()).decode()


def open_sealed_record(record: UUID, wire: bytes) -> bytes:
    """What a phone sealed: HPKE base mode, X25519, HKDF-SHA256, AES-256-GCM. Raises ValueError when it is not for
    us or altered.
    """
    from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey, PyHPKEError

    suite = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
    try:
        private = X25519PrivateKey.from_private_bytes(keyring.need(_RECORDS_KEY).secret)
        context = suite.create_recipient_context(
            wire[:32], KEMKey.from_pyca_cryptography_key(private), info=RECORD_INFO
        )
        return bytes(context.open(wire[32:], aad=str(record).encode()))
    except (PyHPKEError, ValueError, LookupError) as error:
        raise ValueError("not sealed to this server, or altered") from error

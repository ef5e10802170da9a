"""User accounts: a file of scrypt password hashes, password checks, and signed session tokens.

A name is normalized once, where it comes in (`normalize_name`); all that is kept of a user is kept by that string.
"""

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
import threading
import time
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import RelatoriaError
from ingest.private_files import make_private_folder

N, R, P = 2**14, 8, 5  # of scrypt: 16 MiB, five passes, as OWASP's password storage sheet has it
SALT_BYTES = 16  # bytes
MIN_PASSWORD = 10  # characters of a password
MAX_PASSWORD = 1_024
REMEMBER_SECONDS = 600  # seconds that a password once checked need not be hashed again
_MAX_REMEMBERED = 1_000  # passwords remembered at most
_MAX_NAME = 64  # characters
_LOCK_SECONDS = 10  # seconds that one who changes the file waits for another


class UsersError(RelatoriaError):
    """An invalid name or password, or a users file that cannot be read."""


def hash_password(password: str, salt: bytes | None = None) -> str:
    """Hash a password as ``scrypt$n$r$p$salt$key``, the last two in base64; a random salt by default."""
    salt = salt if salt is not None else secrets.token_bytes(SALT_BYTES)
    key = _scrypt(password, salt, N, R, P)
    return "$".join(("scrypt", str(N), str(R), str(P), _encode(salt), _encode(key)))


def verify_password(password: str, stored: str) -> bool:
    """Verify a password against a stored hash. Takes as long for a wrong one."""
    try:
        kind, *numbers, salt, key = stored.split("$")
        n, r, p = map(int, numbers)
        found = _scrypt(password, _decode(salt), n, r, p)
        return kind == "scrypt" and hmac.compare_digest(found, _decode(key))
    except ValueError:
        return False


def read_users(file: Path) -> dict[str, str]:
    """Read the users file: password hash by name. Raises UsersError where a line is invalid."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise UsersError(f"There is no file {file}. Type: relatoria user NAME --users {file}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsersError(f"The users in {file} cannot be read: {error}.") from error
    users: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        said, _, stored = line.partition(":")
        name = normalize_name(said)
        if not name or not _is_hash(stored):
            raise UsersError(
                f"Line {number} of {file} is not NAME:scrypt$…; such lines are written by: "
                f"relatoria user NAME --users {file}"
            )
        if name in users:
            raise UsersError(f"Line {number} of {file} names {name} a second time. Take one of the two out.")
        users[name] = stored
    return users


def write_user(file: Path, name: str, password: str | None) -> None:
    """Set a user's password, or remove the user where it is None, under a lock. The file is replaced whole, mode 0600.

    Raises UsersError for an invalid name or password, a name to remove that is not there, or a disk that refuses.
    """
    name, file = validate_name(name), file.resolve()
    stored = None if password is None else hash_password(validate_password(password))
    try:
        make_private_folder(file.parent)
        with FileLock(file.with_name(f"{file.name}.lock"), timeout=_LOCK_SECONDS, mode=0o600):
            users = read_users(file) if file.exists() else {}
            if stored is None and name not in users:
                raise UsersError(f"There is no user {name!r} in {file}.")
            _write_users(file, {other: key for other, key in (users | {name: stored}).items() if key})
    except Timeout as error:
        raise UsersError(f"{file} is being changed by somebody else. Type the command again.") from error
    except OSError as error:
        raise UsersError(f"{file} cannot be written ({error.strerror}). Nothing was changed.") from error


def _write_users(file: Path, users: Mapping[str, str]) -> None:
    """Write the file beside, to the disk, and put it in place; it keeps its owner, as far as that is allowed."""
    handle, path = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.")  # made with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.writelines(f"{name}:{stored}\n" for name, stored in users.items())
            written.flush()
            os.fsync(written.fileno())
        with suppress(OSError, AttributeError):  # a server that is not run by root reads what root has changed
            os.chown(path, file.stat().st_uid, file.stat().st_gid)
        Path(path).replace(file)
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise


def normalize_name(name: str, longest: int = _MAX_NAME) -> str:
    """The string that a name is known by: NFC, every space and run of spaces as one; "" for what can be no name.

    NFC, so that a letter and its accent are the same from every keyboard, and no further (NFKC): names that look
    different, such as "m2" and "m²", stay two. Capital letters count.

    >>> normalize_name(" An\u0303a\u00a0\u2003Paz "), normalize_name("ana\u200b"), normalize_name("a" * 65)
    ('Aña Paz', '', '')
    """
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    return plain if len(plain) <= longest and plain.isprintable() else ""


def validate_name(name: str) -> str:
    """Normalize and validate the name of a user of the file. Raises UsersError."""
    if not (plain := normalize_name(name)) or ":" in plain or plain.startswith("#"):
        raise UsersError(f"{name[:70]!r} cannot be a user's name: up to 64 letters, no colon, no # in front.")
    return plain


def validate_password(password: str) -> str:
    """Validate a password's length. Raises UsersError."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise UsersError(
            f"A password has {MIN_PASSWORD} to {MAX_PASSWORD:,} characters; this one has {len(password):,}."
        )
    return password


@dataclass
class Users:
    """The users of a file, reloaded when it changes. Thread-safe."""

    file: Path
    _read: dict[str, str] = field(default_factory=dict)
    _stamp: tuple[int, int, int] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _known: dict[bytes, tuple[float, str]] = field(default_factory=dict)  # checked: until when, and against what hash
    _dummy_hash: str = field(default_factory=lambda: hash_password(secrets.token_hex()))

    def password_hashes(self) -> Mapping[str, str]:
        """Password hash by name; empty where the file has become unreadable."""
        with self._lock:
            try:
                now = self.file.stat()
                stamp = (now.st_mtime_ns, now.st_size, now.st_ino)
                if stamp != self._stamp:
                    self._read, self._stamp = read_users(self.file), stamp
            except (OSError, UsersError):
                self._read, self._stamp = {}, None
            return self._read

    def check(self, name: str, password: str) -> str:
        """The hash that a name and password match, else "": 0.2 s of hashing, also for unknown names."""
        stored = self.password_hashes().get(name, "")
        if len(password) > MAX_PASSWORD:
            return ""
        return stored if verify_password(password, stored or self._dummy_hash) else ""

    def recall(self, name: str, password: str) -> str:
        """The hash that ``remember`` was told in the last ten minutes, while it is still the user's; else ""."""
        until, stored = self._known.get(self._digest(name, password), (0.0, ""))
        return stored if until > time.monotonic() and self.holds(name, stored) else ""

    def holds(self, name: str, stored: str) -> bool:
        """Whether this is the hash of the user's password now: neither was changed, and nobody taken out."""
        return self.password_hashes().get(name) == stored

    def remember(self, name: str, password: str, stored: str) -> None:
        """Cache this name and password, just found to match that hash, for ten minutes."""
        if len(self._known) >= _MAX_REMEMBERED:
            self._known.clear()
        self._known[self._digest(name, password)] = (time.monotonic() + REMEMBER_SECONDS, stored)

    def _digest(self, name: str, password: str) -> bytes:
        return hmac.digest(self._secret, f"{name}\0{password}".encode("utf-8", "surrogatepass"), "sha256")


@dataclass
class Sessions:
    """HMAC-signed session tokens for a cookie. A changed password or a removed user invalidates them."""

    users: Users
    seconds: int
    now: Callable[[], float] = time.time
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _ended: dict[str, float] = field(default_factory=dict)  # logged out, until it would have ended anyway

    def open(self, name: str, stored: str) -> str:
        """Create a session token for this user, good while ``stored`` is the hash of their password."""
        stated = f"{_encode(name.encode())}.{int(self.now()) + self.seconds}.{secrets.token_urlsafe(9)}"
        return f"{stated}.{self._signature(stated, stored)}"

    def user_of(self, session: str) -> str | None:
        """Verify a session token: its user's name; None where it has expired, was closed or is forged.

        >>> from pathlib import Path
        >>> Sessions(Users(Path("/nowhere")), 60).user_of("YW5h.99999999999.x.forged") is None
        True
        """
        stated, _, signature = session.rpartition(".")
        try:
            encoded, until, _ = stated.split(".")
            name = _decode(encoded).decode()
            fresh = int(until) > self.now()
        except ValueError:
            return None
        stored = self.users.password_hashes().get(name, "")
        genuine = hmac.compare_digest(signature.encode("utf-8", "replace"), self._signature(stated, stored).encode())
        return name if genuine and fresh and stored and signature not in self._ended else None

    def close(self, session: str) -> None:
        """Invalidate a session token (log out)."""
        if self.user_of(session) is None:
            return
        now = self.now()
        self._ended = {name: until for name, until in self._ended.items() if until > now}
        self._ended[session.rpartition(".")[2]] = now + self.seconds

    def _signature(self, stated: str, stored: str) -> str:
        return _encode(hmac.digest(self._secret, f"{stated}\0{stored}".encode(), "sha256"))


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    text = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt, n=n, r=r, p=p, maxmem=128 * n * r * 2, dklen=32)


def _is_hash(stored: str) -> bool:
    parts = stored.split("$")
    return len(parts) == 6 and parts[0] == "scrypt" and all(part.isdecimal() for part in parts[1:4])


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _decode(text: str) -> bytes:
    """Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)

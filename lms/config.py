"""Settings: one frozen object; environment ``LMS_*`` over ``instance/config.py`` over defaults."""

import os
import re
import runpy
import secrets
from dataclasses import dataclass, fields
from pathlib import Path

LOCALES = ("ms", "en", "id")
_WITNESS = re.compile(rf"([^\s@,]+@[^\s@,]+)(?: +({'|'.join(LOCALES)}))?")
_HOST = re.compile(
    r"(\[[0-9a-f:]+\]|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?)(:[0-9]{1,5})?", re.IGNORECASE
)


class Misconfigured(Exception):
    """The server must not start; the text says what is wrong and what to do."""


@dataclass(frozen=True)
class Settings:
    """Every setting, documented in ``docs/settings.md`` (a test compares the two)."""

    instance: Path
    """Folder of the database, files and keys. LMS_INSTANCE."""
    database_url: str = "sqlite:///sijil.sqlite3"
    """SQLAlchemy address; a relative SQLite path lies in the instance folder."""
    production: bool = False
    """True refuses development keys and weak secrets and sends cookies over TLS only."""
    secret_key: str = ""
    """Signs cookies and forms; at least 32 characters. Development makes its own once."""
    audit_key: str = ""
    """Seals the audit trail; at least 32 characters. Development makes its own once."""
    audit_witnesses: str = ""
    """Who gets the newest signed head by mail each day: ``address language``, with commas."""
    audit_witness_url: str = ""
    """Where the newest signed head is posted each day; https only."""
    base_url: str = "http://127.0.0.1:8000"
    """Public address of this server, printed in QR codes and credentials."""
    institute_name: str = "Institut Latihan Kerja Sosial"
    """Name in the masthead."""
    key_passphrase: str = ""
    """Passphrase of the signing keys at rest; empty only for development keys."""
    upload_limit: int = 25_000_000
    """Largest upload in bytes."""
    clamd: str = ""
    """Virus scanner, host:port or the path of its socket; empty does without."""
    proxy_hops: int = 0
    """How many reverse proxies of ours stand before the server; their headers are believed."""
    key_token_library: str = ""
    """Library that speaks with the token that holds the document key; empty keeps it in a file."""
    key_token: str = ""
    """Label of that token."""
    key_token_pin: str = ""
    """Its PIN."""
    key_token_pin_file: str = ""
    """File with its PIN, instead."""
    smtp_url: str = ""
    """Mail server, smtps:// or smtp+starttls://user:password@host:port; empty writes files."""
    mail_from: str = "sijil@localhost.localdomain"
    """Address that mails come from."""
    log_format: str = "text"
    """``text`` for people (warnings and worse), ``json`` for machines (every request)."""
    metrics_token: str = ""
    """Bearer token that reads /metrics; without it development answers this machine only."""
    rate_limits: bool = True
    """Whether the same visitor may do the same thing only so often."""
    stranger_seconds: int = 5
    """How old the public catalogue may be that is shown to many; 0 makes each page anew."""
    limits_storage: str = "memory://"
    """Where that is counted; several web processes share ``redis://host:port``."""
    data_key: str = ""
    """Seals small secrets in the database; at least 32 characters. Development makes its own."""
    data_key_old: str = ""
    """Keys that were ``data_key`` before and still open what they sealed, with blanks between."""
    second_factor: str = "production"
    """Who must use one: people with a role in ``production`` only, ``always``, or ``never``."""
    confirm_minutes: int = 15
    """Deeds that touch others' rights or secrets ask again who it is after so many minutes."""
    session_staff_idle_minutes: int = 30
    """A session of a person with a role ends after so long without a request."""
    session_staff_hours: int = 12
    """A session of a person with a role ends after so long in any case."""
    session_learner_idle_days: int = 14
    """The same without a request, for everybody else."""
    session_learner_days: int = 30
    """The same in any case, for everybody else."""
    outbound_hosts: str = ""
    """Hosts, ``host`` or ``host:port`` with commas, that may stand on private addresses."""
    outbound_ca: str = ""
    """File of root certificates that are trusted beside those of the machine."""
    employer_rows_daily: int = 20_000
    """How many codes an organisation may have checked in bulk and by program on a day."""
    employer_typed_days: int = 30
    """Codes, names and references of a run are deleted after so many days; verdicts stay."""
    timestamp_url: str = ""
    """Time-stamp service (RFC 3161) for PDFs, https only; empty signs without time stamps."""
    timestamp_roots: str = ""
    """File of root certificates of that service; empty expects one under our own root."""
    worker_memory: int = 2_000_000_000
    """Bytes a worker may use; a job that wants more fails. 0 sets no limit."""
    testing: bool = False
    """Set by the tests: no CSRF tokens."""

    @property
    def host(self) -> str:
        """Host (and port) of the public address."""
        return self.base_url.split("://", 1)[1].rstrip("/")

    @property
    def staff_second_factor(self) -> bool:
        """Whether people with a role must use a second factor."""
        by_stage = {"always": True, "never": False, "production": self.production}
        return by_stage[self.second_factor]

    @property
    def data_keys(self) -> tuple[str, ...]:
        """The keys that open what is sealed in the database; the first one seals."""
        return (self.data_key, *self.data_key_old.split())

    @property
    def witnesses(self) -> list[tuple[str, str]]:
        """Who gets the head of the audit trail: address and language of each."""
        found = [_WITNESS.fullmatch(each) for each in _listed(self.audit_witnesses)]
        return [(each[1], each[2] or LOCALES[0]) for each in found if each]

    @property
    def pki(self) -> Path:
        """Folder of the signing keys."""
        return self.instance / "pki"

    @property
    def heads(self) -> Path:
        """Folder of the signed heads of the audit trail."""
        return self.instance / "audit"

    @property
    def blobs(self) -> Path:
        """Folder of stored files, by digest."""
        return self.instance / "blobs"


def load(overrides: dict[str, object] | None = None) -> Settings:
    """Read the settings; raise Misconfigured with what to do when they cannot be used."""
    values: dict[str, object] = dict(overrides or {})
    instance = Path(str(values.pop("instance", None) or os.environ.get("LMS_INSTANCE") or _home()))
    file = instance / "config.py"
    stated = runpy.run_path(str(file)) if file.is_file() else {}
    for entry in fields(Settings):
        name = entry.name
        if name in values or name in {"instance", "testing"}:
            continue
        given = os.environ.get(f"LMS_{name.upper()}", stated.get(name.upper()))
        if given is not None:
            values[name] = _typed(name, given, entry.default)
    _make_folder(instance)
    for secret in ("secret_key", "data_key", "audit_key"):
        if not values.get(secret) and not values.get("production"):
            values[secret] = _development_secret(instance / secret)
    if "base_url" in values:
        values["base_url"] = _address(str(values["base_url"]))
    settings = Settings(instance=instance.resolve(), **values)  # type: ignore[arg-type]
    _refuse_unreadable(settings)
    _refuse_token(settings)
    _refuse_stamps(settings)
    _refuse_weak(settings)
    return settings


def _typed(name: str, given: object, default: object) -> object:
    if isinstance(default, bool):
        if str(given).lower() not in {"0", "1", "true", "false", ""}:
            raise Misconfigured(f"LMS_{name.upper()} must be true or false, not {given!r}.")
        return str(given).lower() in {"1", "true"}
    if isinstance(default, int):
        try:
            return int(str(given))
        except ValueError:
            raise Misconfigured(f"LMS_{name.upper()} must be a number, not {given!r}.") from None
    return str(given)


def _address(given: str) -> str:
    # It is printed into QR codes for good: no trailing slash, and nothing that is no address.
    if not given.startswith(("http://", "https://")) or not given.split("://", 1)[1].strip("/"):
        raise Misconfigured(f"LMS_BASE_URL must be an address like https://host, not {given!r}.")
    return given.rstrip("/")


def _home() -> Path:
    from lms import paths

    checkout = paths.PACKAGE.parent
    return checkout / "instance" if (checkout / "setup.cfg").is_file() else Path.cwd() / "instance"


def _make_folder(instance: Path) -> None:
    try:
        instance.mkdir(parents=True, exist_ok=True)
        probe = instance / f".probe-{os.getpid()}-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Misconfigured(
            f"The instance folder {instance} cannot be written ({error.strerror}). "
            "Give it to the user who runs the server, or set LMS_INSTANCE to another folder."
        ) from None


def _development_secret(file: Path) -> str:
    try:
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return file.read_text()


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _refuse_unreadable(settings: Settings) -> None:
    if settings.second_factor not in {"production", "always", "never"}:
        raise Misconfigured("LMS_SECOND_FACTOR must be production, always or never.")
    if settings.log_format not in {"text", "json"}:
        raise Misconfigured("LMS_LOG_FORMAT must be text or json.")
    if len(settings.witnesses) < len(_listed(settings.audit_witnesses)):
        raise Misconfigured(
            "LMS_AUDIT_WITNESSES must be like: one@house.example, two@house.example en"
        )
    if settings.audit_witness_url and not settings.audit_witness_url.startswith("https://"):
        raise Misconfigured("LMS_AUDIT_WITNESS_URL must be an https:// address.")
    if not all(_HOST.fullmatch(each) for each in _listed(settings.outbound_hosts)):
        raise Misconfigured("LMS_OUTBOUND_HOSTS must be like: host.example, host.example:8443")
    if settings.outbound_ca and not Path(settings.outbound_ca).is_file():
        raise Misconfigured(f"LMS_OUTBOUND_CA: there is no file {settings.outbound_ca}.")


def _refuse_stamps(settings: Settings) -> None:
    if settings.timestamp_url and not settings.timestamp_url.startswith("https://"):
        raise Misconfigured("LMS_TIMESTAMP_URL must be an https:// address.")
    if settings.timestamp_roots and not Path(settings.timestamp_roots).is_file():
        raise Misconfigured(f"LMS_TIMESTAMP_ROOTS: there is no file {settings.timestamp_roots}.")


def _refuse_token(settings: Settings) -> None:
    if not settings.key_token_library:
        return
    if not Path(settings.key_token_library).is_file():
        raise Misconfigured(
            f"LMS_KEY_TOKEN_LIBRARY: there is no file {settings.key_token_library}."
        )
    if not settings.key_token or bool(settings.key_token_pin) == bool(settings.key_token_pin_file):
        raise Misconfigured(
            "With LMS_KEY_TOKEN_LIBRARY give LMS_KEY_TOKEN, and one of LMS_KEY_TOKEN_PIN and "
            "LMS_KEY_TOKEN_PIN_FILE."
        )


def _refuse_weak(settings: Settings) -> None:
    if not settings.production:
        return
    keys = ("secret_key", "data_key", "audit_key")
    for name in keys:
        secret = getattr(settings, name)
        if len(secret) < 32 or len(set(secret)) < 10:
            raise Misconfigured(
                f"In production LMS_{name.upper()} must be at least 32 random characters. Make one "
                'with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
    if len({getattr(settings, name) for name in keys}) < len(keys):
        raise Misconfigured(
            "LMS_SECRET_KEY, LMS_DATA_KEY and LMS_AUDIT_KEY must each be another key than the rest."
        )
    if not settings.base_url.startswith("https://"):
        raise Misconfigured(
            "In production LMS_BASE_URL must be the public https:// address of this server."
        )

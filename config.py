"""Settings, read from the environment once and checked at start. A wrong or dangerous value stops the program."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

#: The kinds of terms of a public contract (domain.econtracting.terms.TermKind).
_TERMS = frozenset({"PROCESSING", "VERIFICATION", "PAYMENT", "INVOICE"})


class SettingsError(Exception):
    """The settings do not allow a start; the text says which one and what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between installations.

    ``environment`` is ``development``, ``test`` or ``production``. ``instance`` holds database, documents and keys of
    the embedded defaults. ``base_url`` is our own address; it is never taken from a request. ``saml_key`` and
    ``saml_certificate`` are PEM files of our side of signing in; in development a pair is made under ``instance/keys``.
    Attachments are scanned by the ``scanner`` (its address; none is the embedded stand-in) unless ``scanning`` is off.
    ``bounces`` is the mailbox where mail that came back arrives, ``bounce_token`` what a mail server shows to tell it.
    ``payer_name``, ``payer_iban`` and, when the bank asks for it, ``payer_bic`` are the account that pays facilities.
    ``terms_roll`` are the kinds of terms whose last day moves to a working day, ``outage_hours`` how long sending must
    have been impossible to prolong one.
    ``contracting_mailbox`` is where questions about e-Contracting go, ``privacy_mailbox`` reaches the data protection
    officer. ``contracting_owner`` is the OVO code of the authority whose people keep the kinds of contract documents.
    """

    environment: str
    instance: Path
    base_url: str
    database_url: str
    secret_key: str
    development_idp: bool
    document_store: str
    mail_url: str
    mail_from: str
    department_mailbox: str
    contracting_mailbox: str = "e-contracting@example.be"
    privacy_mailbox: str = "gegevensbescherming@example.be"
    bounces: str = ""
    bounce_token: str = ""
    fixed_now: datetime | None = None
    identity_providers: Path | None = None
    saml_key: Path | None = None
    saml_certificate: Path | None = None
    proxies: int = 0
    register_quota_person: int = 200
    register_quota_organisation: int = 1000
    session_idle_minutes: int = 30
    session_hours: int = 8
    max_upload_bytes: int = 10 * 1024 * 1024
    scanner: str = ""
    scanning: bool = True
    attachment_bytes: int = 100 * 1024 * 1024
    attachments_per_version: int = 20
    payer_name: str = ""
    payer_iban: str = ""
    payer_bic: str = ""
    report_lines_at_once: int = 2000
    contracting_owner: str = "OVO009902"
    terms_roll: frozenset[str] = frozenset({"INVOICE", "VERIFICATION"})
    outage_hours: int = 4
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def production(self) -> bool:
        """Whether real people's money and terms depend on this installation."""
        return self.environment == "production"

    @property
    def secure(self) -> bool:
        """Whether we are served over https."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read and check; raises SettingsError with what to change."""
        env = dict(os.environ if environ is None else environ)
        environment = env.get("ELOKET_ENV", "development")
        if environment not in {"development", "test", "production"}:
            raise SettingsError("ELOKET_ENV must be development, test or production.")
        instance = Path(env.get("INSTANCE") or "instance").resolve()
        port = env.get("PORT") or "8000"
        if not port.isdigit():
            raise SettingsError("PORT must be a number.")
        base_url = (env.get("ELOKET_BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/")
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
            raise SettingsError("ELOKET_BASE_URL must be an address like https://loket.example.be, without a path.")
        settings = cls(
            environment=environment,
            instance=instance,
            base_url=base_url,
            database_url=_database_url(env.get("DATABASE_URL"), instance),
            secret_key=env.get("ELOKET_SECRET_KEY") or ("" if environment == "production" else _stored_key(instance)),
            development_idp=_flag(env, "ELOKET_DEVELOPMENT_IDP", environment != "production"),
            document_store=env.get("ELOKET_DOCUMENT_STORE") or str(instance / "documents"),
            mail_url=env.get("ELOKET_MAIL") or f"folder:{instance / 'mail'}",
            mail_from=env.get("ELOKET_MAIL_FROM", "dossierloket@example.be"),
            department_mailbox=env.get("ELOKET_DEPARTMENT_MAILBOX", "ecalcura@example.be"),
            contracting_mailbox=env.get("ELOKET_CONTRACTING_MAILBOX", cls.contracting_mailbox).strip(),
            privacy_mailbox=env.get("ELOKET_PRIVACY_MAILBOX", cls.privacy_mailbox).strip(),
            bounces=(env.get("ELOKET_BOUNCES") or "").strip(),
            bounce_token=_token(env.get("ELOKET_BOUNCE_TOKEN")),
            fixed_now=_instant(env.get("ELOKET_NOW")),
            identity_providers=_path(env, "ELOKET_IDENTITY_PROVIDERS"),
            saml_key=_path(env, "ELOKET_SAML_KEY"),
            saml_certificate=_path(env, "ELOKET_SAML_CERTIFICATE"),
            proxies=_number(env, "ELOKET_PROXIES", 0),
            register_quota_person=_number(env, "ELOKET_REGISTER_QUOTA_PERSON", 200),
            register_quota_organisation=_number(env, "ELOKET_REGISTER_QUOTA_ORGANISATION", 1000),
            session_idle_minutes=_number(env, "ELOKET_SESSION_IDLE_MINUTES", 30),
            session_hours=_number(env, "ELOKET_SESSION_HOURS", 8),
            scanner=_scanner(env.get("ELOKET_SCANNER")),
            scanning=_flag(env, "ELOKET_SCANNING", True),
            attachment_bytes=_number(env, "ELOKET_ATTACHMENT_MB", 100) * 1024 * 1024,
            attachments_per_version=_number(env, "ELOKET_ATTACHMENTS", 20),
            report_lines_at_once=_number(env, "ELOKET_REPORT_LINES_AT_ONCE", 2000),
            terms_roll=_words(env, "ELOKET_TERMS_ROLL", cls.terms_roll, _TERMS),
            outage_hours=_number(env, "ELOKET_OUTAGE_HOURS", 4),
            contracting_owner=env.get("ELOKET_CONTRACTING_OWNER", "OVO009902").strip(),
            payer_name=env.get("ELOKET_PAYER_NAME", "").strip(),
            payer_iban=_iban(env.get("ELOKET_PAYER_IBAN")),
            payer_bic=_bic(env.get("ELOKET_PAYER_BIC")),
            extra={name: value for name, value in env.items() if name.startswith("ELOKET_")},
        )
        _number(env, "ELOKET_RETENTION_YEARS", 10)
        settings.check(env)
        return settings

    def check(self, env: Mapping[str, str]) -> None:
        """Refuse what must not run; production is strict (docs/runbook.md)."""
        if not self.production:
            return
        wrong = [
            message
            for message, bad in {
                "FLASK_DEBUG must be off in production.": _flag(env, "FLASK_DEBUG", False),
                "ELOKET_SECRET_KEY must be set to at least 32 random characters in production.": len(self.secret_key)
                < 32
                or len(set(self.secret_key)) < 8,
                "ELOKET_BASE_URL must start with https:// in production.": not self.secure,
                "ELOKET_DEVELOPMENT_IDP must be off in production.": self.development_idp,
                "ELOKET_NOW must not be set in production.": self.fixed_now is not None,
                "ELOKET_IDENTITY_PROVIDERS must name the file with the identity providers.": self.identity_providers
                is None,
                "ELOKET_SAML_KEY must name the private key (PEM) for signing in, in production.": self.saml_key is None,
                "ELOKET_SAML_CERTIFICATE must name its certificate (PEM) in production.": self.saml_certificate is None,
                "ELOKET_CONTRACTING_OWNER must name the OVO code of who keeps the kinds of documents, in production.": (
                    not env.get("ELOKET_CONTRACTING_OWNER", "").strip()
                ),
                "ELOKET_SEAL_KEY must name the private key (PEM, Ed25519) of the seal, in production.": not env.get(
                    "ELOKET_SEAL_KEY"
                ),
                "ELOKET_MAIL must name the mail server, or folder:PATH to keep mail as files, in production.": (
                    not env.get("ELOKET_MAIL")
                ),
                "ELOKET_MAIL_FROM must be the address that mail comes from, in production.": not env.get(
                    "ELOKET_MAIL_FROM"
                ),
                "ELOKET_SCANNER must name the virus scanner, like tcp://127.0.0.1:3310; "
                "or set ELOKET_SCANNING=off to go without.": self.scanning and not self.scanner,
            }.items()
            if bad
        ]
        if wrong:
            raise SettingsError("\n".join(wrong))


def _flag(env: Mapping[str, str], name: str, default: bool) -> bool:
    value = env.get(name)
    if value is None or value == "":
        return default
    if value.lower() not in {"1", "0", "true", "false", "on", "off", "yes", "no"}:
        raise SettingsError(f"{name} must be on or off.")
    return value.lower() in {"1", "true", "on", "yes"}


def _path(env: Mapping[str, str], name: str) -> Path | None:
    return Path(env[name]) if env.get(name) else None


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not value.isdigit():
        raise SettingsError(f"{name} must be a whole number.")
    return int(value)


def _token(text: str | None) -> str:
    """What the mail server shows: none, or so long that nobody guesses it."""
    token = (text or "").strip()
    if token and (len(token) < 32 or len(set(token)) < 8):
        raise SettingsError("ELOKET_BOUNCE_TOKEN must be at least 32 random characters.")
    return token


def _scanner(address: str | None) -> str:
    """Where the virus scanner listens."""
    address = (address or "").strip()
    if address and not re.fullmatch(r"tcp://[^/:@\s]+:\d{1,5}|unix:/\S+", address):
        raise SettingsError("ELOKET_SCANNER must be like tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl.")
    return address


def _words(env: Mapping[str, str], name: str, default: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """Words with commas between them; set but empty is none of them."""
    if name not in env:
        return default
    found = frozenset(word.strip().upper() for word in env[name].split(",") if word.strip())
    if not found <= known:
        raise SettingsError(f"{name} must be some of {', '.join(sorted(known))}, with commas between them.")
    return found


def _iban(text: str | None) -> str:
    """The account that pays: letters, digits and check digits as every IBAN has them."""
    iban = "".join((text or "").split()).upper()
    if iban and not (re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", iban) and _remainder(iban) == 1):
        raise SettingsError("ELOKET_PAYER_IBAN must be an account number, like BE68 5390 0754 7034.")
    return iban


def _remainder(iban: str) -> int:
    """Modulo 97 of an IBAN with its first four characters at the end; 1 for a right one."""
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97


def _bic(text: str | None) -> str:
    bic = (text or "").strip().upper()
    if bic and not re.fullmatch(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", bic):
        raise SettingsError("ELOKET_PAYER_BIC must be the BIC of a bank, of 8 or 11 characters.")
    return bic


def _instant(text: str | None) -> datetime | None:
    if not text:
        return None
    with suppress(ValueError):
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return instant
    raise SettingsError("ELOKET_NOW must be an instant with offset, like 2024-10-15T23:59:00+02:00.")


def _database_url(url: str | None, instance: Path) -> str:
    if not url:
        return f"sqlite:///{instance / 'app.db'}"
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    if not url.startswith(("sqlite://", "postgresql://", "postgresql+psycopg://")):
        raise SettingsError("DATABASE_URL must be a sqlite:// or postgresql:// address.")
    return url


def _stored_key(instance: Path) -> str:
    """The key of a development instance: made once, readable by the owner only."""
    path = instance / "keys" / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()

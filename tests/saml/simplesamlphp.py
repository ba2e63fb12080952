"""A foreign identity provider: SimpleSAMLphp of Debian on PHP's own web server, configured for the test."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from integrations.saml_keys import make_pair
from tests.requirements import need

INSTALL = "apt-get install --no-install-recommends simplesamlphp php-cli php-xml php-sqlite3"
WWW = "/usr/share/simplesamlphp/www"

#: Who can sign in there: password equal to the name.
PEOPLE = {
    "an": {
        "urn:be:vlaanderen:dienstverlening:acmid": "6f0a5f0e-3f0b-4d0e-9a53-2b1d8f2f0001",
        "rrn": "85073000061",
        "urn:be:vlaanderen:acm:voornaam": "An",
        "urn:be:vlaanderen:acm:familienaam": "Peeters",
        "vo_doelgroepcode": "EA",
        "vo_orgcode": "0999000129",
        "vo_orgnaam": "Wegenbouw Voorbeeld NV",
        "econtracting_rol_3D": "EContracting-beheerder:0999000129",
    },
}

_CONFIG = """<?php
$config = [
    'baseurlpath' => 'http://localhost:{port}/',
    'certdir' => '{folder}/cert/',
    'loggingdir' => '{folder}/log/',
    'datadir' => '{folder}/data/',
    'tempdir' => '{folder}/tmp',
    'metadatadir' => '{folder}/metadata/',
    'attributenamemapdir' => '/usr/share/simplesamlphp/config/attributemap/',
    'secretsalt' => 'only-for-this-test-{port}',
    'auth.adminpassword' => 'only-for-this-test-{port}',
    'timezone' => 'Europe/Brussels',
    'logging.handler' => 'file',
    'logging.level' => 6,
    'logging.logfile' => 'idp.log',
    'debug' => ['saml' => false, 'backtraces' => true, 'validatexml' => false],
    'showerrors' => true,
    'errorreporting' => false,
    'enable.saml20-idp' => true,
    'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
    'session.duration' => 28800,
    'session.datastore.timeout' => 14400,
    'session.state.timeout' => 3600,
    'session.cookie.name' => 'SimpleSAMLSessionID',
    'session.cookie.path' => '/',
    'session.cookie.secure' => false,
    'session.cookie.samesite' => 'Lax',
    'session.phpsession.cookiename' => 'SimpleSAML',
    'session.phpsession.savepath' => '{folder}/session',
    'session.phpsession.httponly' => true,
    'session.authtoken.cookiename' => 'SimpleSAMLAuthToken',
    'language.available' => ['en'],
    'language.default' => 'en',
    'language.cookie.secure' => false,
    'theme.use' => 'default',
    'store.type' => 'phpsession',
    'metadata.sources' => [['type' => 'flatfile'], ['type' => 'xml', 'file' => '{folder}/metadata/sp.xml']],
];
"""
_SOURCES = """<?php
$config = [
    'people' => ['exampleauth:UserPass', {people}],
];
"""
_HOSTED = """<?php
$metadata['__DYNAMIC:1__'] = [
    'host' => '__DEFAULT__',
    'privatekey' => 'idp.pem',
    'certificate' => 'idp.crt',
    'auth' => 'people',
    'saml20.sign.response' => true,
    'saml20.sign.assertion' => true,
    'assertion.encryption' => true,
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'redirect.sign' => true,
    'redirect.validate' => true,
    'sign.logout' => true,
    'validate.logout' => true,
    'validate.authnrequest' => true,
    'SingleSignOnServiceBinding' => 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
    'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
    'authproc' => [
        90 => ['class' => 'saml:AuthnContextClassRef', 'AuthnContextClassRef' => 'urn:be:vlaanderen:authmech:itsme'],
    ],
];
"""


@dataclass(frozen=True)
class SimpleSamlPhp:
    """The running provider: its address, its folder and its own metadata."""

    base_url: str
    folder: Path
    metadata: bytes

    def know(self, service_provider_metadata: bytes) -> None:
        """Give it the metadata of the one application it works for."""
        (self.folder / "metadata" / "sp.xml").write_bytes(service_provider_metadata)

    @property
    def log(self) -> str:
        """What it noted."""
        path = self.folder / "log" / "idp.log"
        return path.read_text() if path.exists() else ""


def _php(values: dict[str, str]) -> str:
    return "[" + ", ".join(f"'{name}' => ['{value}']" for name, value in values.items()) + "]"


def _configure(folder: Path, port: int) -> None:
    for name in ("cert", "log", "data", "tmp", "metadata", "session"):
        (folder / name).mkdir()
    pair = make_pair("A foreign identity provider")
    (folder / "cert" / "idp.pem").write_text(pair.key)
    (folder / "cert" / "idp.crt").write_text(pair.certificate)
    (folder / "config.php").write_text(_CONFIG.replace("{folder}", str(folder)).replace("{port}", str(port)))
    people = ", ".join(f"'{name}:{name}' => {_php(attributes)}" for name, attributes in PEOPLE.items())
    (folder / "authsources.php").write_text(_SOURCES.replace("{people}", people))
    (folder / "metadata" / "saml20-idp-hosted.php").write_text(_HOSTED)
    (folder / "metadata" / "sp.xml").write_text(
        '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"></md:EntitiesDescriptor>'
    )


@contextmanager
def simplesamlphp(folder: Path, port: int) -> Iterator[SimpleSamlPhp]:
    """Run it on ``localhost``; skipped by name where PHP or SimpleSAMLphp is not installed."""
    php = need("php", INSTALL)
    need(f"{WWW}/index.php", INSTALL)
    folder.mkdir(parents=True)
    _configure(folder, port)
    environment = {"PATH": os.environ.get("PATH", ""), "SIMPLESAMLPHP_CONFIG_DIR": str(folder)}
    base_url = f"http://localhost:{port}"
    with (folder / "php.log").open("wb") as log:
        command = [php, "-d", "display_errors=0", "-S", f"localhost:{port}", "-t", WWW]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            metadata = _fetched(f"{base_url}/saml2/idp/metadata.php", process)
            yield SimpleSamlPhp(base_url, folder, metadata)
        finally:
            process.terminate()
            process.wait(10)
            shutil.rmtree(folder / "session", ignore_errors=True)


def _fetched(address: str, process: subprocess.Popen[bytes]) -> bytes:
    """The answer of a server that is starting."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return bytes(answer.read())
        except (urllib.error.URLError, ConnectionError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)

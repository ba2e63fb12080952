"""Our own side: keys, metadata, and what is compared at start (lines 11 and 12)."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from integrations import saml
from integrations.saml import LibraryMismatch, ServiceProvider, compare_libraries
from integrations.saml_keys import (
    KeyPair,
    KeyPairError,
    certificate_body,
    make_pair,
    own_pair,
    pair_of_files,
    stored_pair,
)

BASE = "https://loket.example.be"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def pair() -> KeyPair:
    return make_pair("Test")


# ---- 11: metadata ---------------------------------------------------------------------------------------------------


def test_line11_our_metadata_is_signed_and_valid_for_a_month(pair: KeyPair) -> None:
    """Signed with our key, valid for 30 days, to be fetched again after a day, with both keys and transient NameID."""
    document = etree.fromstring(ServiceProvider(BASE, pair, {}).metadata(NOW))
    assert OneLogin_Saml2_Utils.validate_metadata_sign(etree.tostring(document), cert=pair.certificate)
    assert not OneLogin_Saml2_Utils.validate_metadata_sign(etree.tostring(document), cert=make_pair("x").certificate)
    until = datetime.fromisoformat(document.get("validUntil"))
    assert abs(until - (NOW + timedelta(days=30))) < timedelta(seconds=2)
    assert document.get("cacheDuration") == "PT86400S"
    assert document.get("entityID") == f"{BASE}/saml/metadata"
    md = {"md": "urn:oasis:names:tc:SAML:2.0:metadata", "ds": "http://www.w3.org/2000/09/xmldsig#"}
    descriptor = document.find("md:SPSSODescriptor", md)
    assert descriptor is not None
    assert descriptor.get("AuthnRequestsSigned") == descriptor.get("WantAssertionsSigned") == "true"
    keys = {key.get("use"): "".join(key.itertext()).split() for key in descriptor.findall("md:KeyDescriptor", md)}
    assert set(keys) == {"signing", "encryption"}
    assert all("".join(value) == certificate_body(pair.certificate) for value in keys.values())
    assert descriptor.findtext("md:NameIDFormat", None, md) == "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
    consumer = descriptor.find("md:AssertionConsumerService", md)
    logout = descriptor.find("md:SingleLogoutService", md)
    assert consumer is not None
    assert logout is not None
    assert (consumer.get("Location"), logout.get("Location")) == (f"{BASE}/saml/acs", f"{BASE}/saml/sls")
    assert str(consumer.get("Binding")).endswith("HTTP-POST")


# ---- 12: libraries --------------------------------------------------------------------------------------------------


def test_line12_different_xml_libraries_stop_the_start(pair: KeyPair, monkeypatch: pytest.MonkeyPatch) -> None:
    """lxml and xmlsec on different versions of libxml2 would read the same document differently."""
    compare_libraries((2, 14, 6), (2, 14, 6))
    with pytest.raises(LibraryMismatch, match="lock file"):
        compare_libraries((2, 14, 6), (2, 12, 9))
    monkeypatch.setattr(saml.xmlsec, "get_libxml_version", lambda: (2, 9, 14))
    with pytest.raises(LibraryMismatch):
        ServiceProvider(BASE, pair, {})


# ---- keys -----------------------------------------------------------------------------------------------------------


def _files(folder: Path, key: str, certificate: str) -> tuple[Path, Path]:
    paths = folder / "key.pem", folder / "certificate.pem"
    for path, text in zip(paths, (key, certificate), strict=True):
        path.write_text(text)
    return paths


def test_keys_of_files(tmp_path: Path, pair: KeyPair) -> None:
    """What the operator names is read, when the two belong together."""
    assert pair_of_files(*_files(tmp_path, pair.key, pair.certificate)) == pair


@pytest.mark.parametrize("which", ["missing", "other", "rubbish"])
def test_keys_that_do_not_fit_stop_the_start(tmp_path: Path, pair: KeyPair, which: str) -> None:
    """A wrong pair is found at start and not at the first sign-in."""
    certificate = {"other": make_pair("Other").certificate, "rubbish": "x"}.get(which, pair.certificate)
    key_path, certificate_path = _files(tmp_path, pair.key, certificate)
    if which == "missing":
        key_path.unlink()
    with pytest.raises(KeyPairError):
        pair_of_files(key_path, certificate_path)


def test_production_needs_its_own_keys(tmp_path: Path) -> None:
    """No key is made in production."""
    settings = SimpleNamespace(production=True, saml_key=None, saml_certificate=None, instance=tmp_path)
    with pytest.raises(KeyPairError, match="ELOKET_SAML_KEY"):
        own_pair(settings)
    assert list(tmp_path.iterdir()) == []


def test_keys_of_a_development_instance_are_made_once(tmp_path: Path) -> None:
    """Several processes that start together end up with the same pair, readable by the owner only."""
    path = tmp_path / "keys" / "saml.pem"
    with ThreadPoolExecutor(4) as pool:
        pairs = set(pool.map(lambda _: stored_pair(path, "Test"), range(4)))
    assert len(pairs) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert "PRIVATE KEY" not in repr(pairs.pop())

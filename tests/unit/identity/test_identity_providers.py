"""The description of the identity providers: two side by side, each with its own agreements."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.identity_providers import Door, Means
from integrations.development_idp import messages
from integrations.development_idp.messages import Entity
from integrations.identity_providers import IdentityProviderError, configured, load, provider_of
from integrations.saml_keys import KeyPair, make_pair


@pytest.fixture(scope="module")
def pair() -> KeyPair:
    return make_pair("Provider")


@pytest.fixture
def folder(tmp_path: Path, pair: KeyPair) -> Path:
    """Metadata of two providers."""
    for key in ("acm", "ehealth"):
        (tmp_path / f"{key}.xml").write_bytes(_metadata(key, pair))
    return tmp_path


def _metadata(key: str, pair: KeyPair, *more: str) -> bytes:
    entity = Entity(key, f"https://{key}.example.be/idp", "sp", "acs", "sls", pair, pair.certificate)
    return messages.metadata(entity, *more)


def _file(folder: Path, text: str) -> Path:
    path = folder / "providers.toml"
    path.write_text(text)
    return path


def test_two_providers_with_their_own_agreements(folder: Path, pair: KeyPair) -> None:
    """Addresses and certificates come from metadata; account key, means and names from the agreements."""
    providers = load(
        _file(
            folder,
            """
            [[provider]]
            key = "acm"
            metadata = "acm.xml"
            authentication_max_age_minutes = 240
            [provider.attributes]
            "urn:example:voornaam" = "given_name"
            [provider.means]
            "urn:example:key" = "eid"

            [[provider]]
            key = "ehealth"
            metadata = "ehealth.xml"
            contexts = ["urn:be:fedict:iam:fas:citizen:Level500"]
            single_logout = false
            """,
        )
    )
    acm, ehealth = providers["acm"], providers["ehealth"]
    assert (acm.profile.door, acm.profile.account_key) == (Door.FLEMISH, "vo_id")
    assert (ehealth.profile.door, ehealth.profile.account_key) == (Door.EHEALTH, "rrn")
    assert acm.entity_id == "https://acm.example.be/idp"
    assert acm.sign_on_url == "https://acm.example.be/idp/sso"
    assert acm.logout_url == acm.logout_answer_url == "https://acm.example.be/idp/slo"
    assert ehealth.logout_url is None
    assert acm.certificates == (pair.certificate,)
    assert acm.max_age == timedelta(hours=4)
    assert acm.profile.aliases["urn:example:voornaam"] == "given_name"
    assert acm.rules.contexts["urn:example:key"] is Means.EID
    assert "urn:example:key" in acm.contexts
    assert ehealth.contexts == ("urn:be:fedict:iam:fas:citizen:Level500",)


def test_metadata_may_stand_in_the_file_itself(folder: Path, pair: KeyPair) -> None:
    """Without a second file."""
    xml = _metadata("acm", pair).decode()
    providers = load(_file(folder, f"[[provider]]\nkey = \"acm\"\nmetadata = '''\n{xml}\n'''\n"))
    assert providers["acm"].entity_id == "https://acm.example.be/idp"


def test_line11_every_signing_certificate_counts(pair: KeyPair) -> None:
    """Roll-over: old and new at once."""
    new = make_pair("New")
    provider = provider_of({"key": "acm"}, _metadata("acm", pair, new.certificate))
    assert provider.certificates == (pair.certificate, new.certificate)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml =",
        '[[provider]]\nkey = "acm"\n',
        '[[provider]]\nkey = "acm"\nmetadata = "none.xml"\n',
        '[[provider]]\nkey = "a/b"\nmetadata = "acm.xml"\n',
        '[[provider]]\nkey = "other"\nmetadata = "acm.xml"\n',
        '[[provider]]\nkey = "acm"\nmetadata = "acm.xml"\ndoor = "back"\n',
        '[[provider]]\nkey = "acm"\nmetadata = "acm.xml"\naccount_key = "NameID"\n',
        '[[provider]]\nkey = "acm"\nmetadata = "acm.xml"\nentity_id = "https://elsewhere"\n',
        '[[provider]]\nkey = "acm"\nmetadata = "acm.xml"\n[provider.attributes]\nx = "made_up"\n',
        '[[provider]]\nkey = "acm"\nmetadata = "acm.xml"\n[provider.means]\nx = "made_up"\n',
        '[[provider]]\nkey = "acm"\nmetadata = "providers.toml"\n',
        '[[provider]]\nkey = "acm"\nmetadata = "acm.xml"\n' * 2,
    ],
)
def test_a_description_that_cannot_be_used_stops_the_start(folder: Path, text: str) -> None:
    """With what is wrong in words."""
    with pytest.raises(IdentityProviderError):
        load(_file(folder, text))


def test_metadata_without_key_or_address(pair: KeyPair) -> None:
    """A provider that cannot be verified or reached is refused."""
    good = _metadata("acm", pair).decode()
    for spoiled in (good.replace('use="signing"', 'use="encryption"'), good.replace("SingleSignOnService", "Other")):
        with pytest.raises(IdentityProviderError):
            provider_of({"key": "acm"}, spoiled.encode())


def test_without_file_and_without_development_nobody_signs_in() -> None:
    """The sign-in page then says that it is not possible."""

    class _Settings:
        identity_providers = None
        development_idp = False

    settings: Any = _Settings()
    assert configured(settings) == {}

"""What an assertion means (E-005, E-006, A-10, A-52) and how access is explained."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access_chain import (
    CONTRACTOR_STEPS,
    DROP_LABELS,
    FACILITY_STEPS,
    AccessFacts,
    explain,
)
from domain.actor import Actor, Side
from domain.identity_providers import ACM, DEFAULT_ALLOWED, EHEALTH, MEANS_LABELS, Means, SignInRules
from domain.permissions import Permission, Role
from domain.role_values import Application, DropReason, KeyKind, normalise_key, read_roles
from domain.sign_in import REFUSAL_MESSAGES, RefusalReason, SignIn, SignInRefused, interpret

Attributes = Mapping[str, str | Sequence[str]]

EID = "urn:be:vlaanderen:authmech:eid"
ITSME = "urn:be:vlaanderen:authmech:itsme"
LEVEL_500 = "urn:be:fedict:iam:fas:citizen:Level500"
HCO = "urn:be:vlaanderen:eloket:1.0:hco-number"
SUBDEPARTMENT = "urn:be:vlaanderen:eloket:1.0:subafdeling"

CONTRACTOR: Attributes = {
    "vo_id": "6f0a5f0e-0000",
    "rrn": "85073000061",
    "given_name": "An",
    "family_name": "Peeters",
    "vo_doelgroepcode": "EA",
    "vo_orgcode": "0999000129",
    "vo_orgnaam": "Wegenbouw Voorbeeld NV",
    "econtracting_rol_3d": ["EContracting-beheerder:0999000129"],
}
FACILITY: Attributes = {
    "urn:be:fgov:person:ssin": "88010100079",
    "urn:be:fgov:person:ssin:ehealth:1.0:givenname": "Sofie",
    "urn:be:fgov:person:ssin:ehealth:1.0:surname": "Maes",
    "urn:be:fgov:kbo-bce:organization:cbe-number": "999000327",
    HCO: "71000012",
    SUBDEPARTMENT: "Voorziening voor welzijn, volksgezondheid en gezin",
    "eloket_rol_3d": ["ELoket-BeheerPrivacygevoeligeGegevens:71000012"],
}
ENTITY: Attributes = {
    "vo_id": "6f0a5f0e-0006",
    "given_name": "Els",
    "family_name": "Claes",
    "vo_doelgroepcode": "GID",
    "vo_orgcode": "OVO009901",
    "eloket_rol_3d": "ELoket-Dossierbeheerder:OVO009901",
}


def contractor(context: str | None = EID, **changes: str | Sequence[str]) -> SignIn:
    return interpret({**CONTRACTOR, **changes}, context, ACM)


def facility(changes: Attributes | None = None, context: str | None = LEVEL_500) -> SignIn:
    return interpret({**FACILITY, **(changes or {})}, context, EHEALTH)


def entity(**changes: str | Sequence[str]) -> SignIn:
    return interpret({**ENTITY, **changes}, EID, ACM)


def why(attributes: Attributes, context: str | None, profile: object = ACM) -> RefusalReason:
    with pytest.raises(SignInRefused) as caught:
        interpret(attributes, context, profile)  # type: ignore[arg-type]
    assert str(caught.value)
    return caught.value.reason


def without(attributes: Attributes, name: str) -> Attributes:
    return {key: value for key, value in attributes.items() if key != name}


# ---------------------------------------------------------------- who and for whom


def test_e1_a_manager_of_a_contractor() -> None:
    session = contractor(ITSME)
    assert (session.side, session.organisation_key, session.roles) == (
        Side.CONTRACTOR,
        "0999000129",
        {Role.EC_BEHEERDER},
    )
    assert (session.account_key_attribute, session.account_key) == ("vo_id", "6f0a5f0e-0000")
    assert (session.name, session.organisation_name, session.means) == (
        "An Peeters",
        "Wegenbouw Voorbeeld NV",
        Means.ITSME,
    )
    assert session.national_number == "85073000061"
    assert session.dropped == ()


def test_e2_a_second_key_gives_nothing_here() -> None:
    session = contractor(econtracting_rol_3d="EContracting-gebruiker:0999000129, 0999000228")
    assert session.roles == {Role.EC_GEBRUIKER}
    assert session.dropped == (DropReason.OTHER_ORGANISATION,)


def test_e3_a10_a_legal_representative_acts_as_manager_of_the_own_enterprise() -> None:
    session = contractor(econtracting_rol_3d=[], wv_orgcode=["999000129", "0999000228"])
    assert (session.roles, session.legal_representative) == ({Role.EC_BEHEERDER}, True)
    assert session.dropped == (DropReason.REPRESENTS_OTHER,)


def test_a_legal_representative_of_another_enterprise_only_gets_nothing() -> None:
    session = contractor(econtracting_rol_3d=[], wv_orgcode="0999000228")
    assert (session.roles, session.legal_representative) == (frozenset(), False)
    assert session.dropped == (DropReason.REPRESENTS_OTHER,)


def test_representing_an_enterprise_means_nothing_outside_it() -> None:
    assert entity(wv_orgcode="0999000129").roles == {Role.EL_DOSSIERBEHEERDER}
    local = entity(vo_doelgroepcode="LB", vo_orgcode="0999000129", wv_orgcode="0999000129")
    assert (local.roles, local.legal_representative) == (frozenset(), False)


def test_e4_a_facility_user_with_both_roles() -> None:
    session = facility({"eloket_rol_3d": [
        "ELoket-BeheerPrivacygevoeligeGegevens:71000012", "ELoket-BeheerFinancieleGegevens:71000012",
    ]})  # fmt: skip
    assert (session.side, session.organisation_key) == (Side.FACILITY, "71000012")
    assert session.roles == {Role.EL_PRIVACY, Role.EL_FINANCIEEL}
    assert (session.account_key_attribute, session.account_key) == ("rrn", "88010100079")
    assert (session.organisation_kind, session.enterprise_number) == (KeyKind.HCO, "0999000327")


def test_e5_e010_one_role_is_one_role() -> None:
    assert facility().roles == {Role.EL_PRIVACY}


@pytest.mark.parametrize(
    ("attribute", "values", "side", "roles"),
    [
        ("eloket_rol_3d", ["ELoket-Dossierbeheerder"], Side.DEPARTMENT, {Role.EL_DOSSIERBEHEERDER}),
        (
            "econtracting_rol_3d",
            ["EContracting-dossierbeheerder", "EContracting-behandelaar", "EContracting-vrijgever"],
            Side.AUTHORITY,
            {Role.EC_AB_DOSSIERBEHEERDER, Role.EC_AB_BEHANDELAAR, Role.EC_AB_VRIJGEVER},
        ),
        ("eloket_rol_3d", ["ELoket-Helpdesk"], Side.HELPDESK, {Role.EL_HELPDESK}),
        ("econtracting_rol_3d", ["EContracting-Helpdesk"], Side.HELPDESK, {Role.EC_HELPDESK}),
    ],
)
def test_e6_e7_e8_a_flemish_entity_sits_where_its_roles_say(
    attribute: str, values: list[str], side: Side, roles: set[Role]
) -> None:
    given_roles = {attribute: [f"{value}:OVO009901" for value in values]}
    session = interpret({**without(ENTITY, "eloket_rol_3d"), **given_roles}, EID, ACM)
    assert (session.side, session.roles) == (side, roles)


def test_roles_of_two_sides_leave_one_side() -> None:
    session = entity(econtracting_rol_3d=["EContracting-vrijgever:OVO009901", "EContracting-helpdesk:OVO009901"])
    assert (session.side, session.roles) == (Side.DEPARTMENT, {Role.EL_DOSSIERBEHEERDER})
    assert session.dropped == (DropReason.OTHER_SIDE, DropReason.OTHER_SIDE)


def test_a09_a_local_authority_has_an_enterprise_number() -> None:
    session = interpret(
        {**without(ENTITY, "eloket_rol_3d"), "vo_doelgroepcode": "LB", "vo_orgcode": "0999000129",
         "econtracting_rol_3d": "EContracting-behandelaar:0999000129"}, EID, ACM,
    )  # fmt: skip
    assert (session.side, session.roles) == (Side.AUTHORITY, {Role.EC_AB_BEHANDELAAR})


def test_somebody_without_a_role_is_let_in() -> None:
    assert interpret(without(FACILITY, "eloket_rol_3d"), LEVEL_500, EHEALTH).roles == frozenset()
    assert interpret(without(CONTRACTOR, "econtracting_rol_3d"), EID, ACM).roles == frozenset()
    assert interpret(without(ENTITY, "eloket_rol_3d"), EID, ACM).roles == frozenset()


def test_roles_of_another_side_give_nothing() -> None:
    session = contractor(
        econtracting_rol_3d="EContracting-vrijgever:0999000129", eloket_rol_3d="ELoket-Dossierbeheerder:0999000129"
    )
    assert (session.roles, set(session.dropped)) == (frozenset(), {DropReason.OTHER_SIDE})


def test_the_door_of_the_facilities_leads_nowhere_else() -> None:
    session = facility({**ENTITY, "eloket_rol_3d": ["ELoket-Dossierbeheerder:71000012", "ELoket-Helpdesk:OVO009901"]})
    assert (session.side, session.roles) == (Side.FACILITY, frozenset())
    flemish = contractor(**{HCO: "71000012", "eloket_rol_3d": "ELoket-BeheerPrivacygevoeligeGegevens:71000012"})
    assert (flemish.side, flemish.organisation_key) == (Side.CONTRACTOR, "0999000129")
    assert Role.EL_PRIVACY not in flemish.roles


# ---------------------------------------------------------------- attributes


def test_13_2_aliases_are_merged_and_unknown_names_ignored() -> None:
    session = interpret(
        {
            "urn:be:vlaanderen:dienstverlening:acmid": ["6f0a5f0e-0000"],
            "vo_id": "6f0a5f0e-0000 ",
            "urn:be:vlaanderen:acm:voornaam": "An",
            "urn:be:vlaanderen:acm:familienaam": "Peeters",
            "mail": "an@example.be",
            "vo_doelgroepcode": ["EA", "EA"],
            "vo_orgcode": "999000129",
            "cot": "x",
            "econtracting_rol_3D": "EContracting-gebruiker:0999000129",
            "econtracting_rol_3d": "EContracting-beheerder:0999000129",
        },
        EID,
        ACM,
    )
    assert (session.account_key, session.name, session.email) == ("6f0a5f0e-0000", "An Peeters", "an@example.be")
    assert session.organisation_key == "0999000129"
    assert session.roles == {Role.EC_BEHEERDER, Role.EC_GEBRUIKER}


def test_13_2_names_of_attributes_are_compared_exactly() -> None:
    changed = {**without(CONTRACTOR, "econtracting_rol_3d"), "EContracting_Rol_3d": "EContracting-beheerder:0999000129"}
    assert interpret(changed, EID, ACM).roles == frozenset()
    assert why({**without(CONTRACTOR, "vo_id"), "VO_ID": "x"}, EID) is RefusalReason.ACCOUNT_KEY_MISSING


def test_13_2_aliases_are_a_setting() -> None:
    profile = replace(ACM, aliases={**ACM.aliases, "urn:nieuw:id": "vo_id"})
    assert interpret({**without(CONTRACTOR, "vo_id"), "urn:nieuw:id": "z"}, EID, profile).account_key == "z"


def test_a_number_of_the_provider_that_is_none_is_not_kept() -> None:
    assert contractor(rrn="85073000060").national_number is None
    assert contractor(rrn=[]).national_number is None


def test_nothing_of_the_person_shows_in_a_log() -> None:
    text = repr(contractor())
    assert not any(secret in text for secret in ("85073000061", "6f0a5f0e", "Peeters"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"vo_id": ""}, RefusalReason.ACCOUNT_KEY_MISSING),
        ({"vo_id": ["a", "b"]}, RefusalReason.ACCOUNT_KEY_INVALID),
        ({"vo_doelgroepcode": ""}, RefusalReason.CAPACITY_UNKNOWN),
        ({"vo_doelgroepcode": "BUR"}, RefusalReason.CAPACITY_UNKNOWN),
        ({"vo_doelgroepcode": "OV"}, RefusalReason.CAPACITY_UNKNOWN),
        ({"vo_doelgroepcode": ["EA", "GID"]}, RefusalReason.CAPACITY_UNKNOWN),
        ({"vo_orgcode": ""}, RefusalReason.ORGANISATION_MISSING),
        ({"vo_orgcode": "OVO009901"}, RefusalReason.ORGANISATION_MISMATCH),
        ({"vo_orgcode": ["0999000129", "0999000228"]}, RefusalReason.ORGANISATION_MISMATCH),
        ({"vo_orgcode": "12"}, RefusalReason.ORGANISATION_MISMATCH),
        ({"vo_doelgroepcode": "GID"}, RefusalReason.ORGANISATION_MISMATCH),
    ],
)
def test_13_4_what_is_missing_or_contradicts_is_refused(changes: dict[str, str], reason: RefusalReason) -> None:
    assert why({**CONTRACTOR, **changes}, EID) is reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"urn:be:fgov:person:ssin": ""}, RefusalReason.ACCOUNT_KEY_MISSING),
        ({"urn:be:fgov:person:ssin": "88010100078"}, RefusalReason.ACCOUNT_KEY_INVALID),
        ({"egovNRN": "85073000061"}, RefusalReason.ACCOUNT_KEY_INVALID),
        ({"urn:be:fgov:person:ssin": "", "vo_id": "x"}, RefusalReason.ACCOUNT_KEY_MISSING),
        ({HCO: ""}, RefusalReason.HCO_NUMBER_MISSING),
        ({HCO: "x"}, RefusalReason.HCO_NUMBER_MISSING),
        ({HCO: ["71000012", "71000023"]}, RefusalReason.ORGANISATION_MISMATCH),
        ({SUBDEPARTMENT: ""}, RefusalReason.SUBDEPARTMENT_WRONG),
        ({SUBDEPARTMENT: "Ziekenhuis"}, RefusalReason.SUBDEPARTMENT_WRONG),
    ],
)
def test_e005_what_a_facility_user_needs(changes: dict[str, str], reason: RefusalReason) -> None:
    assert why({**FACILITY, **changes}, LEVEL_500, EHEALTH) is reason


def test_e005_the_refusal_names_the_choice_to_make_and_nothing_of_the_person() -> None:
    with pytest.raises(SignInRefused, match="Voorziening voor welzijn, volksgezondheid en gezin") as caught:
        facility({SUBDEPARTMENT: "Ziekenhuis"})
    assert caught.value.facts == {"idp": "ehealth", "means": "level_500", "organisation": "71000012"}


# ---------------------------------------------------------------- roles


@pytest.mark.parametrize(
    "value",
    [
        "EContracting-gebruiker:0999000129",
        "econtracting-GEBRUIKER:0999000129",
        "ECONTRACTING-Gebruiker:999000129",
        " EContracting-gebruiker : 0999000129  ",
        "EContracting-gebruiker:0999.000.129",
        "EContracting-gebruiker:0999000228,0999000129",
        "EContracting-gebruiker:0999000228, 0999000129, ",
        "gebruiker:0999000129",
    ],
)
def test_13_3_grammar_of_a_role(value: str) -> None:
    assert Role.EC_GEBRUIKER in contractor(econtracting_rol_3d=value).roles


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("EContracting-gebruiker:0999000228", DropReason.OTHER_ORGANISATION),
        ("EContracting-gebruiker:09990001290", DropReason.OTHER_ORGANISATION),
        ("EContracting-gebruiker:OVO009901", DropReason.OTHER_ORGANISATION),
        ("EContracting-keizer:0999000129", DropReason.UNKNOWN_ROLE),
        ("ELoket-gebruiker:0999000129", DropReason.UNKNOWN_ROLE),
        ("Wegwijs-beheerder:0999000129", DropReason.UNKNOWN_ROLE),
        ("EContracting-gebruiker", DropReason.MALFORMED),
        ("EContracting-gebruiker:", DropReason.MALFORMED),
        (":0999000129", DropReason.MALFORMED),
    ],
)
def test_13_3_a_value_that_gives_nothing_leaves_only_its_kind(value: str, reason: DropReason) -> None:
    session = contractor(econtracting_rol_3d=value)
    assert (session.roles, session.dropped) == (frozenset(), (reason,))


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Beheer privacygevoelige gegevens", Role.EL_PRIVACY),
        ("ELoket-BeheerPrivacygevoeligeGegevens", Role.EL_PRIVACY),
        ("Beheer financiële gegevens", Role.EL_FINANCIEEL),
        ("Beheer financie\u0308le gegevens", Role.EL_FINANCIEEL),
        ("Beheer financiele gegevens", Role.EL_FINANCIEEL),
        ("eloket-BEHEERFINANCIËLEGEGEVENS", Role.EL_FINANCIEEL),
    ],
)
def test_13_4_dutch_labels_with_and_without_diaeresis(label: str, role: Role) -> None:
    assert facility({"eloket_rol_3d": f"{label}:71000012"}).roles == {role}


def test_13_3_keys_are_padded_for_enterprises_only() -> None:
    assert normalise_key("999000129", KeyKind.ENTERPRISE) == "0999000129"
    assert normalise_key("710000121", KeyKind.HCO) == "710000121"
    assert normalise_key(" ovo009901 ", KeyKind.OVO) == "OVO009901"
    assert normalise_key("OVO00990", KeyKind.OVO) is None


@given(st.sampled_from(Application), st.lists(st.text(max_size=40), max_size=5))
def test_13_3_no_value_breaks_the_grammar(application: Application, values: list[str]) -> None:
    read = read_roles(application, values, KeyKind.ENTERPRISE, "0999000129")
    assert len(read.roles) <= len(values)


# ---------------------------------------------------------------- sign-in means


@pytest.mark.parametrize("name", ["eid", "itsme", "csamtotp", "csamsms", "eidashigh", "eidassubstantial"])
def test_13_5_means_for_contractors(name: str) -> None:
    assert contractor(f"urn:be:vlaanderen:authmech:{name}").means in DEFAULT_ALLOWED[Application.ECONTRACTING]


@pytest.mark.parametrize("level", ["400", "450", "500"])
def test_e006_levels_for_facilities(level: str) -> None:
    assert facility(context=f"urn:be:fedict:iam:fas:citizen:Level{level}").side is Side.FACILITY


def test_e006_the_federal_citizen_token_is_for_the_e_loket_only() -> None:
    context = "urn:be:fedict:iam:fas:citizen:token"
    assert facility(context=context).means is Means.CITIZEN_TOKEN
    assert why(CONTRACTOR, context) is RefusalReason.MEANS_NOT_ALLOWED


def test_e006_sms_and_eidas_are_not_for_the_e_loket() -> None:
    for name in ("csamsms", "eidashigh", "eidassubstantial"):
        assert why(ENTITY, f"urn:be:vlaanderen:authmech:{name}") is RefusalReason.MEANS_NOT_ALLOWED


@pytest.mark.parametrize(
    "context", ["urn:be:fedict:iam:fas:servant:token", "urn:be:vlaanderen:authmech:ambtenarentoken"]
)
@pytest.mark.parametrize(("attributes", "profile"), [(FACILITY, EHEALTH), (CONTRACTOR, ACM), (ENTITY, ACM)])
def test_e006_the_civil_servant_token_is_refused(context: str, attributes: Attributes, profile: object) -> None:
    assert why(attributes, context, profile) is RefusalReason.CIVIL_SERVANT_TOKEN


@pytest.mark.parametrize(
    "context",
    [
        "urn:be:vlaanderen:authmech:password",
        "urn:be:vlaanderen:authmech:csampassword",
        "urn:be:vlaanderen:authmech:csamselfreg",
        "urn:be:vlaanderen:authmech:kerberos",
        "urn:be:fedict:iam:fas:citizen:Level300",
        "urn:be:fedict:iam:fas:citizen:Level100",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        "URN:BE:VLAANDEREN:AUTHMECH:EID",
    ],
)
def test_13_5_weak_or_unknown_means_are_refused(context: str) -> None:
    assert why(CONTRACTOR, context) is RefusalReason.MEANS_TOO_WEAK
    assert why(FACILITY, context, EHEALTH) is RefusalReason.MEANS_TOO_WEAK


@pytest.mark.parametrize("context", [None, "", "  "])
def test_13_5_means_that_did_not_come_in_are_refused(context: str | None) -> None:
    assert why(CONTRACTOR, context) is RefusalReason.MEANS_MISSING


def test_13_5_the_lists_are_a_setting() -> None:
    rules = SignInRules(
        contexts={"urn:oud:eid": Means.EID, "urn:token": Means.CIVIL_SERVANT_TOKEN},
        allowed={**DEFAULT_ALLOWED, Application.ELOKET: frozenset({Means.CIVIL_SERVANT_TOKEN})},
        subdepartment="Andere afdeling",
    )
    assert interpret(CONTRACTOR, "urn:oud:eid", ACM, rules).means is Means.EID
    assert interpret({**FACILITY, SUBDEPARTMENT: "andere  afdeling"}, "urn:token", EHEALTH, rules).roles
    with pytest.raises(SignInRefused) as caught:
        interpret(CONTRACTOR, "urn:token", ACM, rules)
    assert caught.value.reason is RefusalReason.CIVIL_SERVANT_TOKEN


# ---------------------------------------------------------------- explanation


def test_e004_a_facility_user_without_a_role_reads_the_six_steps() -> None:
    facts = AccessFacts.of_sign_in(interpret(without(FACILITY, "eloket_rol_3d"), LEVEL_500, EHEALTH))
    told = explain(facts, permission=Permission.STAFF_READ)
    assert told.missing == (Role.EL_PRIVACY,)
    assert told.missing_labels == ("Beheer privacygevoelige gegevens",)
    assert told.steps == FACILITY_STEPS
    assert len(told.steps) == 6
    assert dict(told.received) == {
        "Organisatie": "(71000012)",
        "Rollen": "geen",
        "Aangemeld met": "Digitale sleutel van niveau 500",
    }
    assert told.granted_by is not None


def test_e009_the_other_role_is_what_is_missing() -> None:
    told = explain(AccessFacts.of_sign_in(facility()), permission=Permission.BANK_READ)
    assert told.missing == (Role.EL_FINANCIEEL,)
    assert ("Rollen", "Beheer privacygevoelige gegevens") in told.received


def test_part_4_a_contractor_without_a_role_reads_the_chain() -> None:
    session = contractor(econtracting_rol_3d="EContracting-gebruiker:0999000228")
    told = explain(AccessFacts.of_sign_in(session))
    assert set(told.missing) == {Role.EC_BEHEERDER, Role.EC_GEBRUIKER}
    assert told.steps == CONTRACTOR_STEPS
    assert told.notes == (DROP_LABELS[DropReason.OTHER_ORGANISATION],)


def test_no_role_opens_the_door_of_another_side() -> None:
    told = explain(AccessFacts.of_sign_in(facility()), permission=Permission.BACK_OFFICE)
    assert (told.missing, told.steps, told.granted_by) == ((), (), None)
    assert told.summary == "Deze functie is niet bestemd voor uw organisatie."


def test_who_has_the_role_is_not_sent_to_ask_for_it() -> None:
    told = explain(AccessFacts.of_sign_in(facility()), permission=Permission.STAFF_READ)
    assert (told.missing, told.steps) == ((), ())


def test_the_actor_of_a_session_can_be_explained() -> None:
    actor = Actor(1, Side.FACILITY, "71000012", "PVT De Brug", "Lies Segers", means="level_500")
    told = explain(AccessFacts.of_actor(actor), permission=Permission.STAFF_READ)
    assert ("Organisatie", "PVT De Brug (71000012)") in told.received
    assert told.missing == (Role.EL_PRIVACY,)
    assert AccessFacts.of_actor(replace(actor, means="onbekend")).means is None


@pytest.mark.parametrize("reason", RefusalReason)
def test_every_refusal_can_be_explained(reason: RefusalReason) -> None:
    refused = SignInRefused(reason, {"idp": "ehealth", "means": "eid", "side": "facility"}, subdepartment="x")
    told = explain(AccessFacts.of_refusal(refused), reason=reason)
    assert told.summary == REFUSAL_MESSAGES[reason]
    assert "{" not in told.summary.format(**told.params)
    assert bool(told.steps) is (reason in (RefusalReason.HCO_NUMBER_MISSING, RefusalReason.SUBDEPARTMENT_WRONG))


def test_every_means_has_a_name() -> None:
    assert set(MEANS_LABELS) == set(Means)

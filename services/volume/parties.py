"""The organisations of a volume load with what belongs to them: accounts of people, contacts, bank accounts, staff."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from domain.ecalcura.certificates import CertificateType
from domain.folding import search_text
from domain.organisation import THEME_ECALCURA
from integrations.person_register import RegisteredPerson
from models.organisation import Sector
from services.demo.people import People
from services.volume.plan import CONTRACTS_PER_ORGANISATION, STAFF_PER_ORGANISATION, VolumePlan
from services.volume.writer import Row

_KINDS = {
    Sector.PVT: ("PVT", "Psychiatrisch Verzorgingstehuis"),
    Sector.REVALIDATIE: ("Revalidatiecentrum", "Centrum voor Ambulante Revalidatie"),
    Sector.IBW: ("Beschut Wonen", "Initiatief Beschut Wonen"),
    Sector.MBE: ("Palliatieve Thuisequipe", "Begeleidingsequipe"),
    Sector.CVK3: ("Kortverblijf", "Centrum voor Kortverblijf"),
}
_NAMES = (
    *("De Linde", "Het Anker", "Zonnewende", "De Kade", "Ter Duinen", "Sint-Jozef", "Sint-Elisabeth", "De Vlinder"),
    *("Het Baken", "De Meent", "Ter Eiken", "Morgenster", "De Notelaar", "Overleie", "Het Klaverblad", "De Regenboog"),
    *("Sint-Kamillus", "De Wending", "Hof ter Beke", "De Oever", "Het Kompas", "Ten Berge", "De Bolster", "Waterkant"),
)
_CITIES = (
    *(("9000", "Gent"), ("2000", "Antwerpen"), ("3000", "Leuven"), ("8000", "Brugge"), ("3500", "Hasselt")),
    *(("2800", "Mechelen"), ("8500", "Kortrijk"), ("9300", "Aalst"), ("2300", "Turnhout"), ("3600", "Genk")),
    *(("8800", "Roeselare"), ("9100", "Sint-Niklaas"), ("8400", "Oostende"), ("1800", "Vilvoorde"), ("3300", "Tienen")),
)
_CARERS = ("ZORGKUNDIGE", "ERGOTHERAPEUT", "MAATSCHAPPELIJK_ASSISTENT", "PSYCHOLOOG", "KINESITHERAPEUT")
_NURSES = ("VERPLEEGKUNDIGE_BACHELOR", "VERPLEEGKUNDIGE_GEGRADUEERDE")
_OTHERS = ("OPVOEDER", "ANDERE_A1", "ANDERE_A2", "ANDERE_A3")
_HOURS = (3800, 3800, 3800, 3040, 2850, 1900)
_STREETS = ("Kerkstraat", "Stationsstraat", "Molenweg", "Nieuwstraat", "Dorpsplein", "Lindelaan")

FIRST_HCO_NUMBER = 80_000_001

FACILITY = (
    *("id", "hco_number", "name", "search_text", "sector", "enterprise_number", "street", "house_number"),
    *("postal_code", "city", "phone", "email", "entry_from", "version"),
)
STAFF = (
    *("id", "reference", "facility_id", "national_number", "last_name", "first_name", "search_name", "birth_date"),
    *("sex", "source", "version"),
)
CONTRACT = (
    *("id", "reference", "staff_member_id", "facility_id", "starts_on", "ends_on", "contract_type_code"),
    *("qualification_code", "hours", "replacement_hours", "el_right", "source", "version"),
)
CHOICE = (
    *("id", "reference", "staff_member_id", "facility_id", "decided_on", "begins_on", "ends_on", "age_category"),
    *("premium_hours", "exemption_hours", "premium_exception", "version"),
)
CONTACT = ("id", "reference", "facility_id", "last_name", "first_name", "email", "version")
THEME = ("contact_person_id", "theme")
ACCOUNT = (
    *("id", "reference", "facility_id", "iban", "holder", "street", "house_number", "postal_code", "city"),
    *("is_default", "valid_from", "made_by", "version"),
)
CERTIFICATE = ("id", "reference", "facility_id", "kind", "starts_on", "notified_at", "notified_by", "version")


def hco_number(place: int) -> str:
    """The HCO number of the facility at a place."""
    return str(FIRST_HCO_NUMBER + place)


def facilities(plan: VolumePlan, first: int) -> Iterator[Row]:
    """The facilities; those of one organisation share its enterprise number."""
    sectors = tuple(_KINDS)
    for place in range(plan.facilities):
        draw, owner = plan.draw("facility", place), place % plan.organisations
        sector = sectors[draw % 5]
        postal_code, city = _CITIES[(draw >> 9) % len(_CITIES)]
        name = f"{_KINDS[sector][(draw >> 3) % 2]} {_NAMES[(draw >> 14) % len(_NAMES)]} {city}"
        if place >= len(_NAMES):
            name = f"{name} {1 + place // len(_NAMES)}"
        enterprise_number = _enterprise_number(owner)
        number = hco_number(place)
        yield (
            *(first + place, number, name, search_text(name, city, number, enterprise_number), sector.value),
            *(enterprise_number, _STREETS[draw % 6], str(1 + draw % 180), postal_code, city, "02 553 00 00"),
            *(f"info@voorziening{place + 1}.example.be", str(plan.quarters[0]), 1),
        )


def _enterprise_number(owner: int) -> str:
    base = f"{1_990_000 + owner:08d}" if owner < 10_000 else f"{20_000_000 + owner:08d}"
    return f"{base}{97 - int(base) % 97:02d}"


def contacts(plan: VolumePlan, first: int, first_facility: int) -> Iterator[Row]:
    """Two contact persons for every facility."""
    for place in range(plan.facilities):
        for beside in range(2):
            key = 2 * place + beside
            draw = Random(f"{plan.seed} contact {key}")  # noqa: S311 - measuring data
            person = People().born(date(1960 + draw.randrange(40), 1 + draw.randrange(12), 15), draw)
            address = f"contact{beside + 1}@voorziening{place + 1}.example.be"
            names = person.last_name, person.first_name
            yield (first + key, _reference(draw), first_facility + place, *names, address, 1)


def themes(plan: VolumePlan, first_contact: int) -> Iterator[Row]:
    """The first of the two is told about eCalcura."""
    return ((first_contact + 2 * place, THEME_ECALCURA) for place in range(plan.facilities))


def accounts(plan: VolumePlan, first: int, first_facility: int, at: str) -> Iterator[Row]:
    """A default bank account for every facility."""
    for place in range(plan.facilities):
        draw = Random(f"{plan.seed} account {place}")  # noqa: S311 - measuring data
        base = f"{9_800_000_000 + place:010d}"
        number = f"{base}{int(base) % 97 or 97:02d}"
        iban = f"BE{98 - int(number + '111400') % 97:02d}{number}"
        owner = f"Voorziening {place + 1} vzw"
        address = _STREETS[place % 6], "1", "9000", "Gent"
        yield (first + place, _reference(draw), first_facility + place, iban, owner, *address, True, at, "", 1)


def certificates(plan: VolumePlan, first: int, first_facility: int, at: str) -> Iterator[Row]:
    """Both certificates for every facility, since 2000."""
    for place in range(plan.facilities):
        for beside, kind in enumerate(CertificateType):
            key = 2 * place + beside
            draw = Random(f"{plan.seed} certificate {key}")  # noqa: S311 - measuring data
            owner = first_facility + place
            yield (first + key, _reference(draw), owner, kind.value, "2000-01-01", at, "Kim Voorbeeld", 1)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _reference(draw: Random) -> str:
    return f"{draw.getrandbits(64):016x}"


class Staff:
    """The staff of every organisation. The keys of the contracts of one organisation follow one another."""

    def __init__(self, plan: VolumePlan, first_facility: int, keys: tuple[int, int, int]) -> None:
        self.plan, self._first_facility = plan, first_facility
        self._first_staff, self._first_contract, self._first_choice = keys

    def members(self) -> Iterator[Row]:
        """The people."""
        key = self._first_staff
        for owner in range(self.plan.organisations):
            for person in self._people(owner):
                draw = Random(f"{self.plan.seed} member {key}")  # noqa: S311 - measuring data
                yield (
                    *(key, _reference(draw), self._first_facility + owner, person.national_number, person.last_name),
                    *(person.first_name, search_text(person.last_name, person.first_name), _day(person.birth_date)),
                    *(person.sex, "RIJKSREGISTER", 1),
                )
                key += 1

    def _people(self, owner: int) -> Iterator[RegisteredPerson]:
        draw = Random(f"{self.plan.seed} people {owner}")  # noqa: S311 - measuring data
        people, today = People(), self.plan.now.date()
        for _ in range(STAFF_PER_ORGANISATION):
            born = today - timedelta(days=draw.randrange(22 * 365, 65 * 365))
            yield people.born(born, draw, woman=draw.random() < 0.75)

    def contracts(self) -> Iterator[Row]:
        """A contract for everybody and a second one for some; running since before the portal, or shorter."""
        key = self._first_contract
        for owner in range(self.plan.organisations):
            draw = Random(f"{self.plan.seed} contracts {owner}")  # noqa: S311 - measuring data
            for place in range(CONTRACTS_PER_ORGANISATION):
                member = self._first_staff + owner * STAFF_PER_ORGANISATION + place % STAFF_PER_ORGANISATION
                second = place >= STAFF_PER_ORGANISATION
                hours = 950 if second else draw.choice(_HOURS)
                kind = draw.choices(("nurse", "carer", "other"), (40, 45, 15))[0]
                code = draw.choice({"nurse": _NURSES, "carer": _CARERS, "other": _OTHERS}[kind])
                starts_on = date(1998, 1, 1) + timedelta(days=draw.randrange(27 * 365))
                ends_on = starts_on + timedelta(days=draw.randrange(200, 9000)) if draw.random() < 0.1 else None
                replacement = draw.choice((0, 0, 0, 380, min(hours, 760)))
                yield (
                    *(key, _reference(draw), member, self._first_facility + owner, _day(starts_on), _day(ends_on)),
                    *("LOONTREKKENDE", code, hours, replacement, kind != "other", "RAAS", 1),
                )
                key += 1

    def choices(self) -> Iterator[Row]:
        """A premium or an exemption for every other member who is old enough."""
        key, member = self._first_choice, self._first_staff
        for owner in range(self.plan.organisations):
            draw = Random(f"{self.plan.seed} choices {owner}")  # noqa: S311 - measuring data
            for person in self._people(owner):
                born = person.birth_date
                age = (self.plan.now.date() - born).days // 365 if born else 0
                if born is not None and age >= 46 and draw.random() < 0.75:
                    category, hours = ("55+", 6) if age >= 56 else ("50+", 4) if age >= 51 else ("45+", 2)
                    begins_on = date(born.year + int(category[:2]), born.month, 1)
                    premium = draw.random() < 0.5
                    yield (
                        *(
                            key,
                            _reference(draw),
                            member,
                            self._first_facility + owner,
                            _day(begins_on),
                            _day(begins_on),
                            None,
                        ),
                        *(category, hours if premium else 0, 0 if premium else hours, False, 1),
                    )
                    key += 1
                member += 1

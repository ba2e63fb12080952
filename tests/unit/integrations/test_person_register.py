"""The embedded person register: synthetic, steady, with people it does not give."""

from __future__ import annotations

from datetime import date

import pytest

from integrations.person_register import Answer, EmbeddedRegister, embedded_register, register_of
from tests.factories.numbers import national_number

REGISTER = embedded_register()


def test_the_same_number_is_always_the_same_person() -> None:
    number = national_number(date(1965, 11, 20), 997)
    assert REGISTER.find(number) == EmbeddedRegister().find(number)


def test_sex_and_birth_date_follow_from_the_number() -> None:
    _, man = REGISTER.find(national_number(date(1965, 11, 20), 997))
    _, woman = REGISTER.find(national_number(date(2001, 5, 20), 998))
    assert man is not None
    assert woman is not None
    assert (man.sex, man.birth_date) == ("M", date(1965, 11, 20))
    assert (woman.sex, woman.birth_date) == ("F", date(2001, 5, 20))
    assert man.last_name
    assert man.first_name


def test_the_names_differ_from_person_to_person() -> None:
    found = {REGISTER.find(national_number(date(1970, 1, 1), serial))[1] for serial in range(1, 101)}
    assert len({(person.first_name, person.last_name) for person in found if person}) > 90


@pytest.mark.parametrize(
    ("serial", "answer"), [(996, Answer.UNKNOWN), (995, Answer.PROTECTED), (994, Answer.FOUND), (997, Answer.FOUND)]
)
def test_some_people_are_not_given(serial: int, answer: Answer) -> None:
    given, person = REGISTER.find(national_number(date(1970, 3, 14), serial))
    assert given is answer
    assert (person is not None) is (answer is Answer.FOUND)


def test_v06_an_incomplete_birth_date() -> None:
    _, person = REGISTER.find(national_number(date(1970, 3, 14), 994))
    assert person is not None
    assert person.birth_date is None


@pytest.mark.parametrize("number", ["", "x", "65112099738", "651120997"])
def test_what_is_no_number_is_unknown(number: str) -> None:
    assert REGISTER.find(number) == (Answer.UNKNOWN, None)


def test_a_person_does_not_show_in_a_log_by_accident() -> None:
    _, person = REGISTER.find(national_number(date(1970, 3, 14), 998))
    assert repr(person) == "RegisteredPerson()"


def test_another_register_is_plugged_in_by_its_factory() -> None:
    assert isinstance(register_of(None), EmbeddedRegister)
    assert isinstance(register_of("embedded"), EmbeddedRegister)
    assert isinstance(register_of("integrations.person_register:EmbeddedRegister"), EmbeddedRegister)
    with pytest.raises(ImportError):
        register_of("no_such_module:factory")

"""Telephone numbers, incubators and addresses: all there, and each as its clause prints it."""

from __future__ import annotations

import re

import pytest

DIRECTORIES = ["employment", "archives", "migrant", "startup", "insurance", "training", "gig"]
PLACES = ["xam", "wlht", "aes", "kyqq", "kyzq", "zltq", "tqx"]

INCUBATORS_BY_PLACE = {"wlht": 5, "kyqq": 4, "tqx": 2, "zltq": 1, "kyzq": 2, "aes": 1}

HOTLINES = {
    "recruitment": ["0482-8220410", "0482-8836000"],
    "training_centre": ["0482-8316518", "0482-8316516"],
    "incubator_investment": ["0482-8513233", "0482-8238613"],
    "archive_receipt": ["0482-8266160"],
}


def digits(text):
    return re.sub(r"\D", "", text)


def numbers_in(text):
    """The numbers of a printed row as ten or eleven digits; `0482—8513233/8238613` gives the area code once for both."""
    area = re.search(r"0\d{3}(?=[-—])", text)
    found = set(re.findall(r"(?<!\d)1\d{10}(?!\d)", text))
    return found | {(area[0] if area else "") + local for local in re.findall(r"(?<!\d)[2-8]\d{6}(?!\d)", text)}


def every_phone(knowledge):
    yield from (phone for table in knowledge.directories.values() for phone in table.phones.values())
    yield from (phone for hotline in knowledge.hotlines.values() for phone in hotline.phones)
    yield from (incubator.phone for incubator in knowledge.incubators)


def test_there_are_seven_directories(knowledge):
    assert list(knowledge.directories) == DIRECTORIES


def test_there_are_seven_places(knowledge):
    assert list(knowledge.places) == PLACES


@pytest.mark.parametrize("directory", DIRECTORIES)
def test_a_directory_has_a_number_for_every_place(knowledge, directory):
    assert list(knowledge.directories[directory].phones) == PLACES


def test_every_number_stands_in_its_printed_clause(knowledge):
    for phone in every_phone(knowledge):
        assert digits(phone.number) in numbers_in(knowledge.clauses[phone.clause].printed), phone


def test_every_number_of_a_table_stands_in_the_row_of_its_place(knowledge):
    for table in knowledge.directories.values():
        for place, phone in table.phones.items():
            assert phone.clause.endswith("-" + place)
            assert knowledge.clauses[phone.clause].text.startswith(knowledge.places[place].office)


def test_every_printed_number_can_be_found_by_place_or_name(knowledge):
    """No printed number is lost: each is in a table, a hotline or an incubator."""
    known = {digits(phone.number) for phone in every_phone(knowledge)}
    printed = {n for clause in knowledge.clauses.values() for n in numbers_in(clause.text)}
    assert printed == known


def test_every_area_number_has_eight_digits_behind_the_league_s_code(knowledge):
    for phone in every_phone(knowledge):
        assert re.fullmatch(r"0482-\d{7}|1[3-9]\d{9}", phone.number), phone


def test_every_number_says_when_it_was_last_checked(knowledge):
    assert all(phone.checked.year >= 2022 for phone in every_phone(knowledge))


def test_there_are_fifteen_incubators(knowledge):
    assert len(knowledge.incubators) == 15
    counts = {}
    for incubator in knowledge.incubators:
        counts[incubator.phone.place] = counts.get(incubator.phone.place, 0) + 1
    assert counts == INCUBATORS_BY_PLACE


def test_an_incubator_is_named_and_classed_as_printed(knowledge):
    for incubator in knowledge.incubators:
        assert f"{incubator.name}（{incubator.kind}）" in knowledge.clauses[incubator.phone.clause].text


def test_the_incubator_whose_name_runs_over_two_lines_is_one(knowledge):
    (park,) = [i for i in knowledge.incubators if i.phone.number == "18104828800"]
    assert park.name == "兴安职业技术学院-创新创业学院电子商务孵化园"


@pytest.mark.parametrize(("hotline", "numbers"), HOTLINES.items())
def test_a_hotline_has_its_printed_numbers(knowledge, hotline, numbers):
    assert [phone.number for phone in knowledge.hotlines[hotline].phones] == numbers


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("office_da", "乌兰浩特市乌兰西大街10号"),
        ("office", "乌兰浩特市乌兰西街10号"),
        ("archive", "乌兰浩特市乌兰西街10号副4号"),
        ("fair", "盟民生大厦一层"),
    ],
)
def test_each_printed_form_of_an_address_is_kept_where_it_stands(knowledge, id, text):
    address = knowledge.addresses[id]
    assert text in address.text
    assert address.text in knowledge.clauses[address.clause].text


def test_both_readings_of_the_two_similar_numbers_stand(knowledge):
    assert knowledge.directories["migrant"].phones["xam"].number == "0482-8238631"
    assert knowledge.directories["startup"].phones["xam"].number == "0482-8238613"


def test_every_website_is_printed_in_its_clause(knowledge):
    for service in knowledge.online.values():
        assert service.address in knowledge.clauses[service.clause].text


def test_the_general_line_is_one_of_the_tables(knowledge):
    assert knowledge.general_phone() in knowledge.directories["employment"].phones.values()

"""Corrections of the print (NOTES.md): the reading is shown, the printed words are kept, the evidence stands beside them."""

from __future__ import annotations

import pytest
import yaml

# clause, printed, reading
NOTES = [
    ("zpfw-tel-aes", "科尔沁右翼前旗", "阿尔山市"),
    ("zpfw-tel-kyqq", "科右中旗", "科右前旗"),
    ("zpfw-tel-kyzq", "科右后旗", "科右中旗"),
    ("gxby-12-4-1", "高校2年内高校毕业生", "离校2年内高校毕业生"),
    ("nmmg-8-3", "信用联社（乡村）", "信用社区（乡村）"),
    ("nmmg-8-3", "经落实守信的二次创业者", "诚实守信的二次创业者"),
    ("nmmg-9-1", "返乡返乡", "返乡"),
    ("nmmg-9-2", "印花减免", "印花税减免"),
    ("nmmg-12-2-6", "有安记录", "有关凭证"),
    ("nmmg-23", "调解解释", "司法解释"),
    ("jnpx-2-4-2", "每人人均1500元", "每人1500元"),
    ("sybx-4-1-1", "以工作代偿培训", "以工作代替培训"),
    ("cyfw-1-4-2b", "150BP=1.5，250BP=2.5", "150BP=1.5%，250BP=2.5%"),
    ("cyfw-2-4-2b", "150BP=1.5，250BP=2.5", "150BP=1.5%，250BP=2.5%"),
]

UNCLEAR = [
    ("gxby-12-6-2", "补贴标准提高至60%"),
    ("nmmg-10-2", "前两年免租，第三年减半，第三年起1/3"),
]

GIG_ROWS = [
    ("zpfw-tel-aes", "阿尔山市人力资源和就业服务中心", "0482-2773006"),
    ("zpfw-tel-kyqq", "科右前旗人力资源和就业服务中心", "0482-8398586"),
    ("zpfw-tel-kyzq", "科右中旗人力资源和就业服务中心", "0482-4121037"),
]


@pytest.mark.parametrize(("id", "printed", "reading"), NOTES)
def test_the_reading_is_shown(knowledge, id, printed, reading):
    text = knowledge.clauses[id].text
    assert reading in text
    assert printed not in text.replace(reading, "")


@pytest.mark.parametrize(("id", "printed", "reading"), NOTES)
def test_the_printed_words_are_kept(knowledge, id, printed, reading):
    assert printed in knowledge.clauses[id].printed


@pytest.mark.parametrize(("id", "printed"), UNCLEAR)
def test_an_unclear_passage_is_quoted_as_printed_and_sends_to_the_phone(knowledge, id, printed):
    clause = knowledge.clauses[id]
    (correction,) = clause.corrections
    assert (correction.kind, correction.reading) == ("open", None)
    assert printed in clause.text == clause.printed
    assert "核实" in correction.says


@pytest.mark.parametrize(("id", "office", "number"), GIG_ROWS)
def test_the_slipped_rows_of_the_gig_table_read_right(knowledge, id, office, number):
    assert knowledge.clauses[id].text.split() == [office, number]


def test_every_row_of_the_errata_is_applied_to_its_clause(knowledge, settings):
    rows = yaml.safe_load((settings.knowledge / "errata.yml").read_text(encoding="utf-8"))
    for row in rows:
        clause = knowledge.clauses[row["clause"]]
        assert row["printed"] in clause.printed
        assert row["printed"] in [correction.printed for correction in clause.corrections]
        if "reading" in row:
            assert row["reading"] in clause.text


def test_every_correction_has_evidence(knowledge):
    corrections = [c for clause in knowledge.clauses.values() for c in clause.corrections]
    assert corrections
    assert not [c.clause for c in corrections if len(c.evidence) < 4]


def test_a_clause_without_correction_reads_as_printed(knowledge):
    assert not [c.id for c in knowledge.clauses.values() if not c.corrections and c.text != c.printed]


def test_the_printed_words_of_the_brochures_are_never_edited(knowledge, settings):
    source = (settings.knowledge / "source/printed_2022-09.txt").read_text(encoding="utf-8")
    assert all(printed in source for _, printed, _ in NOTES if printed != "每人人均1500元")
    assert "人均1500元" in source

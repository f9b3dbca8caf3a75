"""A citation is built from a clause id: it resolves, and what it quotes is printed."""

from __future__ import annotations

from bot.answering import Status

ANSWERS = (Status.ANSWERED, Status.ANSWERED_EXPIRED, Status.ANSWERED_NOT_YET, Status.ANSWERED_CONTACT)


def verbatim(quote, text):
    """The whole clause, or its beginning followed by …"""
    return quote == text or (quote.endswith("…") and text.startswith(quote[:-1]) and len(quote) > 4)


def test_every_citation_resolves_to_a_stored_clause(knowledge, answered, tapped):
    ids = {citation.clause for row in [*answered, *tapped] for citation in row.reply.citations}
    assert ids <= set(knowledge.clauses)


def test_every_quote_is_the_clause_word_for_word(knowledge, answered, tapped):
    for row in [*answered, *tapped]:
        for citation in row.reply.citations:
            assert verbatim(citation.quote, knowledge.clauses[citation.clause].text)


def test_every_quoted_line_is_a_citation(answered, tapped):
    for row in [*answered, *tapped]:
        quotes = {citation.quote for citation in row.reply.citations}
        for paragraph in row.reply.paragraphs:
            if paragraph.kind == "quote":
                assert set(paragraph.text.split("\n")) <= quotes


def test_every_answer_cites(answered, tapped):
    assert not [row.asked for row in [*answered, *tapped] if row.reply.status in ANSWERS and not row.reply.citations]


def test_every_policy_answer_quotes_and_names_its_source(answered, tapped):
    for row in [*answered, *tapped]:
        if row.reply.status in ANSWERS[:3]:
            kinds = {paragraph.kind for paragraph in row.reply.paragraphs}
            assert {"quote", "source"} <= kinds, row.asked


def test_a_source_names_brochure_and_month(answered):
    for row in answered:
        for paragraph in row.reply.paragraphs:
            if paragraph.kind == "source":
                assert paragraph.text.startswith("《")
                assert paragraph.text.endswith("（2022年9月）")


def test_a_citation_names_brochure_section_and_month(knowledge, answered):
    for row in answered:
        for citation in row.reply.citations:
            clause = knowledge.clauses[citation.clause]
            assert citation.brochure == knowledge.brochures[clause.brochure].title
            assert citation.section
            assert citation.issued == "2022年9月"


def test_every_clause_can_be_quoted(knowledge, tapped):
    quoted = {citation.clause for row in tapped for citation in row.reply.citations}
    assert {clause.id for clause in knowledge.clauses.values() if not clause.is_heading} <= quoted


def test_no_clause_is_cited_twice_in_one_reply(answered, tapped):
    for row in [*answered, *tapped]:
        ids = [(citation.clause, citation.quote) for citation in row.reply.citations]
        assert len(ids) == len(set(ids)), row.asked


def test_a_refusal_of_what_is_not_covered_quotes_nothing(answered):
    for row in answered:
        if row.reply.status in (Status.REFUSED_NOT_COVERED, Status.REFUSED_OUT_OF_SCOPE, Status.REFUSED_UNSURE):
            assert not row.reply.citations
            assert "quote" not in {paragraph.kind for paragraph in row.reply.paragraphs}

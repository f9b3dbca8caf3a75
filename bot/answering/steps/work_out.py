"""Calculators: a question with numbers is worked out from the printed figures, or asked for what is missing."""

from __future__ import annotations

from dataclasses import replace

from bot.answering import contacts
from bot.answering.reply import Paragraph, Reply, Status
from bot.answering.steps import validity
from bot.answering.turn import Turn
from bot.calculators import Inputs, Question, Result, calculate, read, recognise

_QUOTED = 2  # clauses quoted under a result


def run(turn: Turn) -> Reply | None:
    """Work out what is asked, or take the message as the number that was asked for."""
    if turn.choice:
        return None
    calculators = turn.kit.calculators
    named = recognise(calculators, turn.read.text)
    earlier = _earlier(turn)
    if named:
        inputs = read(calculators[named], turn.read.text)
    elif earlier and earlier.asked:
        inputs = read(calculators[earlier.calculator], turn.read.text, earlier.asked)
        if not inputs.values:
            return None
        inputs = earlier.joined(inputs)
    else:
        return None
    found = calculate(calculators[inputs.calculator], inputs)
    if isinstance(found, Question):
        return _ask(turn, replace(inputs, asked=found.input), found)
    return _say(turn, inputs, found)


def _earlier(turn: Turn) -> Inputs | None:
    state = turn.context.calculation
    return Inputs.from_json(state) if state and state["calculator"] in turn.kit.calculators else None


def _ask(turn: Turn, inputs: Inputs, question: Question) -> Reply:
    context = replace(turn.context, place=turn.place, calculation=inputs.to_json(), pending=(), pending_kind=None)
    cited = tuple(contacts.cite(turn.knowledge, id) for id in question.clauses)
    said = (*turn.opening(), Paragraph("ask", question.says))
    return Reply(Status.CALCULATION_ASKING, said, citations=cited, context=context)


def _say(turn: Turn, inputs: Inputs, result: Result) -> Reply:
    knowledge = turn.knowledge
    topic = knowledge.clauses[result.clauses[0]].topic if result.clauses else knowledge.county.starters[0]
    phones = contacts.of_topic(knowledge, topic, turn.place)
    said = [Paragraph("lead", result.first_line)]
    if result.working:
        said.append(Paragraph("remark", "\n".join(result.working)))
    said += [Paragraph("remark", note) for note in result.notes]
    quoted = [knowledge.clauses[id].text for id in result.clauses[:_QUOTED]]
    if quoted:
        said.append(Paragraph("quote", "\n".join(quoted)))
    turn.citations = [contacts.cite(knowledge, id) for id in result.clauses]
    turn.main = result.clauses[:1]
    validity.run(turn)
    said += [Paragraph("contact", contacts.line(turn.kit, phone)) for phone in phones]
    context = replace(
        turn.context,
        place=turn.place,
        topic=topic,
        main=result.clauses[0] if result.clauses else None,
        directory=knowledge.topics[topic].directory,
        question=turn.read.core,
        calculation=replace(inputs, asked=None).to_json(),
        pending=(),
        pending_kind=None,
    )
    cited = (*turn.citations, *(contacts.citation(knowledge, phone) for phone in phones))
    return Reply(
        Status.CALCULATED,
        (*turn.opening(), *turn.notices, *said, *turn.remarks),
        tuple(dict.fromkeys(cited)),
        phones,
        context=context,
    )

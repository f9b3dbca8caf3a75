"""Calculators: a question with numbers, or a filled form, is worked out from the printed figures, or asked for what is
missing; a list of them, and each as an empty form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.answering import contacts
from bot.answering.reply import Context, Paragraph, Reply, Status, Suggestion
from bot.answering.steps import validity
from bot.answering.turn import Turn
from bot.calculators import (
    FormFault,
    Inputs,
    Question,
    Result,
    calculate,
    fill,
    form_of,
    opening,
    read,
    recognise,
)

_QUOTED = 2  # clauses quoted under a result


def run(turn: Turn) -> Reply | None:
    """Work out what is asked, or take the message as the number that was asked for."""
    if turn.message.form is not None:
        return _filled(turn, turn.message.form)
    kind, _, rest = (turn.choice or "").partition(":")
    if kind == "calculators":
        return _list(turn, more=rest == "more")
    if kind == "calculator":
        return _open(turn, rest)
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
    return _worked_out(turn, inputs)


def _earlier(turn: Turn) -> Inputs | None:
    state = turn.context.calculation
    return Inputs.from_json(state) if state and state["calculator"] in turn.kit.calculators else None


def _list(turn: Turn, more: bool) -> Reply:
    """The calculators that people use most, or all others."""
    listed = [each for each in turn.kit.calculators.values() if each.menu != more]
    offered = [Suggestion(each.name, f"calculator:{each.id}") for each in listed]
    if not more:
        offered.append(Suggestion(turn.kit.say("button_more"), "calculators:more"))
    offered += _resume(turn)
    key = "calculators_more" if more else "calculators"
    reply = turn.plain(Status.CALCULATION_ASKING, key, tuple(offered), "calculators")
    return replace(reply, context=_resting(reply.context))


def _open(turn: Turn, id: str) -> Reply:
    """An empty form, and its first question for those who would rather say it."""
    calculator = turn.kit.calculators[id]
    question = opening(calculator)
    says = turn.kit.say("form_open", name=calculator.name) + question.says
    reply = _ask(turn, Inputs(id, asked=question.input), replace(question, says=says))
    return replace(reply, suggestions=tuple(_resume(turn)), context=_resting(reply.context))


def _resting(context: Context) -> Context:
    """A check that is under way rests while its person looks for something to work out."""
    return replace(context, check={**context.check, "paused": True}) if context.check else context


def _resume(turn: Turn) -> list[Suggestion]:
    check = turn.context.check
    resting = check is None or (check["paused"] and not check["asking"])  # the latter has its verdict
    return [] if resting else [Suggestion(turn.kit.say("button_resume"), "resume")]


def _filled(turn: Turn, form: Mapping[str, Any]) -> Reply:
    """Work out a filled form; what cannot be read is asked again, beside what could."""
    id = form.get("calculator")
    calculator = turn.kit.calculators.get(id) if isinstance(id, str) else None
    if calculator is None:
        return _list(turn, more=False)
    try:
        inputs = fill(calculator, form.get("values") or {})
    except FormFault as fault:
        return _ask(turn, fault.told, Question(fault.told.asked or "", str(fault)))
    return _worked_out(turn, inputs) if inputs.values else _open(turn, calculator.id)


def _worked_out(turn: Turn, inputs: Inputs) -> Reply:
    found = calculate(turn.kit.calculators[inputs.calculator], inputs)
    if isinstance(found, Question):
        return _ask(turn, replace(inputs, asked=found.input), found)
    return _say(turn, replace(inputs, asked=None), found)


def _ask(turn: Turn, inputs: Inputs, question: Question) -> Reply:
    context = replace(turn.context, place=turn.place, calculation=inputs.to_json(), pending=(), pending_kind=None)
    cited = tuple(contacts.cite(turn.knowledge, id) for id in question.clauses)
    said = (*turn.opening(), Paragraph("ask", question.says))
    form = form_of(turn.kit.calculators[inputs.calculator], inputs)
    return Reply(Status.CALCULATION_ASKING, said, citations=cited, form=form, context=context)


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
        calculation=inputs.to_json(),
        pending=(),
        pending_kind=None,
    )
    cited = (*turn.citations, *(contacts.citation(knowledge, phone) for phone in phones))
    return Reply(
        Status.CALCULATED,
        (*turn.opening(), *turn.notices, *said, *turn.remarks),
        tuple(dict.fromkeys(cited)),
        phones,
        form=form_of(turn.kit.calculators[inputs.calculator], inputs),
        context=context,
    )

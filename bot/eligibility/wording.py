"""Conditions in words, the same for the command line, the document of all schemes and the pages."""

from __future__ import annotations

from dataclasses import dataclass

from bot.knowledge import Knowledge
from bot.knowledge.schemes import Group, Leaf

_NEEDS = {"all": "都要满足", "any": "满足一项就行", "none": "有一项就不行"}


@dataclass(frozen=True)
class Line:
    """A condition in words: what it asks for or the name of a group, its clause, what the text leaves open about it.

    A group has `parts` and says how many of them it `needs`; its name may be empty.
    """

    says: str
    clause: str
    open_says: str = ""
    needs: str = ""
    parts: tuple[Line, ...] = ()

    @property
    def text(self) -> str:
        """What is said, and how many of the parts are needed."""
        return "：".join(part for part in (self.says, self.needs) if part)


def in_words(condition: Leaf | Group) -> Line:
    """The tree of a condition as it was written."""
    if isinstance(condition, Leaf):
        return Line(condition.says, condition.clause, condition.open_says)
    parts = tuple(in_words(part) for part in condition.parts)
    return Line(condition.name, condition.clause, needs=_NEEDS[condition.kind], parts=parts)


def compact(line: Line) -> Line:
    """The same in fewer lines: what is said twice once, a few plain conditions of one clause in one sentence."""
    parts = tuple(dict.fromkeys(compact(part) for part in line.parts))
    plain = bool(parts) and not any(part.parts or part.open_says for part in parts)
    one_clause = len({part.clause for part in parts}) == 1
    if plain and one_clause and line.needs == _NEEDS["all"] and (not line.says or len(parts) == 1):
        says = "，并且".join(part.says for part in parts)
        return Line(f"{line.says}：{says}" if line.says else says, parts[0].clause)
    return Line(line.says, line.clause, line.open_says, line.needs, parts)


def occasion(condition: Leaf | Group, knowledge: Knowledge) -> str:
    """When something is needed, in a few words: the condition's own, or the fact it tests where it only repeats its clause."""
    if isinstance(condition, Group):
        between = "，或者" if condition.kind == "any" else "，并且"
        return between.join(occasion(part, knowledge) for part in condition.parts)
    if condition.fact and condition.says == knowledge.clauses[condition.clause].text and len(condition.tests) == 1:
        operator, value = condition.tests[0]
        if value is True:
            return condition.fact
        if operator == "one_of":
            return f"{condition.fact}为{'、'.join(value)}"
    return condition.says

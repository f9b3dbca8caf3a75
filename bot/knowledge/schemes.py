"""Schemes and facts as data: what one may apply for, on what conditions, and what may be asked of a person or a firm.

A condition is a tree: `all`, `any` and `none` groups over leaves; a leaf tests one fact, or the day itself. Read from
knowledge/facts.yml and knowledge/schemes/*.yml; docs/eligibility.md shows the form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from .model import Clause, Topic
from .reader import Key, Kinds, Reader

NOT_APPLICABLE = "不适用"  # a stated value: the question does not arise (离校月数 of someone who never studied)
Value = bool | Decimal | str | date
TYPES = ("yesno", "number", "choice", "date")
MEASURES = ("age", "months", "years", "people", "money", "percent", "times", "count")
_LIMITS = ("at_least", "at_most", "more_than", "less_than")
_DAYS = ("from", "until")
_OPERATORS: Mapping[str, tuple[str, ...]] = {
    "yesno": ("is",),
    "number": ("is", *_LIMITS),
    "choice": ("is", "one_of", "not_one_of"),
    "date": ("is", *_DAYS),
}
_GROUPS = ("all", "any", "none")


@dataclass(frozen=True)
class Fact:
    """Something that may be asked of a person or a firm.

    `label` is its name everywhere. `words` are the ways to say a value (是 and 否 for yesno); a number is heard where its
    `measure` stands beside one of the words `near`, a choice with `near` only beside one of them. `share` names two facts whose quotient in percent this one is; `implies`
    gives, for a value, what follows for other facts; `gained_by` the scheme that brings it about. `negative`: the question is put
    in the negative (从来没有上过班吗), so that 没有 confirms it; `since`: a time counted from an event, so that 去年七月 is an answer.
    """

    label: str
    of: str
    type: str
    ask: str
    unit: str = ""
    measure: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    whole: bool = False
    may_not_apply: bool = False
    values: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    near: tuple[str, ...] = ()
    share: tuple[str, str] | None = None
    implies: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    gained_by: str | None = None
    hint: str = ""
    negative: bool = False
    since: bool = False


@dataclass(frozen=True)
class Leaf:
    """One condition: every test of (operator, value) holds for the fact, or for the day where `fact` is None.

    `open_tests`: values for which the text leaves the matter open, with what to say then.
    """

    fact: str | None
    tests: tuple[tuple[str, Any], ...]
    clause: str
    says: str
    open_tests: tuple[tuple[str, Any], ...] = ()
    open_says: str = ""


@dataclass(frozen=True)
class Group:
    """`all`, `any` or `none` of the parts. `name` is what people call it (大龄失业人员)."""

    kind: str
    parts: tuple[Condition, ...]
    name: str = ""
    clause: str = ""


Condition = Leaf | Group


@dataclass(frozen=True)
class Benefit:
    """What a scheme brings. `yuan` is set where the text prints a fixed amount; `per` says for what."""

    clause: str
    says: str
    yuan: Decimal | None = None
    per: str = ""


@dataclass(frozen=True)
class Document:
    """One thing to bring, in the words of its clause; with `when`, only where that is not ruled out."""

    item: str
    clause: str
    when: Condition | None = None


@dataclass(frozen=True)
class Exclusion:
    """A scheme that does not add up with this one."""

    scheme: str
    clause: str
    says: str


@dataclass(frozen=True)
class Note:
    """What the text leaves open, or a remark, with its clause."""

    says: str
    clause: str


@dataclass(frozen=True)
class Scheme:
    """One scheme a person or a firm can apply for. Clause ids stand for printed text."""

    id: str
    name: str
    serves: str
    groups: tuple[str, ...]
    topic: str
    words: tuple[str, ...]
    conditions: Group
    benefit: tuple[Benefit, ...]
    period: tuple[str, ...]
    deadline: tuple[str, ...]
    documents: tuple[Document, ...]
    offices: tuple[str, ...]
    online: tuple[str, ...]
    excludes: tuple[Exclusion, ...]
    leaves_open: tuple[Note, ...]

    def leaves(self) -> Iterator[Leaf]:
        """Every leaf of the conditions, in printed order."""
        return leaves(self.conditions)

    def facts(self, facts: Mapping[str, Fact]) -> tuple[str, ...]:
        """The labels of the facts that the conditions read, derived ones by their parts, in printed order."""
        named = [leaf.fact for leaf in self.leaves() if leaf.fact]
        return tuple(dict.fromkeys(part for label in named for part in (facts[label].share or (label,))))


@dataclass(frozen=True)
class Audience:
    """Who is asking, as offered at the start of a match: what follows from the choice."""

    id: str
    label: str
    serves: str
    facts: Mapping[str, Value]
    words: tuple[str, ...]


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The leaves of a condition, in printed order."""
    if isinstance(condition, Leaf):
        yield condition
    else:
        for part in condition.parts:
            yield from leaves(part)


class ValueFault(ValueError):
    """A stated value does not fit its fact; the message says what was expected, in Chinese."""


def parse_value(fact: Fact, stated: object) -> Value:
    """A value as stated in JSON or YAML, checked: type, whole number, bounds, known choice.

    Raises ValueFault.
    """
    if stated == NOT_APPLICABLE and fact.may_not_apply:
        return NOT_APPLICABLE
    if fact.type == "yesno":
        if isinstance(stated, bool):
            return stated
        raise ValueFault(f"“{fact.label}”应为 true 或 false，给的是 {stated!r}。")
    if fact.type == "number":
        if isinstance(stated, bool) or not isinstance(stated, (int, float, Decimal)):
            raise ValueFault(f"“{fact.label}”应为数字（{fact.unit}），给的是 {stated!r}。")
        value = Decimal(str(stated))
        low, high = fact.least, fact.most
        if not value.is_finite() or (low is not None and value < low) or (high is not None and value > high):
            bounds = f"{low if low is not None else '−∞'} 到 {high if high is not None else '∞'}"
            raise ValueFault(f"“{fact.label}”应在 {bounds} {fact.unit}之间，给的是 {stated}。")
        if fact.whole and value != value.to_integral_value():
            raise ValueFault(f"“{fact.label}”应为整数（{fact.unit}），给的是 {stated}。")
        return value
    if fact.type == "date":
        try:
            return stated if isinstance(stated, date) else date.fromisoformat(str(stated))
        except ValueError:
            raise ValueFault(f"“{fact.label}”应为日期，如 2022-07-10，给的是 {stated!r}。") from None
    if not isinstance(stated, str) or not stated.strip():
        raise ValueFault(f"“{fact.label}”应为文字，给的是 {stated!r}。")
    if stated in fact.values or not fact.values:
        return stated
    named = named_value(fact, stated)
    if named is None:
        raise ValueFault(f"“{fact.label}”应为其中之一：{'、'.join(fact.values)}；给的是“{stated}”。")
    return named


def named_value(fact: Fact, text: str) -> str | None:
    """The value of a choice that a text names in one of its words; the longest word decides, None where two are equal."""
    found: dict[str, int] = {}
    for value in fact.values:
        longest = max((len(word) for word in (value, *fact.words.get(value, ())) if word in text), default=0)
        if longest:
            found[value] = longest
    best = [value for value, size in found.items() if size == max(found.values())]
    return best[0] if len(best) == 1 else None


def read_facts(root: Path, faults: list[Any]) -> dict[str, Fact]:
    """knowledge/facts.yml."""
    reader = Reader(root, "facts.yml", faults)
    optional: Kinds = {
        "unit": str, "measure": str, "least": (int, float), "most": (int, float), "whole": bool, "may_not_apply": bool,
        "values": list, "words": dict, "near": list, "share": list, "implies": dict, "gained_by": str, "hint": str, "negative": bool, "since": bool,
    }  # fmt: skip
    entries = reader.mapping()
    result: dict[str, Fact] = {}
    for label, entry in entries.items():
        row = reader.fields(entry, (label,), {"of": str, "type": str, "ask": str}, optional)
        if not row:
            continue
        reader.known(row["of"], (label, "of"), ("person", "firm"), "person 或 firm")
        if not reader.known(row["type"], (label, "type"), TYPES, "、".join(TYPES)):
            continue
        if "measure" in row:
            reader.known(row["measure"], (label, "measure"), MEASURES, "、".join(MEASURES))
        values = reader.words(row.get("values"), (label, "values"))
        words = {
            str(value): reader.words(said, (label, "words", value)) for value, said in row.get("words", {}).items()
        }
        allowed = ("是", "否") if row["type"] == "yesno" else values
        for value in words:
            reader.known(value, (label, "words", value), allowed, "这个事实的值：" + "、".join(allowed))
        share = reader.words(row.get("share"), (label, "share"))
        for part in share:
            reader.known(part, (label, "share"), entries, "facts.yml 里的事实")
        if share and len(share) != 2:
            reader.fault((label, "share"), list(share), "两个事实：[分子, 分母]", "请改正。")
        least, most = row.get("least"), row.get("most")
        result[label] = Fact(
            label=str(label),
            of=row["of"],
            type=row["type"],
            ask=row["ask"],
            unit=row.get("unit", ""),
            measure=row.get("measure", ""),
            least=None if least is None else Decimal(str(least)),
            most=None if most is None else Decimal(str(most)),
            whole=row.get("whole", False),
            may_not_apply=row.get("may_not_apply", False),
            values=values,
            words=words,
            near=reader.words(row.get("near"), (label, "near")),
            share=(share[0], share[1]) if len(share) == 2 else None,
            implies=row.get("implies", {}),
            gained_by=row.get("gained_by"),
            hint=row.get("hint", ""),
            negative=row.get("negative", False),
            since=row.get("since", False),
        )
    return {label: _with_implications(fact, result, reader) for label, fact in result.items()}


def _with_implications(fact: Fact, facts: Mapping[str, Fact], reader: Reader) -> Fact:
    implied: dict[str, dict[str, Value]] = {}
    allowed = ("是", "否") if fact.type == "yesno" else fact.values
    for said, others in fact.implies.items():
        key: Key = (fact.label, "implies", said)
        if not reader.known(str(said), key, allowed, "这个事实的值：" + "、".join(allowed)):
            continue
        for label, stated in others.items():
            if reader.known(label, (*key, label), facts, "facts.yml 里的事实"):
                try:
                    implied.setdefault(str(said), {})[label] = parse_value(facts[label], stated)
                except ValueFault as error:
                    reader.fault((*key, label), stated, "合适的值", str(error))
    return Fact(**{**fact.__dict__, "implies": implied})


def read_audiences(root: Path, facts: Mapping[str, Fact], faults: list[Any]) -> dict[str, Audience]:
    """knowledge/audiences.yml: who may be asking."""
    reader = Reader(root, "audiences.yml", faults)
    result: dict[str, Audience] = {}
    for id, entry in reader.mapping().items():
        row = reader.fields(entry, (id,), {"label": str, "for": str}, {"facts": dict, "words": list})
        if not row:
            continue
        reader.known(row["for"], (id, "for"), ("person", "firm"), "person 或 firm")
        stated = _values(reader, (id, "facts"), row.get("facts", {}), facts)
        result[str(id)] = Audience(
            str(id), row["label"], row["for"], stated, reader.words(row.get("words"), (id, "words"))
        )
    return result


def _values(reader: Reader, key: Key, stated: Mapping[str, Any], facts: Mapping[str, Fact]) -> dict[str, Value]:
    result: dict[str, Value] = {}
    for label, value in stated.items():
        if reader.known(label, (*key, label), facts, "facts.yml 里的事实"):
            try:
                result[label] = parse_value(facts[label], value)
            except ValueFault as error:
                reader.fault((*key, label), value, "合适的值", str(error))
    return result


def read_schemes(
    root: Path,
    facts: Mapping[str, Fact],
    audiences: Mapping[str, Audience],
    clauses: Mapping[str, Clause],
    topics: Mapping[str, Topic],
    faults: list[Any],
) -> dict[str, Scheme]:
    """knowledge/schemes/*.yml, one scheme each, in the order of their file names."""
    result: dict[str, Scheme] = {}
    readers: dict[str, Reader] = {}
    for path in sorted((root / "schemes").glob("*.yml")):
        reader = Reader(root, f"schemes/{path.name}", faults)
        scheme = _SchemeFile(reader, facts, audiences, clauses, topics).read()
        if scheme:
            if scheme.id != path.stem.partition("-")[2]:
                reader.fault(("id",), scheme.id, "与文件名“序号-编号.yml”一致的编号", "请改文件名或编号。")
            result[scheme.id] = scheme
            readers[scheme.id] = reader
    for scheme in result.values():
        for i, exclusion in enumerate(scheme.excludes):
            readers[scheme.id].known(exclusion.scheme, ("excludes", i, "scheme"), result, "存在的政策编号")
    facts_file = Reader(root, "facts.yml", [])
    facts_file.faults = faults
    for fact in facts.values():
        if fact.gained_by:
            facts_file.known(fact.gained_by, (fact.label, "gained_by"), result, "存在的政策编号")
    return result


class _SchemeFile:
    """One scheme file being read."""

    def __init__(
        self,
        reader: Reader,
        facts: Mapping[str, Fact],
        audiences: Mapping[str, Audience],
        clauses: Mapping[str, Clause],
        topics: Mapping[str, Topic],
    ) -> None:
        self.reader = reader
        self.facts = facts
        self.audiences = audiences
        self.clauses = clauses
        self.topics = topics

    def read(self) -> Scheme | None:
        """The scheme, or None with faults noted."""
        reader = self.reader
        required = {"id": str, "name": str, "for": str, "groups": list, "topic": str, "words": list, "conditions": dict}
        optional = dict.fromkeys(
            ("benefit", "period", "deadline", "documents", "offices", "online", "excludes", "leaves_open"), list
        )
        row = reader.fields(reader.mapping(), (), required, optional)
        if not row:
            return None
        reader.known(row["for"], ("for",), ("person", "firm"), "person 或 firm")
        reader.known(row["topic"], ("topic",), self.topics, "topics.yml 里的主题")
        groups = reader.words(row["groups"], ("groups",))
        for group in groups:
            reader.known(group, ("groups",), self.audiences, "audiences.yml 里的人群")
        conditions = self.condition(row["conditions"], ("conditions",))
        if not isinstance(conditions, Group):
            return None
        return Scheme(
            id=row["id"],
            name=row["name"],
            serves=row["for"],
            groups=groups,
            topic=row["topic"],
            words=reader.words(row["words"], ("words",)),
            conditions=conditions,
            benefit=tuple(self.benefits(row.get("benefit", []))),
            period=self.ids(row.get("period"), "period"),
            deadline=self.ids(row.get("deadline"), "deadline"),
            documents=tuple(self.documents(row.get("documents", []))),
            offices=self.ids(row.get("offices"), "offices"),
            online=self.ids(row.get("online"), "online"),
            excludes=tuple(self.exclusions(row.get("excludes", []))),
            leaves_open=tuple(self.notes(row.get("leaves_open", []))),
        )

    def ids(self, value: object, name: str) -> tuple[str, ...]:
        """A list of clause ids."""
        found = self.reader.words(value, (name,))
        return tuple(id for id in found if self.clause(id, (name,)))

    def clause(self, id: str, key: Key) -> bool:
        """Whether a clause exists; a fault where it does not."""
        return self.reader.known(id, key, self.clauses, "存在的条款编号")

    def benefits(self, entries: list[Any]) -> Iterator[Benefit]:
        for i, entry in enumerate(entries):
            key: Key = ("benefit", i)
            kinds: Kinds = {"says": str, "yuan": (int, float), "per": str}
            row = self.reader.fields(entry, key, {"clause": str}, kinds)
            if row and self.clause(row["clause"], (*key, "clause")):
                printed = self.clauses[row["clause"]].text
                yuan = row.get("yuan")
                if yuan is not None and str(yuan) not in printed and f"{yuan / 10000:g}万" not in printed:
                    self.reader.fault((*key, "yuan"), yuan, "条款里印的数", "请照原文改。")
                yield Benefit(
                    row["clause"],
                    row.get("says", printed),
                    None if yuan is None else Decimal(str(yuan)),
                    row.get("per", ""),
                )

    def documents(self, entries: list[Any]) -> Iterator[Document]:
        for i, entry in enumerate(entries):
            key: Key = ("documents", i)
            row = self.reader.fields(entry, key, {"item": str, "clause": str}, {"when": dict})
            if not row or not self.clause(row["clause"], (*key, "clause")):
                continue
            if row["item"] not in self.clauses[row["clause"]].text:
                self.reader.fault((*key, "item"), row["item"], "条款里的原话", "材料要逐字照抄条款。")
            when = self.condition(row["when"], (*key, "when")) if "when" in row else None
            yield Document(row["item"], row["clause"], when)

    def exclusions(self, entries: list[Any]) -> Iterator[Exclusion]:
        for i, entry in enumerate(entries):
            key: Key = ("excludes", i)
            row = self.reader.fields(entry, key, {"scheme": str, "clause": str}, {"says": str})
            if row and self.clause(row["clause"], (*key, "clause")):
                yield Exclusion(row["scheme"], row["clause"], row.get("says", self.clauses[row["clause"]].text))

    def notes(self, entries: list[Any]) -> Iterator[Note]:
        for i, entry in enumerate(entries):
            key: Key = ("leaves_open", i)
            row = self.reader.fields(entry, key, {"says": str, "clause": str})
            if row and self.clause(row["clause"], (*key, "clause")):
                yield Note(row["says"], row["clause"])

    def condition(self, entry: object, key: Key) -> Condition | None:
        """A group or a leaf."""
        if isinstance(entry, dict) and any(kind in entry for kind in _GROUPS):
            return self.group(entry, key)
        return self.leaf(entry, key)

    def group(self, entry: dict[str, Any], key: Key) -> Group | None:
        kinds = [kind for kind in _GROUPS if kind in entry]
        row = self.reader.fields(entry, key, {kinds[0]: list}, {"name": str, "clause": str})
        if not row:
            return None
        if "clause" in row:
            self.clause(row["clause"], (*key, "clause"))
        parts = [self.condition(part, (*key, kinds[0], i)) for i, part in enumerate(row[kinds[0]])]
        if not parts:
            self.reader.fault((*key, kinds[0]), "[]", "至少一个条件", "请补上。")
        whole = tuple(part for part in parts if part is not None)
        return Group(kinds[0], whole, row.get("name", ""), row.get("clause", "")) if len(whole) == len(parts) else None

    def leaf(self, entry: object, key: Key) -> Leaf | None:
        anything = (bool, int, float, str, list, date)
        tests = {operator: anything for kind in _OPERATORS.values() for operator in kind}
        optional: Kinds = {**tests, "fact": str, "says": str, "open_where": dict, "open_says": str}
        row = self.reader.fields(entry, key, {"clause": str}, optional)
        if not row or not self.clause(row["clause"], (*key, "clause")):
            return None
        label = row.get("fact")
        if label is not None and not self.reader.known(label, (*key, "fact"), self.facts, "facts.yml 里的事实"):
            return None
        own = self.tests({name: row[name] for name in tests if name in row}, label, key)
        open_where = self.tests(row.get("open_where", {}), label, (*key, "open_where"))
        if not own:
            self.reader.fault(key, "没有判断", "is、one_of、at_least 等之一", "请写明怎样算满足。")
            return None
        if bool(open_where) != bool(row.get("open_says")):
            self.reader.fault(key, "open_where 与 open_says 只有一个", "两个都有或都没有", "请补上。")
        says = row.get("says", self.clauses[row["clause"]].text)
        return Leaf(label, own, row["clause"], says, open_where, row.get("open_says", ""))

    def tests(self, entry: Mapping[str, Any], label: str | None, key: Key) -> tuple[tuple[str, Any], ...]:
        """Tests as (operator, value), each value checked against the fact; a leaf without a fact tests the day."""
        fact = self.facts[label] if label else Fact("当天日期", "person", "date", "")
        result = []
        for operator, stated in entry.items():
            if not self.reader.known(operator, (*key, operator), _OPERATORS[fact.type], f"{fact.type} 的判断"):
                continue
            many = operator in ("one_of", "not_one_of")
            try:
                if many and not isinstance(stated, list):
                    raise ValueFault("应为列表，如 [甲, 乙]。")
                parsed = tuple(parse_value(fact, each) for each in stated) if many else parse_value(fact, stated)
                result.append((operator, parsed))
            except ValueFault as error:
                self.reader.fault((*key, operator), stated, "合适的值", str(error))
        return tuple(result)

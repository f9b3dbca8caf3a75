"""What everybody may know because it is printed or given out: telephone numbers and addresses of offices."""

from __future__ import annotations

import re

from .model import Knowledge

_PHONE = re.compile(r"(?<!\d)(?:0\d{2,3}[-－—]?\d{7,8}|1[3-9]\d{9}|\d{7,8})(?!\d)")


def printed_phones(knowledge: Knowledge) -> frozenset[str]:
    """Every telephone number of the contacts and of the brochures, as written there."""
    phones = {phone.number for each in knowledge.directories.values() for phone in each.phones.values()}
    phones |= {phone.number for each in knowledge.hotlines.values() for phone in each.phones}
    phones |= {incubator.phone.number for incubator in knowledge.incubators}
    texts = [clause.text for clause in knowledge.clauses.values()]
    return frozenset(phones.union(*map(_PHONE.findall, [*texts, *knowledge.replies.values()])))


def printed_addresses(knowledge: Knowledge) -> frozenset[str]:
    """The addresses of the contacts and every clause of the brochures that may hold one."""
    addresses = {address.text for address in knowledge.addresses.values()}
    return frozenset(addresses | {clause.text for clause in knowledge.clauses.values() if "号" in clause.text})

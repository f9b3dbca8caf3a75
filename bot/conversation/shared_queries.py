"""The queries of shared_tracker_store.py, each a transaction of its own."""

from __future__ import annotations

from .history import MOST
from .tracker_store import KEPT

AT_ONCE = 1_000  # rows that a purge removes in one query

LOOK = """
select c.version, case when c.version <> $2 then c.state end as state, e.exchange
from conversations c left join exchanges e on e.sender = c.sender and e.message = $3
where c.sender = $1
"""

# New exchanges of a sender whose row this query holds; the oldest make room for them.
_EXCHANGES = f"""
added as (
    insert into exchanges (sender, id, message, at, exchange)
    select $1, held.said - cardinality($2::text[]) + new.n, new.message, new.at, new.exchange
    from held, unnest($2::text[], $3::timestamptz[], $4::bytea[]) with ordinality as new (message, at, exchange, n)
    on conflict (sender, message) do nothing
), pruned as (
    delete from exchanges where sender = $1 and id <= (select said - {MOST} from held)
)
select from held
"""

WRITE = f"""
with changed as (
    update conversations set version = $5, state = $6, said = said + cardinality($2::text[]), updated = current_date
    where sender = $1 and version = any($7::bigint[]) returning said
), made as (
    insert into conversations (sender, version, state, said) select $1, $5, $6, cardinality($2::text[]) where $8
    on conflict (sender) do nothing returning said
), held as (
    select said from changed union all select said from made
), {_EXCHANGES}
"""

ADD = f"""
with held as (
    update conversations set version = $5, said = said + cardinality($2::text[]), updated = current_date
    where sender = $1 returning said
), {_EXCHANGES}
"""

HISTORY = f"select exchange from exchanges where sender = $1 order by id desc limit {MOST}"
FORGET = "delete from conversations where sender = $1"  # and its exchanges with it
PURGE = f"""
delete from conversations where sender in (
    select sender from conversations where updated < current_date - {KEPT.days}
    limit {AT_ONCE} for update skip locked
) returning sender
"""
PURGE_EXCHANGES = f"delete from exchanges where at < now() - interval '{KEPT.days} days'"

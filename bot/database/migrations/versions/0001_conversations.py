"""Conversations, what was said in them, feedback, and sheets.

A version says which state a process has seen; it is drawn anew with each change, never counted, so that a conversation that was
forgotten and begun again is not taken for the old one. `said` counts the exchanges ever made, which numbers them. `updated` is a
day and not a moment: its index moves once a day, and the changes of a day stay within the page of the row. What is compressed
already is stored as it is.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """From an empty database."""
    op.execute(
        """
create table conversations (
    sender text primary key,
    version bigint not null,
    state bytea not null,
    said bigint not null,
    updated date not null default current_date
) with (fillfactor = 70);
alter table conversations alter column state set storage external;
create index conversations_updated on conversations (updated);

create table exchanges (
    sender text not null references conversations on delete cascade,
    id bigint not null,
    message text not null,
    at timestamptz not null,
    exchange bytea not null,
    primary key (sender, id),
    unique (sender, message)
);
alter table exchanges alter column exchange set storage external;
create index exchanges_at on exchanges using brin (at);

create table feedback (
    sender text not null,
    message text not null,
    at text not null,
    vote text not null,
    reason text not null,
    comment text not null,
    question text not null,
    status text not null,
    clauses text not null,
    knowledge text not null,
    primary key (sender, message)
);

create table sheets (
    code text primary key,
    day date not null,
    sheet bytea not null
);
create index sheets_day on sheets (day);
"""
    )

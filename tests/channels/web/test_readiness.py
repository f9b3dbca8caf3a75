"""What a load balancer is told."""

from __future__ import annotations

from sanic import Sanic


async def test_a_process_is_ready_and_tells_how_its_servers_are(serve, kit):
    async with serve() as client:
        Sanic.get_app("policy_bot").ctx.readiness.parts["redis"] = lambda: "away"
        answer = await client.get("/ready")
        assert answer.status_code == 200  # away or not: the bot goes on without it
        assert answer.json() == {"status": "ready", "knowledge": kit.knowledge.version, "redis": "away"}
        assert answer.headers["cache-control"] == "no-store"


async def test_a_process_that_drains_is_not_ready_and_lives(serve):
    async with serve() as client:
        Sanic.get_app("policy_bot").ctx.readiness.draining = True
        answer = await client.get("/ready")
        assert (answer.status_code, answer.json()["status"]) == (503, "draining")
        assert (await client.get("/health")).status_code == 200

"""How often may be asked: buckets for a person, an address and a whole bot, in Redis or in the memory of one process.

A bucket holds `burst` messages and is filled up again with `a_second`. It is kept as one number, the time at which it will be
full. One that is empty refuses, and then nothing is taken from the others either.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.conversation.redis_link import Away, RedisLink

_PREFIX = "policy_bot:limit:"
_SLACK = 0.001  # seconds that do not count: sums of fractions are not exact
_SWEEP = 60.0  # seconds between two looks for buckets that are full again


@dataclass(frozen=True)
class Bucket:
    """So many at once, and then so many a second."""

    burst: int
    a_second: float

    @property
    def seconds(self) -> float:
        """In which an empty one fills up."""
        return self.burst / self.a_second


@dataclass(frozen=True)
class Limits:
    """The figures. `worker` counts for each process that answers, in all of those that one `bot serve` has."""

    # Reading an answer takes longer than two seconds. Who taps through the yes and no of a check once a second can do so for
    # eighty questions; a script is slowed down to 30 a minute.
    sender: Bucket = Bucket(40, 0.5)
    # A mobile carrier puts thousands behind one address, a village or a job fair shares one too: 500 people who ask every ten
    # seconds. What is left to a script is less than half of what one process answers.
    address: Bucket = Bucket(300, 50.0)
    # Opening the page. A hall of 200 people who are shown the code on a poster at the same moment; 36,000 an hour after that.
    opened: Bucket = Bucket(200, 10.0)
    # A process answers about 100 a second; what comes beyond that would wait for longer than the four seconds of a web page.
    worker: Bucket = Bucket(300, 150.0)


LIMITS = Limits()

Asked = tuple[str, Bucket]  # whose bucket, and its figures


@dataclass(frozen=True)
class Refusal:
    """`too_fast` where it is the person, else there are too many others; and in how many seconds to come again."""

    too_fast: bool
    seconds: int

    @property
    def says(self) -> str:
        """The key of the sentence for the citizen; it may use `seconds`."""
        return "too_fast" if self.too_fast else "too_busy"


class _Buckets:
    """Those of one process."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._full: dict[str, float] = {}
        self._next_sweep = 0.0

    def take(self, asked: Sequence[Asked]) -> tuple[int, float]:
        """Take one out of each. Where one is empty nothing is taken: its place, from 1, and the seconds until it is not; else
        0 and 0."""
        now = self._clock()
        self._sweep(now)
        full = {}
        for place, (key, bucket) in enumerate(asked, 1):
            full[key] = max(self._full.get(key, 0.0), now) + 1 / bucket.a_second
            wait = full[key] - bucket.seconds - now
            if wait > _SLACK:
                return place, wait
        self._full |= full
        return 0, 0.0

    def _sweep(self, now: float) -> None:
        if now >= self._next_sweep:
            self._next_sweep = now + _SWEEP
            self._full = {key: full for key, full in self._full.items() if full > now}


# The same for all processes, by the clock of Redis and in one step.
_TAKE = """
local time = redis.call('time')
local now = time[1] + time[2] / 1000000
local full = {}
for place, key in ipairs(KEYS) do
  local burst, a_second = tonumber(ARGV[2 * place - 1]), tonumber(ARGV[2 * place])
  full[place] = math.max(tonumber(redis.call('get', key) or 0), now) + 1 / a_second
  local wait = full[place] - burst / a_second - now
  if wait > tonumber(ARGV[#ARGV]) then return {place, string.format('%.3f', wait)} end
end
for place, key in ipairs(KEYS) do
  redis.call('set', key, string.format('%.6f', full[place]), 'px', math.ceil((full[place] - now) * 1000))
end
return {0, '0'}
"""


class Limiter:
    """Asked before a message is worked on; no Redis, or none in reach, means the buckets of this process.

    `bot` names this `bot serve` among those of a Redis, `workers` is how many processes it has. Without `limits` all is let in.
    """

    def __init__(
        self,
        limits: Limits | None = LIMITS,
        link: RedisLink | None = None,
        bot: str = "",
        workers: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits
        self._link = link
        self._take = link.client.register_script(_TAKE) if link else None
        self._own = _Buckets(clock)
        if limits:
            each = limits.worker
            self._bot = (f"bot:{bot}", Bucket(each.burst * workers, each.a_second * workers))

    async def message(self, sender: str, address: str | None = None) -> Refusal | None:
        """Take one message of a sender, from an address where one is known; or why not."""
        if self._limits is None:
            return None
        asked = [(f"sender:{sender}", self._limits.sender), self._bot]
        if address:
            asked.append((f"address:{address}", self._limits.address))
        return await self._asked(asked)

    async def opened(self, address: str | None) -> Refusal | None:
        """Take one opening of the page, or why not."""
        if self._limits is None:
            return None
        asked = [self._bot]
        if address:
            asked.append((f"opened:{address}", self._limits.opened))
        return await self._asked(asked)

    async def _asked(self, asked: Sequence[Asked]) -> Refusal | None:
        empty, wait = await self._taken(asked)
        if not empty:
            return None
        key = asked[empty - 1][0]
        return Refusal(key.startswith("sender:"), max(1, math.ceil(wait)))

    async def _taken(self, asked: Sequence[Asked]) -> tuple[int, float]:
        if self._link and self._take:
            keys = [_PREFIX + key for key, _ in asked]
            figures: list[float] = [figure for _, bucket in asked for figure in (bucket.burst, bucket.a_second)]
            figures.append(_SLACK)
            take = self._take
            try:
                empty, wait = await self._link.ask(lambda: take(keys=keys, args=figures))
                return int(empty), float(wait)
            except Away:
                pass
        return self._own.take(asked)

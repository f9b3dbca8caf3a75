"""The place that a position lies in or near."""

from __future__ import annotations

import math

from bot.knowledge import Knowledge
from bot.language import normalise, normalise_word

FARTHEST = (
    250.0  # kilometres from a seat: the league is some 400 km long, and whoever is farther asks about another place
)
_EARTH = 6371.0  # kilometres, mean radius


def nearest(knowledge: Knowledge, latitude: float, longitude: float, label: str = "") -> str | None:
    """The place of a position in degrees, or None where none is near.

    The address that comes with a position decides between places whose seats lie close together.
    """
    near = {
        place: distance
        for place, seat in knowledge.coordinates.items()
        if (distance := kilometres(seat, (latitude, longitude))) <= FARTHEST
    }
    text = normalise(label)
    named = [place for place in near if any(normalise_word(a) in text for a in knowledge.places[place].aliases)]
    return min(named or near, key=near.__getitem__, default=None)


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance of two points in degrees on a sphere (haversine)."""
    (north, east), (north_too, east_too) = (tuple(map(math.radians, point)) for point in (one, other))
    arc = math.sin((north_too - north) / 2) ** 2
    arc += math.cos(north) * math.cos(north_too) * math.sin((east_too - east) / 2) ** 2
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(arc)))

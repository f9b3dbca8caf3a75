"""The image has the packages that the bot needs and no others."""

from __future__ import annotations

import importlib.metadata
import re

import tomli
from packaging.requirements import Requirement

from .files import DEPLOY, ROOT

LEFT_OUT = {line.strip() for line in (DEPLOY / "image/left_out.txt").read_text().splitlines() if line[:1].isalpha()}
# What the bot's own requirements, or Rasa's, name and the shipped configuration never imports.
NEVER_IMPORTED = {"torch", "transformers", "sentence-transformers", "jax", "keras"} | {
    name for name in LEFT_OUT if name.startswith("tensorflow")
}
THROUGH_THEM = {
    "tokenizers",
    "safetensors",
    "huggingface-hub",
}  # come with transformers; the shipped encoder uses them itself


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> set[str]:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    return {plain(re.split(r"[=\[]", line)[0]) for line in lines if line[:1].isalnum()}


def needed() -> set[str]:
    """What pyproject.toml asks for, with all that this asks for in turn, as it is installed here."""
    found: set[str] = set()

    def add(requirement: Requirement) -> None:
        name = plain(requirement.name)
        if name in NEVER_IMPORTED or (name in found and not requirement.extras):
            return
        found.add(name)
        try:
            below = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            return
        for each in map(Requirement, below):
            if not each.marker or any(each.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)):
                add(each)

    project = tomli.loads((ROOT / "pyproject.toml").read_text())["project"]
    for each in [*project["dependencies"], *THROUGH_THEM]:
        add(Requirement(each))
    return found


def test_what_is_left_out_and_what_is_needed_is_all_that_is_locked():
    assert locked() >= LEFT_OUT
    assert not LEFT_OUT & needed()
    assert locked() - LEFT_OUT - needed() == set()


def test_every_file_that_the_image_copies_is_let_through_to_the_build():
    copied = re.findall(r"^COPY (?!--)(.+)", (DEPLOY / "image/Dockerfile").read_text(), re.M)
    sources = {source for line in copied for source in line.split()[:-1]}
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert sources == allowed
    assert all((ROOT / source).exists() for source in sources)

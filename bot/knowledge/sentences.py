"""The sentences that knowledge/replies.yml must hold, and what may be filled into each."""

GENERAL_FIELDS = ("bot", "office", "phone")  # the county's own names and its general telephone line

REPLIES: dict[str, tuple[str, ...]] = {
    "crisis": (),
    "greet": (),
    "thanks": (),
    "goodbye": (),
    "identity": (),
    "capability": (),
    "complain": (),
    "human": (),
    "praise": (),
    "nothing_readable": (),
    "pinyin": (),
    "mongolian": (),
    "refuse_out": (),
    "refuse_near": (
        "name",
        "who",
    ),
    "refuse_unsure": (),
    "clarify_business": (),
    "clarify_vague": (),
    "clarify_place": (),
    "clarify_unknown_place": ("says",),
    "place_noted": (
        "place",
        "name",
    ),
    "place_noted_only": ("place",),
    "ask_place": (),
    "expired": ("name", "says"),
    "future": ("name", "says"),
    "example_old": ("says",),
    "differs": (
        "printed",
        "reading",
    ),
    "redacted": (),
    "stop": (),
    "error": ("incident",),
    "affirm": (),
    "deny": (),
    "contact_line": (
        "office",
        "directory",
        "phone",
    ),
    "all_places": ("directory",),
}

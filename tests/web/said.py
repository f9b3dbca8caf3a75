"""What visitors have said before a page is opened, as messages of the API."""

from __future__ import annotations

# A check with every kind of field: three times yes, a number, a date.
ANSWERS = ("是", "是", "是", "6", "2022-03-01")
CHECK = [{"choice": "check:living_aid"}, *({"text": each} for each in ANSWERS)]
ASKED_A_NUMBER = CHECK[:4]
PRINTED = [*CHECK, {"choice": "sheet"}]
UNSETTLED = [{"choice": "check:living_aid"}, *[{"text": "不清楚"}] * 5]
MATCH = [
    {"choice": "match"},
    {"choice": "who:hardship"},
    *({"text": each} for each in ("35", "否", "是", "脱贫人口", "否")),
]
WAGE = {"calculator": "overtime_pay", "values": {"monthly_wage": "4000", "weekday_hours": "10"}}

# One conversation with every kind of card; the last one asks for a number.
EVERYTHING = [
    {"text": "失业补助金能领多久"},
    {"text": "失业登记要带啥"},
    {"text": "我在前旗"},
    {"text": "创业贷款"},
    {"text": "今天天气怎么样"},
    {"text": "失业金一个月多少钱"},
    {"choice": "human"},
    {"choice": "calculators"},
    {"form": WAGE},
    *MATCH,
    *UNSETTLED,
    *PRINTED,
    *ASKED_A_NUMBER,
]
KINDS = {  # of reply, by status, that EVERYTHING brings about
    *("answered", "answered_expired", "answered_contact", "smalltalk", "clarification_which_scheme"),
    *("refused_out_of_scope", "refused_detail_not_printed", "calculation_asking", "calculated"),
    *("check_asking", "check_eligible", "check_unsettled", "match_result", "sheet"),
}

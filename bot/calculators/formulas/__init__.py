"""The formulas by the name that knowledge/calculators.yml gives them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.calculators.sheet import Formula

from .allowance import PRODUCT
from .certificates import SKILL_SUBSIDY
from .compensation import COMPENSATION
from .deadlines import DEADLINE
from .hiring import HIRING
from .insurance import CONTRIBUTION, INSURANCE_SHARE
from .interest import INTEREST
from .internship import INTERNSHIP
from .loans import LOAN_CAP, LOAN_CAP_FIRM, LOAN_TIMES
from .overtime import OVERTIME
from .retention import LAYOFF, REFUND
from .training import TRAINING
from .unprinted import OPEN
from .worktime import WORK_HOURS

FORMULAS: Mapping[str, Formula] = {
    "product": PRODUCT,
    "overtime": OVERTIME,
    "work_hours": WORK_HOURS,
    "compensation": COMPENSATION,
    "loan_cap": LOAN_CAP,
    "loan_cap_firm": LOAN_CAP_FIRM,
    "loan_times": LOAN_TIMES,
    "interest": INTEREST,
    "skill_subsidy": SKILL_SUBSIDY,
    "deadline": DEADLINE,
    "insurance_share": INSURANCE_SHARE,
    "refund": REFUND,
    "layoff": LAYOFF,
    "contribution": CONTRIBUTION,
    "training": TRAINING,
    "hiring": HIRING,
    "internship": INTERNSHIP,
    "open": OPEN,
}

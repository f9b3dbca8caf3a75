"""A tiny index of four passages, built with the shipped encoder."""

from __future__ import annotations

import pytest

from bot.retrieval import Index
from bot.retrieval.corpus import Passage

PASSAGES = [
    Passage(
        "sybx-6-2", "clause", "六、失业保险金 申领方式 到参保地失业保险经办机构申领", ("失业金咋领", "失业金去哪领")
    ),
    Passage("cyfw-1-3", "clause", "个人创业担保贷款 额度 贷款额度最高20万元", ("创业贷款最多贷多少", "能贷几个钱")),
    Passage("annual_leave", "uncovered", "带薪年休假", ("年假有几天",)),
    Passage("far", "far", "", ("明天下雨吗", "讲个笑话")),
]


@pytest.fixture(scope="session")
def tiny(encoder, segmenter):
    return Index.build(PASSAGES, encoder, segmenter, "print-1")

"""A broken knowledge/calculators.yml is refused, and every fault says where it is and what to do."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.calculators import load_calculators


@dataclass(frozen=True)
class Case:
    """One edit, and the fault it must give."""

    old: str
    new: str
    key: str
    found: str
    expected: str


CASES = {
    "figure that is not in its clause": Case(
        "weekday: {printed: 150%,",
        "weekday: {printed: 160%,",
        "overtime_pay.figures.weekday.printed",
        "160%",
        "条款 nmmg-18-0-1 里印的文字",
    ),
    "figure that stands only inside another number": Case(
        "amount: {printed: 1500元, clause: sybx-5-1-1}",
        "amount: {printed: 500元, clause: sybx-5-1-1}",
        "expansion_subsidy.figures.amount.printed",
        "500元",
        "条款 sybx-5-1-1",
    ),
    "unknown clause": Case(
        "weekday: {printed: 150%, clause: nmmg-18-0-1}",
        "weekday: {printed: 150%, clause: nmmg-18-0-9}",
        "overtime_pay.figures.weekday.clause",
        "nmmg-18-0-9",
        "存在的条款编号",
    ),
    "figure without a number": Case(
        "weekday: {printed: 150%,",
        "weekday: {printed: 延长工作时间,",
        "overtime_pay.figures.weekday.printed",
        "延长工作时间",
        "恰好一个数",
    ),
    "figure that the formula needs": Case(
        "      weekday: {printed: 150%, clause: nmmg-18-0-1}\n",
        "",
        "overtime_pay.figures",
        "缺少 weekday",
        "figures 里的 weekday",
    ),
    "convention that does not say so": Case(
        "month_days: {value: 21.75, shown: 21.75天, not_printed: true,",
        "month_days: {value: 21.75, shown: 21.75天, not_printed: false,",
        "overtime_pay.figures.month_days",
        "printed",
        "printed",
    ),
    "number in a sentence": Case(
        "first: '安全技能培训补贴合计{total}，给企业。'",
        "first: '安全技能培训补贴每人200元，合计{total}。'",
        "safety_training_subsidy.says.first",
        "200",
        "不含数字的文字",
    ),
    "placeholder that nothing fills": Case(
        "first: '安全技能培训补贴合计{total}，给企业。'",
        "first: '安全技能培训补贴合计{totel}，给企业。'",
        "safety_training_subsidy.says.first",
        "totel",
        "可以填的空",
    ),
    "brace that is not closed": Case(
        "first: '安全技能培训补贴合计{total}，给企业。'",
        "first: '安全技能培训补贴合计{total，给企业。'",
        "safety_training_subsidy.says.first",
        "{total",
        "成对的",
    ),
    "sentence that is missing": Case(
        "      passed: '裁员率{layoff}，不高于{threshold}，这一条符合。'\n",
        "",
        "job_retention_refund.says",
        "缺少 passed",
        "句子 passed",
    ),
    "sentence that nothing says": Case(
        "      passed: '裁员率{layoff}",
        "      pased: '裁员率{layoff}",
        "job_retention_refund.says.pased",
        "pased",
        "这个算法会说的句子",
    ),
    "unknown formula": Case("formula: overtime\n", "formula: overtimes\n", "overtime_pay.formula", "overtimes", "算法"),
    "unknown measure": Case(
        "wage: {label: 当地最低工资标准, measure: money,",
        "wage: {label: 当地最低工资标准, measure: yuan,",
        "public_post.inputs.wage.measure",
        "yuan",
        "money",
    ),
    "need that is no input": Case(
        "needs: [[standard]]\n    asks: []\n    product: [standard, share",
        "needs: [[standart]]\n    asks: []\n    product: [standard, share",
        "unemployment_allowance.needs.0",
        "standart",
        "inputs 里的名称",
    ),
    "factor that is nothing": Case(
        "product: [standard, share, months]",
        "product: [standard, shares, months]",
        "unemployment_allowance.product",
        "shares",
        "figures 或 inputs",
    ),
    "cap that is no figure": Case(
        "most: 600, default: 12, cap: longest,",
        "most: 600, default: 12, cap: longer,",
        "apprentices.inputs.years.cap",
        "longer",
        "figures 里的名称",
    ),
    "name used twice": Case(
        "      share: {printed: 2/3, clause: jyfw-5-3}",
        "      paid: {printed: 2/3, clause: jyfw-5-3}",
        "insurance_subsidy_share",
        "paid",
        "只用一次的名称",
    ),
    "field that is no input": Case(
        "form: [staff, hired]", "form: [staff, hire]", "hiring_threshold.form", "hire", "inputs 里的名称"
    ),
    "field twice": Case("form: [staff, hired]", "form: [staff, staff]", "hiring_threshold.form", "staff", "只写一次"),
    "form without fields": Case("form: [staff, hired]", "form: []", "hiring_threshold.form", "0 项", "1 到 6 项"),
    "form too long to fill in": Case(
        "form: [junior, middle, senior, insured, since, received]",
        "form: [junior, middle, senior, insured, since, received, same]",
        "skill_subsidy.form",
        "7 项",
        "1 到 6 项",
    ),
    "calculator without a form": Case("    form: [staff, hired]\n", "", "hiring_threshold", "缺少 form", "键 form"),
    "joining input that is none": Case(
        "form_also: {course: [days]}", "form_also: {courses: [days]}", "living_allowance", "courses", "inputs 里的名称"
    ),
    "joining input in the place of no field": Case(
        "form_also: {course: [days]}", "form_also: {course: [day]}", "living_allowance", "day", "form 里的名称"
    ),
    "choice in a form without names for its values": Case(
        "labels: {small: 中小微企业, large: 大型企业及其他企业, like_small: 社会团体、事务所、个体工商户等}",
        "labels: {}",
        "job_retention_refund.form.size",
        "0 个选项",
        "至少两个有名称的选项",
    ),
    "name of a value that there is not": Case(
        "labels: {small: 中小微企业,",
        "labels: {smal: 中小微企业,",
        "job_retention_refund.inputs.size.labels.smal",
        "smal",
        "words 里的值",
    ),
    "first field that nothing asks for": Case(
        ", ask: '一年租金多少元？'}", "}", "park_rent.inputs.rent", "缺少 ask", "问这一项的话"
    ),
    "sentence of forms that is missing": Case(
        "  form_changed: 这张表有填不了的内容，请重新填一下。\n", "", "says", "缺少 form_changed", "句子 form_changed"
    ),
    "unknown key": Case(
        "    unit: 小时\n", "    unit: 小时\n    colour: red\n", "work_hours.colour", "colour", "已知的键"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_fault_is_found_and_named(case, folder, knowledge):
    path = folder / "calculators.yml"
    text = path.read_text(encoding="utf-8")
    assert case.old in text
    path.write_text(text.replace(case.old, case.new, 1), encoding="utf-8")
    faults = []
    load_calculators(folder, knowledge.clauses, faults)
    matching = [fault for fault in faults if case.key in fault.key and case.found in fault.found]
    assert matching, "\n".join(map(str, faults))
    assert case.expected in matching[0].expected
    assert matching[0].file == "knowledge/calculators.yml" and matching[0].line > 1 and matching[0].remedy


def test_a_missing_file_is_a_fault(folder, knowledge):
    (folder / "calculators.yml").unlink()
    faults = []
    assert load_calculators(folder, knowledge.clauses, faults) == {}
    assert faults


def test_every_printed_figure_stands_in_its_clause(calculators, knowledge):
    for calculator in calculators.values():
        for figure in calculator.figures.values():
            assert figure.clause is None or figure.shown in knowledge.clauses[figure.clause].text


def test_the_code_holds_no_figure_of_policy(calculators, settings):
    """The amounts, rates and caps of the yaml do not stand in the code."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (settings.root / "bot/calculators").rglob("*.py"))
    code = "\n".join(line for line in code.splitlines() if '"""' not in line and "#" not in line)
    for shown in ("150%", "200%", "300%", "20万元", "300万元", "250BP", "1500元", "6000元", "21.75", "5.5%", "0.5%"):
        assert shown not in code


def test_a_national_convention_is_owned_up_to(work_out):
    _, reply = work_out("月工资4350，周日加班8小时没补休，加班费多少")
    assert any("21.75" in note and "册子里没有印" in note for note in reply.notes)

"""A broken knowledge folder is refused as a whole, and every fault says where it is, what was found and what to do."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace

import pytest

from bot.knowledge import KnowledgeError, load_knowledge


@dataclass(frozen=True)
class Case:
    """One edit of one file, and the fault that it must give. `line` is text that stands on the line to be named."""

    file: str
    old: str
    new: str
    line: str
    key: str
    found: str
    expected: str
    remedy: str = ""


CASES = {
    "unknown clause id": Case(
        "validity.yml", "covers: [sybx-1]", "covers: [sybx-11]", "id: rate_cut", "0.covers", "sybx-11", "条款编号", "sybx-1"
    ),
    "unknown clause id in the errata": Case(
        "errata.yml", "clause: nmmg-12-2-6", "clause: nmmg-12-2-66", "nmmg-12-2-66", "10.clause", "nmmg-12-2-66", "条款编号",
        "是不是想写 nmmg-12-2-6？",
    ),
    "unknown clause id of an answer line": Case(
        "answers/jyfw.yml", "jyfw-1-3: ", "jyfw-1-33: ", "jyfw-1-33: ", "jyfw-1-33", "jyfw-1-33", "条款编号",
        "是不是想写 jyfw-1-3？",
    ),
    "duplicate clause id": Case(
        "brochures/1-jyfw.md", "{#jyfw-1-3 documents}", "{#jyfw-1-1 documents}", "(三) 携带材料：身份证或社会保障卡以及二寸",
        "jyfw-1-1", "jyfw-1-1", "没有用过的编号", "换一个编号",
    ),
    "clause id of another brochure": Case(
        "brochures/1-jyfw.md", "{#jyfw-1-3 documents}", "{#gxby-1-3 documents}", "{#gxby-1-3", "gxby-1-3", "gxby-1-3",
        "以 jyfw- 开头的编号",
    ),
    "clause without id": Case(
        "brochures/1-jyfw.md", " {#jyfw-1-3 documents}", "", "(三) 携带材料：身份证或社会保障卡以及二寸", "条款",
        "(三) 携带材料：身份证", "{#编号 方面}", "每一条都要有编号",
    ),
    "clause without aspect": Case(
        "brochures/1-jyfw.md", "{#jyfw-1-3 documents}", "{#jyfw-1-3}", "{#jyfw-1-3}", "jyfw-1-3", "没有方面", "至少一个方面"
    ),
    "unknown aspect": Case(
        "brochures/1-jyfw.md", "{#jyfw-1-3 documents}", "{#jyfw-1-3 document}", "{#jyfw-1-3 document}", "jyfw-1-3", "document",
        "方面：who", "是不是想写 documents？",
    ),
    "front matter without a month": Case(
        "brochures/1-jyfw.md", "issued: '2022-09'", "issued: 2022年", "---", "issued", "2022年", "年-月"
    ),
    "duplicate YAML key": Case(
        "county.yml", "name: 兴安盟\n", "name: 兴安盟\nname: 别处\n", "name: 别处", "name", "name", "只出现一次的键", "重复的条目"
    ),
    "duplicate topic": Case(
        "topics.yml", "jyfw-2: {name: 就业登记", "jyfw-1: {name: 就业登记", "{name: 就业登记,", "jyfw-1", "jyfw-1",
        "只出现一次的键",
    ),
    "bad YAML": Case(
        "county.yml", "office: 兴安盟人力资源和就业服务中心", "office: [兴安盟", "bot: 兴安盟就业政策助手", "YAML", "", "合法的 YAML",
        "缩进、冒号和引号",
    ),
    "unknown key": Case(
        "contacts.yml", "serves: 毕业生档案转递", "servs: 毕业生档案转递", "servs:", "directories.archives.servs", "servs",
        "已知的键", "是不是想写 serves？",
    ),
    "missing key": Case(
        "contacts.yml", "    serves: 毕业生档案转递、存档、调档\n", "", "  archives:", "directories.archives", "缺少 serves",
        "键 serves", "请补上",
    ),
    "wrong type": Case(
        "contacts.yml", "words: [档案, 存档, 调档, 档案服务, 人事档案, 学籍]", "words: 档案", "words: 档案",
        "directories.archives.words", "档案", "列表",
    ),
    "a number where a word is meant": Case(
        "contacts.yml", "phone: '18614820020'", "phone: 18614820020", "cyfw-fh-wlht-2", "incubators.1.phone", "18614820020", "文字"
    ),
    "phone with a digit missing": Case(
        "contacts.yml", "0482-8266160, clause: gxby-tel-xam", "0482-826616, clause: gxby-tel-xam", "gxby-tel-xam",
        "directories.archives.phones.xam.phone", "0482-826616", "电话号码，如 0482-8231990", "检查位数",
    ),
    "phone that is not in its clause": Case(
        "contacts.yml", "0482-8266160, clause: gxby-tel-xam", "0482-8266161, clause: gxby-tel-xam", "gxby-tel-xam",
        "directories.archives.phones.xam.phone", "0482-8266161", "条款 gxby-tel-xam 里印的号码", "changed:",
    ),
    "a change that nobody approved": Case(
        "contacts.yml", "{phone: 0482-8266160, clause: gxby-tel-xam}",
        "{phone: 0482-8266161, clause: gxby-tel-xam, changed: {date: 2024-05-01, by: 张三}}", "gxby-tel-xam",
        "directories.archives.phones.xam.phone.changed", "缺少 approved_by", "键 approved_by",
    ),
    "a place that is missing in a table": Case(
        "contacts.yml", "      tqx: {phone: 0482-5120067, clause: jyfw-tel-tqx}\n", "", "    phones:",
        "directories.employment.phones", "缺少 tqx", "突泉县 的号码",
    ),
    "an unknown place": Case(
        "contacts.yml", "tqx: {phone: 0482-5177713", "tqxx: {phone: 0482-5177713", "tqxx:", "directories.archives.phones.tqxx",
        "tqxx", "places.yml 里的地方", "是不是想写 tqx？",
    ),
    "incubator renamed": Case(
        "contacts.yml", "name: 内蒙古中达产业园", "name: 中大产业园", "cyfw-fh-tqx-1", "incubators.9.name", "中大产业园",
        "里印的名称",
    ),
    "address that is not printed": Case(
        "contacts.yml", "text: 乌兰浩特市乌兰西大街10号", "text: 乌兰浩特市乌兰西大街11号", "office_da:",
        "addresses.office_da.text", "乌兰浩特市乌兰西大街11号", "里印的地址",
    ),
    "unknown telephone table of a topic": Case(
        "topics.yml", "jyfw-1: {name: 《就业创业证》申领, directory: employment", "jyfw-1: {name: 《就业创业证》申领, directory: employmnt",
        "jyfw-1: ", "jyfw-1.directory", "employmnt", "contacts.yml 里的电话表", "是不是想写 employment？",
    ),
    "number in an answer line that is not in its clause": Case(
        "answers/cyfw-1.yml", "cyfw-1-3-1: ", "cyfw-1-3-1: 最高37万元。", "cyfw-1-3-1: ", "cyfw-1-3-1", "37",
        "条款里印的数字", "与条款一致",
    ),
    "dates in the wrong order": Case(
        "validity.yml", "from: 2022-08-01, until: 2022-08-31", "from: 2022-08-01, until: 2022-07-31", "id: lpr_example",
        "10.until", "2022-07-31", "不早于 2022-08-01",
    ),
    "a term without a date": Case(
        "validity.yml", "until: 2023-04-30, ", "", "id: rate_cut", "0", "没有日期", "from 或 until"
    ),
    "a date that is text": Case(
        "validity.yml", "until: 2023-04-30", "until: '2023-04-30'", "id: rate_cut", "0.until", "2023-04-30", "日期"
    ),
    "says that is not in the clause": Case(
        "validity.yml", "says: 执行期至2023年4月30日", "says: 执行期至2024年4月30日", "id: rate_cut", "0.says",
        "执行期至2024年4月30日", "条款 sybx-1-1-1 里印的文字",
    ),
    "printed words that are not in the clause": Case(
        "errata.yml", "printed: 有安记录", "printed: 有案记录", "有案记录", "10.printed", "有案记录", "里印的文字"
    ),
    "an unclear passage with a reading": Case(
        "errata.yml", "printed: 补贴标准提高至60%\n", "printed: 补贴标准提高至60%\n  reading: 六成\n", "reading: 六成", "4.reading",
        "六成", "open 没有 reading",
    ),
    "alias of two places": Case(
        "lexicon/places.yml", "aliases: [突泉县, ", "aliases: [突泉县, 前旗, ", "  tqx:", "places.tqx.aliases", "前旗",
        "只属于一个地方", "kyqq 已经有了",
    ),
    "unknown topic of a choice": Case(
        "twins.yml", "topic: cyfw-1,", "topic: cyfw-11,", "topic: cyfw-11,", "loan.choices.0.topic", "cyfw-11", "主题"
    ),
    "unknown clause among those that state the same fact": Case(
        "precedence.yml", "nodes: [cyfw-1-4-1, cyfw-2-4-1]", "nodes: [cyfw-1-4-11, cyfw-2-4-1]", "cyfw-1-4-11", "0.nodes",
        "cyfw-1-4-11", "条款编号", "是不是想写 cyfw-1-4-1",
    ),
    "near topic that names an unknown clause": Case(
        "not_covered.yml", "related: [nmmg-18]}", "related: [nmmg-88]}", "related: [nmmg-88]}", "night_shift.related", "nmmg-88",
        "条款编号",
    ),
    "a sentence that is no text": Case(
        "replies.yml", "praise: 谢谢您，能帮上忙就好。", "praise: 1", "praise: 1", "praise", "1", "文字"
    ),
}  # fmt: skip


def edit(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} no longer has {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults_of(folder):
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(folder)
    return caught.value.faults


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_fault_says_where_it_is_and_what_to_do(folder, case):
    edit(folder, case.file, case.old, case.new)
    lines = (folder / case.file).read_text(encoding="utf-8").split("\n")
    row = next(n for n, line in enumerate(lines, 1) if case.line in line)
    matching = [f for f in faults_of(folder) if f.key == case.key and case.expected in f.expected]
    assert [f.file for f in matching] == [f"knowledge/{case.file}"]
    fault = matching[0]
    assert fault.line == row
    assert case.found in fault.found
    assert case.remedy in fault.remedy
    assert f"第{row}行" in str(fault)


@pytest.mark.parametrize("file", ["contacts.yml", "replies.yml", "lexicon/places.yml"])
def test_a_missing_file_is_named(folder, file):
    (folder / file).unlink()
    missing = [fault for fault in faults_of(folder) if fault.found == "没有这个文件"]
    assert [(fault.file, fault.key, fault.line) for fault in missing] == [(f"knowledge/{file}", "文件", 1)]
    assert "恢复" in missing[0].remedy


@pytest.mark.parametrize("file", ["answers/sybx.yml", "brochures/5-sybx.md"])
def test_a_file_that_is_not_utf_8_is_named(folder, file):
    path = folder / file
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    odd = [fault for fault in faults_of(folder) if "UTF-8" in fault.found]
    assert [(fault.file, fault.key) for fault in odd] == [(f"knowledge/{file}", "文件")]
    assert "另存为 UTF-8" in odd[0].remedy


def test_an_empty_brochures_folder_is_explained(folder):
    for path in (folder / "brochures").glob("*.md"):
        path.unlink()
    (fault,) = faults_of(folder)
    assert fault.file == "knowledge/brochures"
    assert "恢复 brochures" in fault.remedy


def test_a_changed_number_is_accepted_with_its_approval(folder):
    edit(
        folder,
        "contacts.yml",
        "{phone: 0482-8266160, clause: gxby-tel-xam}",
        "{phone: 0482-8266161, clause: gxby-tel-xam, changed: {date: 2024-05-01, by: 张三, approved_by: 李四}}",
    )
    phone = load_knowledge(folder).directories["archives"].phones["xam"]
    assert (phone.number, phone.checked.isoformat()) == ("0482-8266161", "2024-05-01")


def test_all_faults_of_all_files_come_at_once(folder):
    chosen = ["unknown aspect", "phone with a digit missing", "dates in the wrong order", "alias of two places"]
    for name in chosen:
        edit(folder, CASES[name].file, CASES[name].old, CASES[name].new)
    found = {(fault.file, fault.key) for fault in faults_of(folder)}
    assert {(f"knowledge/{CASES[name].file}", CASES[name].key) for name in chosen} <= found


def test_no_fault_is_told_twice(folder):
    edit(folder, "contacts.yml", "kind: douyin", "kind: douyinn")
    edit(folder, "topics.yml", "for: person, words: [就业创业证", "for: people, words: [就业创业证")
    faults = faults_of(folder)
    assert len(faults) == len(set(faults)) == 2


def test_the_message_has_one_line_for_each_fault(folder):
    edit(folder, "contacts.yml", "kind: douyin", "kind: douyinn")
    edit(folder, "topics.yml", "for: person, words: [就业创业证", "for: people, words: [就业创业证")
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(folder)
    assert len(str(caught.value).split("\n")) == len(caught.value.faults)


def test_the_untouched_copy_loads_like_the_original(folder, knowledge):
    assert load_knowledge(folder) == knowledge


def test_the_version_changes_with_one_character_of_one_clause(folder, knowledge):
    edit(folder, "brochures/1-jyfw.md", "二寸彩色照片一张。", "二寸彩色照片一张")
    assert load_knowledge(folder).version != knowledge.version


# Faults that are easily overlooked; what counts is that the folder is refused and the file named.
SLY = {
    "a mobile number with other first digits": ("contacts.yml", "'18614820020'", "'13914820020'"),
    "a number with another area code": ("contacts.yml", "0482-8266160, clause: gxby-tel-xam", "0483-8266160, clause: gxby-tel-xam"),
    "500 where the clause says 1500": ("answers/gxby-1.yml", "1500元", "500元"),
    "a sentence that is missing": ("replies.yml", "praise: 谢谢您，能帮上忙就好。\n", ""),
    "a placeholder that does not exist": ("replies.yml", "praise: 谢谢您", "praise: 谢谢您{nmae}"),
    "an unknown aspect in the lexicon": ("lexicon/aspects.yml", "who: ", "whoo: "),
    "a time of day where a day is meant": ("validity.yml", "until: 2023-04-30", "until: 2023-04-30 12:00:00"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new"), SLY.values(), ids=SLY.keys())
def test_a_copy_with_this_fault_is_refused(folder, file, old, new):
    edit(folder, file, old, new)
    assert f"knowledge/{file}" in [fault.file for fault in faults_of(folder)]


def test_two_brochures_with_one_id_are_refused(folder):
    shutil.copy(folder / "brochures/7-zpfw.md", folder / "brochures/8-zpfw.md")
    assert "knowledge/brochures/8-zpfw.md" in [fault.file for fault in faults_of(folder)]


def test_windows_line_ends_change_nothing(folder, knowledge):
    for path in (folder / "contacts.yml", folder / "brochures/7-zpfw.md", folder / "answers/zpfw.yml"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert replace(load_knowledge(folder), version="") == replace(knowledge, version="")


@pytest.mark.parametrize("file", ["contacts.yml", "answers/zpfw.yml"])
def test_a_byte_order_mark_changes_nothing(folder, knowledge, file):
    path = folder / file
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert replace(load_knowledge(folder), version="") == replace(knowledge, version="")


def test_a_byte_order_mark_in_a_brochure_changes_nothing(folder, knowledge):
    path = folder / "brochures/7-zpfw.md"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert replace(load_knowledge(folder), version="") == replace(knowledge, version="")

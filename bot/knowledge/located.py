"""YAML with line numbers: every value knows the line it stands on, so that a fault can name it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .fault import Fault, KnowledgeError

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"
Lines = dict[tuple[str | int, ...], int]


def load_yaml(path: Path, shown: str) -> tuple[Any, Lines]:
    """Read one YAML file.

    Returns the plain data and a table from key path (keys and list indices) to line number, first line 1.
    Raises KnowledgeError with one fault when the file is missing, not UTF-8, not YAML, or has a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise KnowledgeError([Fault(shown, 1, "文件", "没有这个文件", "一个 YAML 文件", "请恢复该文件。")]) from None
    except UnicodeDecodeError:
        raise KnowledgeError(
            [Fault(shown, 1, "文件", "不是 UTF-8 编码", "UTF-8 文本", "请另存为 UTF-8 编码。")]
        ) from None
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        lines: Lines = {}
        data = _value(loader, node, (), lines, shown) if node is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or str(error)
        raise KnowledgeError(
            [Fault(shown, line, "YAML", str(problem), "合法的 YAML", "检查这一行的缩进、冒号和引号。")]
        ) from None
    finally:
        loader.dispose()
    return data, lines


def _value(loader: Any, node: yaml.Node, path: tuple[str | int, ...], lines: Lines, shown: str) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if key_node.tag == _TEXT else loader.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if key in result:
                raise KnowledgeError(
                    [Fault(shown, line, str(key), str(key), "只出现一次的键", "删去或合并重复的条目。")]
                )
            result[key] = _value(loader, value_node, (*path, key), lines, shown)
            below = (*path, key)
            lines[below] = line
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, (*path, i), lines, shown) for i, item in enumerate(node.value)]
    if node.tag == _TEXT:  # nearly all of it; the constructor would take three times as long
        return node.value
    return loader.construct_object(node, deep=True)

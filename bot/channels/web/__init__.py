"""The website's channel: the JSON API of docs/api.md, the page, the widget's files, printed results."""

from .channel import WebInput

__all__ = ["WebInput"]

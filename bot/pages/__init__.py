"""The website's pages, made on the server from the knowledge: brochures, schemes, telephone numbers."""

from .accuracy import Accuracy, AccuracyError, Figure, read_accuracy
from .addresses import page_at, robots, sitemap
from .site import Page, Site

__all__ = ["Accuracy", "AccuracyError", "Figure", "Page", "Site", "page_at", "read_accuracy", "robots", "sitemap"]

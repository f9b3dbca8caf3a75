"""Amounts, rates and dates worked out from the printed figures: which calculation is meant, what it is told, what
comes out."""

from .calculate import calculate
from .load import load_calculators
from .model import Calculator, Inputs, Part, Question, Result
from .read import read
from .recognise import recognise

__all__ = [
    "Calculator",
    "Inputs",
    "Part",
    "Question",
    "Result",
    "calculate",
    "load_calculators",
    "read",
    "recognise",
]

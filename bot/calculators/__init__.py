"""Amounts, rates and dates worked out from the printed figures: which calculation is meant, what it is told, what
comes out."""

from .calculate import calculate
from .form import Field, Form, FormFault, Option, describe, fields, fill, form_of, opening
from .load import load_calculators
from .model import Calculator, Inputs, Part, Question, Result
from .read import read
from .recognise import recognise

__all__ = [
    "Calculator",
    "Field",
    "Form",
    "FormFault",
    "Inputs",
    "Option",
    "Part",
    "Question",
    "Result",
    "calculate",
    "describe",
    "fields",
    "fill",
    "form_of",
    "load_calculators",
    "opening",
    "read",
    "recognise",
]

"""Measures which values of an HL7 v2 message arrive in the FHIR Bundle that was made from it."""

from tests.acceptance.support.arrival import Arrival, Missing, measure, total
from tests.acceptance.support.translations import Translate, translations

__all__ = ["Arrival", "Missing", "Translate", "measure", "total", "translations"]

"""Names, places and codes that made documents draw from; the codes are in force on the dates of service."""

from __future__ import annotations

LAST = (
    "ALVAREZ",
    "BENNETT",
    "CHEN",
    "DIALLO",
    "EDWARDS",
    "FISCHER",
    "GARCIA",
    "HOWLING",
    "IVERSON",
    "O'NEIL",
)
FIRST = ("ANNA", "BRUNO", "CELIA", "DAVID", "ELLIS", "FATIMA", "GRACE", "HAL", "IRIS", "JOSE")
MIDDLE = ("", "", "J", "MARIE")
STREETS = (
    "12202 AIRPORT WAY",
    "10 1/2 SHOEMAKER STREET",
    "32 BUFFALO RUN",
    "1264 OAK WOOD AVE",
    "5 MAIN STREET",
)
PLACES = (
    ("BROOMFIELD", "CO", "800210021"),
    ("BALTIMORE", "MD", "212360001"),
    ("MIAMI", "FL", "331110042"),
    ("CHEYENNE", "WY", "820090310"),
    ("MADISON", "WI", "537030777"),
)
PRACTICES = (
    "BEN KILDARE SERVICE",
    "PREMIER FAMILY CLINIC",
    "ASSOCIATED MEDICAL GROUP",
    "LAKESIDE PHYSICIANS",
)
HOSPITALS = ("JONES HOSPITAL", "REGIONAL HOPE HOSPITAL", "MERCY GENERAL HOSPITAL")
PAYERS = (
    ("KEY INSURANCE COMPANY", "CI"),
    ("GREAT PRAIRIES HEALTH", "BL"),
    ("RUSHMORE LIFE", "12"),
    ("MEDICARE B", "MB"),
)
PRACTICE_TAXONOMIES = ("207Q00000X", "207R00000X", "208D00000X", "213E00000X")
HOSPITAL_TAXONOMIES = ("282N00000X", "282NC0060X")
DIAGNOSES = (
    "E119",
    "I10",
    "J069",
    "M5450",
    "R079",
    "J209",
    "N390",
    "K219",
    "E785",
    "R0602",
    "S8001XA",
    "Z9181",
)
PROCEDURES = (
    "99213",
    "99214",
    "93000",
    "85025",
    "80053",
    "36415",
    "71046",
    "20610",
    "97110",
    "J3301",
    "G0439",
)
MODIFIERS = ("25", "59", "RT", "LT", "76")
PLACES_OF_SERVICE = ("11", "12", "21", "22", "23")
REVENUES = ("0300", "0305", "0320", "0450", "0730")
ROOMS = ("0120", "0110", "0250", "0270")
REMARKS = ("N130", "M15", "MA01", "N30", "M80")
WRITE_OFFS = ("45", "97", "253")
DENIALS = ("29", "50", "96", "197", "16")
PATIENT_SHARES = ("1", "2", "3")

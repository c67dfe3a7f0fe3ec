"""Recognizes columns with personal data by their name and values."""

from collections.abc import Mapping

import polars as pl

from scaffold.own_data.columns.cells import Values
from scaffold.own_data.columns.identifiers import separated, words_of

MAIL = r"^[^@\s]+@[^@\s]+\.\w+$"
PHONE = r"^\+?[\d\s()./-]{7,}$"
WORDS = r"^[\p{L}][\p{L}\s.,'\x{2019}-]*$"
ADDRESS = r"\p{L}{3}.*\d|\d.*\p{L}{3}"  # a street and a house number
NUMBER = r"\d{3}"  # of an ID document or a case
MOSTLY = 0.8  # of the values
LEAST_DIFFERENT = 0.1  # distinct values per row
FEWEST = 10  # distinct values
FIRST = words_of("first forename firstname vorname prénom prenom nombre given")
LAST = words_of("last surname lastname familyname nachname apellido nom")
PEOPLE = words_of("""
full customer client patient passenger employee student person contact user member owner author
applicant defendant fullname username
""")
PHONES = words_of("phone telephone tel mobile cell fax telefon telefono handy")
STREETS = words_of("address street addr adresse strasse straße direccion rue")
BIRTHS = words_of("dob birthdate birthday geburtsdatum geburtstag")
DOCUMENTS = words_of("ssn passport iban")
NUMBERED = words_of("id number no nr")


def personal(columns: Mapping[str, Values]) -> dict[str, str]:
    """Maps each column with personal data to a description of its contents."""
    contents = {}
    for name, values in columns.items():
        content = content_of(values)
        if content:
            contents[name] = content
    for name, values in columns.items():
        alone = separated(name).split() == ["name"]
        if contents and alone and values.type == "choice" and differs(values, WORDS):
            contents[name] = "names of people"
    return contents


def content_of(values: Values) -> str | None:
    """A description of the contents, if they are personal."""
    if values.type in ("constant", "empty", "boolean", "number"):
        return None
    words = words_of(separated(values.name))
    if values.type == "date":
        born = bool(words & BIRTHS) or {"date", "birth"} <= words
        return "dates of birth" if born else None
    if words & PHONES and differs(values, PHONE):
        return "phone numbers"
    if is_document(words) and differs(values, NUMBER):
        return "document or case numbers"
    if values.type == "integer":
        return None
    if differs(values, MAIL):
        return "email addresses"
    if is_name(words) and differs(values, WORDS):
        return "names of people"
    if words & STREETS and differs(values, ADDRESS):
        return "addresses"
    return None


def is_name(words: set[str]) -> bool:
    """Whether a column's name indicates names of people."""
    if words <= FIRST | LAST | {"name"}:
        return bool(words & (FIRST | LAST))
    return words == {"fullname"} or ("name" in words and bool(words & (FIRST | LAST | PEOPLE)))


def is_document(words: set[str]) -> bool:
    """Whether a column's name indicates document or case numbers."""
    secured = {"social", "security"} <= words
    return secured or bool(words & DOCUMENTS) or ("case" in words and bool(words & NUMBERED))


def differs(values: Values, pattern: str) -> bool:
    """Whether most values match the pattern and many of them are distinct."""
    filled = values.series.drop_nulls()
    if values.distinct < max(FEWEST, LEAST_DIFFERENT * len(filled)):
        return False
    if values.type == "integer":
        filled = filled.cast(pl.Int64, strict=False)
    texts = filled.unique().cast(pl.String)
    return int(texts.str.contains(pattern).sum()) >= MOSTLY * len(texts)

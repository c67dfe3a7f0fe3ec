"""Names for columns, rows and projects that don't collide with names in the project's code."""

import builtins
import keyword
import re

from scaffold.names import joined

LONGEST = 40
LONGEST_ALIAS = 18  # so that a field, its type and its range fit on one line
# Names that a record inherits from pydantic, and other columns of the project's tables.
FIELDS = """
construct copy dict from_orm json parse_file parse_obj parse_raw schema schema_json
update_forward_refs validate
confidence datetime group high id label low output p prediction prediction_id probabilities problem
repeated source target
"""
CLASSES = "Annotated Any BaseModel ConfigDict Explanation Feedback Field Label Literal Output Part"
CLASSES += " Prediction Probability StringConstraints Target"
# Variables, functions and modules of the project: the word for a row is used as a variable, too.
WORDS = """
about actual answer answers app apply base batch bundle case cell champion change check choice
class client column columns commit config content count counts data dataset date decision
details deviation distance distances document drift engine entries entry error event evidence
example examples export fault faults feature features feedback field figure figures file files
first folder folds form gain group groups head headers host id identity image input inputs
interval key keys label labels last latest level limit line lines log logged loop metric metrics
missing model monitor more name names new number numbers old options order output outputs page
pages parameter part parts path pipeline place point predicted prediction predictions predictor
present problem profile project query question questions rank reason reasons reference registry
rejected report request requests response result results row rows run sample samples schema
score scores service setting settings shape size slice slices source split stage start status
step storage store stream table tabulate tag tags target targets test text texts time title
train training type value values variable verdict version window
"""


def are_words(record: str, records: str) -> bool:
    """Whether the code can use these words for a row and for rows."""
    taken = {*WORDS.split(), *keyword.kwlist, *dir(builtins)}
    for word in (record, records):
        if not re.fullmatch(r"[a-z][a-z_]{2,23}", word) or word in taken:
            return False
    return record != records


def classes(words: object) -> set[str]:
    """The class names used in the contract."""
    record = words["Record"] if isinstance(words, dict) else ""
    return {*CLASSES.split(), record, f"Labeled{record}"}


def field(name: str) -> str:
    """The name as a field of the contract; a reserved name gets a trailing underscore."""
    plain = joined(name, "_")
    if len(plain) > LONGEST:  # don't cut a number in half
        plain = plain[: LONGEST + 1].rpartition("_")[0] or plain[:LONGEST]
    plain = plain.rstrip("_")
    if not plain or plain[0].isdigit():
        plain = f"column_{plain}".rstrip("_")
    taken = {*FIELDS.split(), *keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
    if plain in taken or plain.startswith("model_"):
        return f"{plain}_"
    return plain


def unused(name: str, taken: set[str]) -> str:
    """Returns the name, with a number appended if it is taken, and adds it to `taken`."""
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}_{number}", number + 1
    taken.add(candidate)
    return candidate


def alias(name: str) -> str:
    """The class name for a column: 'SoilType' for 'soil_type'."""
    words = [word.capitalize() for word in name.strip("_").split("_")]
    while len("".join(words)) > LONGEST_ALIAS and len(words) > 1:
        words.pop()
    plain = "".join(words)
    if keyword.iskeyword(plain) or plain in dir(builtins):
        return f"{plain}Choice"
    return plain


def project(dataset: str) -> str:
    """The project name for a data set."""
    plain = joined(dataset, "-")[:30].strip("-")
    return f"my-{plain}" if plain else "my-data"

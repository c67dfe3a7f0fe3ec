"""How the tests sample the reviews, and invalid requests."""

SAMPLE_ROWS = 2_000
FIRST_ROWS = 100  # to train the first champion
CANDIDATE = ("logistic regression", '{"C": 3}')
INVALID = [
    ({"text": ""}, "text", "at least 1 character"),
    ({"text": " \n"}, "text", "match pattern"),
    ({"text": "a" * 20_001}, "text", "at most 20000 characters"),
    ({"text": 5}, "text", "valid string"),
]

"""How the tests sample the cells, and invalid requests."""

SAMPLE_ROWS = 700
FIRST_ROWS = 20  # to train the first champion
CANDIDATE = ("logistic regression", '{"C": 0.01}')
INVALID = [
    ({"image": b""}, "file", "intact PNG, JPEG"),
    ({"image": b"no picture"}, "file", "intact PNG, JPEG"),
]

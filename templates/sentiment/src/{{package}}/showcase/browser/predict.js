// The champion in the browser: the arithmetic of predictor.py and explanation.py on the tables of showcase/browser_model.py.

const TAG = /<[^<>]{1,20}>/gu;
const BROKEN = /[\u0080-\u009f]/g;
// As in Python, a letter is no mark: an accent of its own parts two words.
const WORD = /[\p{L}\p{N}_][\p{L}\p{N}_']*|[!?]/gu;
const BLANK = /^[\s\u001c-\u001f\u0085]*$/u;

/** The model that the tables describe. */
export function load(tables) {
  const table = new Map();
  const squares = tables.squares.flatMap(([square, count]) => Array(count).fill(square));
  tables.ngrams.split("\n").forEach((ngram, row) => table.set(ngram, [squares[row], tables.weights[row]]));
  return { ...tables, table };
}

/** What is wrong with a record, in the words of the API: a list of field and reason. */
export function faults(model, { text }, contract) {
  if (BLANK.test(text)) return [{ field: "text", reason: "Text should hold more than white space" }];
  const most = contract.properties.text.maxLength;
  return [...text].length > most ? [{ field: "text", reason: `String should have at most ${most} characters` }] : [];
}

/** The label and the probability that a review is positive. */
export function predict(model, { text }) {
  const score = logOdds(model, contributions(model, text));
  return { label: score > 0 ? "positive" : "negative", probability: 1 / (1 + Math.exp(-score)) };
}

/** The score and its strongest parts: the intercept and all parts add up to it. */
export function explain(model, record) {
  const parts = contributions(model, record.text);
  const strongest = [...parts].sort((one, other) => Math.abs(other[1]) - Math.abs(one[1])).slice(0, model.strongest);
  return {
    ...predict(model, record),
    score: logOdds(model, parts),
    intercept: model.intercept,
    parts: Object.fromEntries(strongest),
  };
}

/** Words and pairs of neighbouring words in lower case; `!` and `?` count as words. */
export function ngrams(model, text) {
  const repaired = text.replace(TAG, " ").replace(BROKEN, (broken) => model.repairs[broken]);
  const words = repaired.toLowerCase().match(WORD) ?? [];
  return [...words, ...words.slice(1).map((word, before) => `${words[before]} ${word}`)];
}

/** What each known n-gram adds to the score: sublinear TF-IDF, divided by its length, times the weight. */
function contributions(model, text) {
  const counts = new Map();
  for (const ngram of ngrams(model, text)) {
    if (model.table.has(ngram)) counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  const shares = new Map();
  let total = 0;
  for (const [ngram, count] of counts) {
    const [square, weight] = model.table.get(ngram);
    const frequency = 1 + Math.log(count);
    total += square * frequency * frequency;
    shares.set(ngram, weight * frequency);
  }
  for (const [ngram, share] of shares) shares.set(ngram, share / Math.sqrt(total));
  return shares;
}

function logOdds(model, parts) {
  let score = model.intercept;
  for (const share of parts.values()) score += share;
  return score;
}

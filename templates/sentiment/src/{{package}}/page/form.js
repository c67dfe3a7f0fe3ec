/** The part of the page that is about reviews: the field, the answer, and the words that moved it. */

import { bar, element, field, signedBars } from "./elements.js";

export const TITLE = "A review of your own";
export const ASK = "Is it positive?";
export const EMPTY = "Write a review or choose an example. The answer will stand here.";
const SHOWN = 10; // parts of the explanation; the rest unfolds
const OTHER = { positive: "negative", negative: "positive" };

/** The input, and how a record is read from it and put into it. */
export function fields(contract) {
  const most = contract.properties.text.maxLength.toLocaleString("en-US");
  const input = element("textarea", { name: "text", rows: "7", required: true });
  return {
    node: field("A film review", `In English, up to ${most} characters`, input),
    read: () => ({ text: input.value }),
    fill: (record) => (input.value = record.text),
  };
}

/** A record as a request. */
export function sent(record) {
  return { headers: { "Content-Type": "application/json" }, body: JSON.stringify(record) };
}

/** The answer in one line. */
export function said({ label, probability }) {
  return `${label}, with a probability of ${percent(label === "positive" ? probability : 1 - probability)}`;
}

/** The answer as it is shown. */
export function answer({ label, probability }) {
  const share = label === "positive" ? probability : 1 - probability;
  return element(
    "div",
    { class: "given" },
    element("p", { class: "large" }, label),
    bar(0, share, label === "positive" ? "for" : "against"),
    element("p", {}, `Probability: ${percent(share)} ${label}, ${percent(1 - share)} ${OTHER[label]}`),
  );
}

/** The answer to an example beside what its writer said. */
export function compared(given, truth) {
  return `Its writer says ${truth}: the model is ${given.label === truth ? "right" : "wrong"}.`;
}

/** The words and pairs of words that moved the answer most. */
export function explanation({ parts }) {
  // An object has words that are numbers first, wherever they stood.
  const rows = Object.entries(parts).sort(([, one], [, other]) => Math.abs(other) - Math.abs(one));
  if (!rows.length) return element("p", {}, "The model knows none of these words.");
  const caption = "Words and pairs of words, and what each adds to the log-odds of a positive review";
  const table = (some) => signedBars(caption, ["words", "adds"], some, signed);
  if (rows.length <= SHOWN) return table(rows);
  const more = element("details", {}, element("summary", {}, `${rows.length - SHOWN} more`), table(rows.slice(SHOWN)));
  return element("div", {}, table(rows.slice(0, SHOWN)), more);
}

/** What may be true, each for a button. */
export function truths({ label }) {
  return [
    { value: OTHER[label], label: `This is wrong: it is ${OTHER[label]}` },
    { value: label, label: "This is right" },
  ];
}

export const inWords = (truth) => truth;

const percent = (share) => `${(100 * share).toFixed(share > 0.99 || share < 0.01 ? 1 : 0)}\u00a0%`;
const signed = (number) => `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(2)}`;

/** The part of the page that is about reviews: the field, the answer, and the words that moved it. */

import { element, field, ofTwoLabels, signedBars } from "./elements.js";

export const TITLE = "A review of your own";
export const ASK = "Is it positive?";
export const EMPTY = "Write a review or choose an example. The answer will stand here.";
const SHOWN = 10; // parts of the explanation; the rest unfolds

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

/** What is said of an answer, and what may be said against it. */
export const { said, answer, compared, truths, inWords } = ofTwoLabels("positive", "negative", "Its writer says");

/** The words and pairs of words that moved the answer most. */
export function explanation({ parts, intercept }) {
  // An object has words that are numbers first, wherever they stood.
  const rows = Object.entries(parts).sort(([, one], [, other]) => Math.abs(other) - Math.abs(one));
  if (!rows.length) return element("p", {}, "The model knows none of these words.");
  const added = "Words and pairs of words, and what each adds to the log-odds of a positive review";
  const caption = `${added}, which are ${signed(intercept)} before any word`;
  const table = (some) => signedBars(caption, ["words", "adds"], some, signed);
  if (rows.length <= SHOWN) return table(rows);
  const more = element("details", {}, element("summary", {}, `${rows.length - SHOWN} more`), table(rows.slice(SHOWN)));
  return element("div", {}, table(rows.slice(0, SHOWN)), more);
}

const signed = (number) => `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(2)}`;

/** The part of the page that is about houses: fields made from the contract, the price, and what moved it. */

import { bar, element, field, signedBars } from "./elements.js";

export const TITLE = "A house of your own";
export const ASK = "What will it sell for?";
export const EMPTY = "Fill in a house or choose an example. The price will stand here.";
export const TRUTH = "Price that was really paid";
export const TRUTH_HINT = "in dollars, from $10,000 to $50,000,000";
// The order on the page; a field of the contract that stands in none of them comes last.
const GROUPS = {
  "Size": ["bedrooms", "bathrooms", "floors", "sqft_living", "sqft_above", "sqft_basement", "sqft_lot"],
  "Age and quality": ["yr_built", "yr_renovated", "grade", "condition", "view", "waterfront"],
  "Place and day": ["zipcode", "lat", "long", "sqft_living15", "sqft_lot15", "date"],
};

/** The inputs, one for each field of the contract, and how a record is read from them and put into them. */
export function fields({ properties }) {
  const grouped = Object.values(GROUPS).flat();
  const rest = Object.keys(properties).filter((name) => !grouped.includes(name));
  const inputs = {};
  const sets = Object.entries({ ...GROUPS, "Further": rest }).map(([legend, names]) => {
    const made = names.filter((name) => name in properties).map((name) => {
      inputs[name] = input(name, properties[name]);
      return field(...described(properties[name]), inputs[name]);
    });
    return made.length ? element("fieldset", {}, element("legend", {}, legend), ...made) : null;
  });
  const fill = (record) => Object.entries(record).forEach(([name, value]) => put(inputs[name], value));
  const typical = Object.entries(properties).map(([name, { examples }]) => [name, examples?.[0]]);
  fill(Object.fromEntries(typical.filter(([, value]) => value !== undefined)));
  const read = () => Object.fromEntries(Object.entries(inputs).map(([name, one]) => [name, value(one)]));
  return { node: element("div", { class: "sets" }, ...sets), read, fill };
}

function input(name, { type, format, minimum, maximum }) {
  if (type === "boolean") return element("input", { type: "checkbox", name });
  if (type === "string") return element("input", { type: format === "date" ? "date" : "text", name, required: true });
  const step = type === "integer" ? "1" : "any";
  const limits = { min: minimum?.toString() ?? null, max: maximum?.toString() ?? null };
  const mode = minimum < 0 ? "text" : type === "integer" ? "numeric" : "decimal"; // a keyboard with a minus, if needed
  return element("input", { type: "number", name, step, inputmode: mode, required: true, ...limits });
}

/** The label and the hint: the description to its first comma or colon, and the rest with the range. */
function described({ description, minimum, maximum }) {
  const [, label, more] = description.match(/^([^,:;]*)[,:;]?\s*(.*)$/);
  const range = minimum === undefined ? "" : `from ${minimum} to ${maximum}`;
  return [label[0].toUpperCase() + label.slice(1), [more, range].filter(Boolean).join("; ")];
}

const put = (one, value) => (one.type === "checkbox" ? (one.checked = value) : (one.value = value));

function value(one) {
  if (one.type === "checkbox") return one.checked;
  return one.type === "number" ? one.valueAsNumber : one.value;
}

/** A record as a request. */
export function sent(record) {
  return { headers: { "Content-Type": "application/json" }, body: JSON.stringify(record) };
}

/** The answer in one line. */
export function said({ price, low, high }) {
  return `${dollars(price)}, with 90 % confidence between ${dollars(low)} and ${dollars(high)}`;
}

/** The answer as it is shown. */
export function answer({ price, low, high }) {
  const at = (amount) => amount / (high * 1.1); // the track begins at 0 dollars
  const track = bar(at(low), at(high));
  const point = element("span", { class: "point" });
  point.style.left = `${100 * at(price)}%`;
  track.append(point);
  return element(
    "div",
    { class: "given" },
    element("p", { class: "large" }, dollars(price)),
    track,
    element("p", {}, `90 % interval: ${dollars(low)} to ${dollars(high)}`),
  );
}

/** The answer to an example beside the price that was paid. */
export function compared({ price, low, high }, truth) {
  const off = `${Math.abs(100 * (price / truth - 1)).toFixed(0)} % too ${price > truth ? "high" : "low"}`;
  const held = low <= truth && truth <= high ? "holds it" : "misses it";
  return `It was sold for ${dollars(truth)}: the answer is ${off}, the interval ${held}.`;
}

/** The price beside what it would be if the home were typical in one respect, and the nearest sales. */
export function explanation(explained) {
  const rows = explained.if_typical_in.map(({ respect, price, difference }) => [respect, difference, dollars(price)]);
  const caption = "What each of these adds to the price, beside a typical home";
  const columns = ["what", "adds", "if typical"];
  return element(
    "div",
    {},
    signedBars(caption, columns, rows, signed),
    element("p", { class: "hint" }, explained.note),
    nearest(explained.nearest_sales),
  );
}

function nearest(sales) {
  if (!sales.length) return "";
  const head = ["sold for", "on", "square feet", "kilometres away"].map((text) => element("th", { scope: "col" }, text));
  const rows = sales.map(({ price, date, sqft_living: area, kilometres }) => {
    const cells = [dollars(price), date, area.toLocaleString("en-US"), kilometres.toFixed(2)];
    return element("tr", {}, ...cells.map((text) => element("td", { class: "number" }, text)));
  });
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
  return element("details", {}, element("summary", {}, `${sales.length} nearest known sales`), table);
}

/** A price has too many values for buttons: the page asks for it. */
export const truths = () => [];

export function truthInput() {
  const limits = { min: "10000", max: "50000000", step: "any", inputmode: "decimal" };
  return element("input", { type: "number", name: "target", required: true, ...limits });
}

export const inWords = (truth) => dollars(truth);

function dollars(amount) {
  return amount.toLocaleString("en-US", { style: "currency", currency: "USD", maximumFractionDigits: 0 });
}

function signed(amount) {
  const sign = Math.abs(amount) < 0.5 ? "" : amount < 0 ? "−" : "+";
  return sign + dollars(Math.abs(amount));
}

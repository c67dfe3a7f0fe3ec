/** Makes elements. Text goes in as text, never as HTML: what a user typed can't become a script. */

/**
 * An element with attributes, listeners (values that are functions) and children; null and false are left out.
 * @param {string} tag
 * @param {Object<string, string|boolean|null|function(Event): void>} attributes
 * @param {...(Node|string|null)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false && value !== null) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A labelled input, with a hint and a place for what is wrong with it. */
export function field(label, hint, input) {
  const name = input.name;
  input.id = `field-${name}`;
  input.setAttribute("aria-describedby", `hint-${name} error-${name}`);
  return element(
    "div",
    { class: input.type === "checkbox" ? "field check" : "field" },
    element("label", { for: input.id }, label),
    input,
    element("p", { class: "hint", id: `hint-${name}` }, hint),
    element("p", { class: "error", id: `error-${name}` }),
  );
}

/** A bar from `start` to `end`, both from 0 to 1 of its track; `tone` is for, against or plain. */
export function bar(start, end, tone = "plain") {
  const filled = element("span", { class: `filled ${tone}` });
  filled.style.left = `${100 * start}%`; // the policy allows styles by script, but no attribute `style`
  filled.style.width = `${100 * Math.max(end - start, 0.005)}%`;
  return element("span", { class: "track", "aria-hidden": "true" }, filled);
}

/**
 * A table of what speaks for something or against it, with a bar for each row.
 * @param {string[]} columns  names of the columns: row, size, and any further ones
 * @param {Array<[string, number, ...string]>} rows  name, signed size, further cells
 * @param {function(number): string} said  a size in words
 */
export function signedBars(caption, columns, rows, said) {
  const largest = Math.max(...rows.map(([, size]) => Math.abs(size)), 1e-9);
  const drawn = rows.map(([name, size, ...more]) => {
    const half = Math.abs(size) / largest / 2;
    const shown = size < 0 ? bar(0.5 - half, 0.5, "against") : bar(0.5, 0.5 + half, "for");
    const numbers = [said(size), ...more].map((text) => element("td", { class: "number" }, text));
    return element("tr", {}, element("th", { scope: "row" }, name), element("td", { class: "drawn" }, shown), ...numbers);
  });
  const [first, ...others] = columns.map((text, at) => element("th", { scope: "col", class: at ? "number" : null }, text));
  return element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, first, element("td", { class: "drawn" }), ...others)),
    element("tbody", {}, ...drawn),
  );
}

/**
 * How an answer is shown and judged that is one of two labels with a probability.
 * @param {string} label  the one whose probability is given
 * @param {string} other
 * @param {string} witness  who knows the truth of an example, and says it: "Its writer says"
 */
export function ofTwoLabels(label, other, witness) {
  const opposite = { [label]: other, [other]: label };
  const share = (given) => (given.label === label ? given.probability : 1 - given.probability);
  return {
    said: (given) => `${given.label}, with a probability of ${percent(share(given))}`,
    answer(given) {
      const sure = share(given);
      const words = `Probability: ${percent(sure)} ${given.label}, ${percent(1 - sure)} ${opposite[given.label]}`;
      const drawn = bar(0, sure, given.label === label ? "for" : "against");
      return element("div", { class: "given" }, element("p", { class: "large" }, given.label), drawn, element("p", {}, words));
    },
    compared: (given, truth) => `${witness} ${truth}: the model is ${given.label === truth ? "right" : "wrong"}.`,
    truths: (given) => [
      { value: opposite[given.label], label: `This is wrong: it is ${opposite[given.label]}` },
      { value: given.label, label: "This is right" },
    ],
    inWords: (truth) => truth,
  };
}

const percent = (share) => `${(100 * share).toFixed(share > 0.99 || share < 0.01 ? 1 : 0)}\u00a0%`;

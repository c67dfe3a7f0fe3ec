/** The page to try: examples, a form, the answer, what drove it, and feedback. Where answers come from is `backend`. */

import { element, field } from "./elements.js";
import * as form from "./form.js"; // what differs between tasks

const PENDING_MS = 300; // what is quicker needs no word

/**
 * @typedef {{label: string, request: Object, truth: (string|number)}} Example
 * @typedef {{version: ?number, problem: ?string, contract: Object, examplesOnly: ?boolean}} About
 *   the version that serves or why none does; the JSON schema of a record; whether there is no form to fill in
 * @typedef {Object} Backend  promises are refused with an Error: its message, and `errors` as [{field, reason}] if any
 * @property {function(): Promise<About>} about
 * @property {function(): Promise<Example[]>} examples
 * @property {function(Object): Promise<Object>} predict  as `/predict` answers
 * @property {?function(Object): Promise<{version: number, moved: (Object|Blob)}>} explain  as `/explain` answers, and for
 *   which version
 * @property {?function(string, (string|number)): Promise<void>} feedback  takes a prediction's id and what is true
 */

/**
 * Fill an element with the page.
 * @param {HTMLElement} root
 * @param {Backend} backend
 */
export async function mount(root, backend) {
  const asked = [backend.about(), backend.examples().catch(() => [])]; // the page works without examples
  const [about, examples] = await Promise.all(asked);
  const page = { backend, busy: false, asked: 0, truth: null, ...parts(about) };
  page.form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(page);
  });
  page.form.addEventListener("input", () => (page.truth = null));
  page.form.hidden = Boolean(about.examplesOnly);
  root.replaceChildren(
    element("div", { class: "question" }, notice(about), shownExamples(page, examples), page.form),
    element("div", { class: "result" }, page.status, page.answer),
  );
}

function parts(about) {
  const fields = form.fields(about.contract);
  const alert = element("p", { class: "error", role: "alert" });
  const title = element("h2", {}, form.TITLE);
  const button = element("button", { class: "main" }, form.ASK);
  return {
    fields,
    alert,
    form: element("form", { novalidate: true, "aria-label": form.TITLE }, title, fields.node, alert, button),
    status: element("p", { class: "status unseen", role: "status" }),
    answer: element("section", { class: "answer", "aria-label": "Answer" }, empty()),
  };
}

const empty = () => element("p", { class: "hint" }, form.EMPTY);

function notice(about) {
  if (about.version) return null;
  return element("p", { class: "notice", role: "status" }, `Nothing serves yet. ${about.problem ?? ""}`);
}

function shownExamples(page, examples) {
  if (!examples.length) return null;
  const buttons = examples.map((example) => {
    const label = element("span", {}, example.label);
    const chosen = () => {
      if (page.busy) return;
      page.fields.fill(example.request);
      page.truth = example.truth;
      ask(page, example.request);
    };
    return element("li", {}, element("button", { type: "button", click: chosen }, form.picture?.(example) ?? null, label));
  });
  return element(
    "section",
    { class: "examples", "aria-labelledby": "examples" },
    element("h2", { id: "examples" }, "Examples"),
    element("p", { class: "hint" }, "Held back when the model was trained. Choose one to have it answered."),
    element("ul", {}, ...buttons),
  );
}

async function submit(page) {
  if (page.busy) return;
  const invalid = [...page.form.elements].filter((input) => !input.checkValidity());
  if (invalid.length) {
    mark(page, invalid.map((input) => ({ field: input.name, reason: input.validationMessage })));
    return;
  }
  await ask(page, await page.fields.read());
}

/** Ask once, whatever is clicked meanwhile; then show the answer, or beside its field what is wrong. */
async function ask(page, record) {
  page.busy = true;
  mark(page, []);
  const button = page.form.querySelector(".main");
  button.setAttribute("aria-disabled", "true"); // `disabled` would take the focus away
  try {
    const answer = await pending(page, "Asking the model …", page.backend.predict(record));
    page.asked += 1;
    show(page, answer, record);
  } catch (error) {
    mark(page, error.errors ?? [], error.message);
  } finally {
    page.busy = false;
    button.removeAttribute("aria-disabled");
  }
}

/** The result of a promise; what is waited for is said if it takes long enough to be noticed. */
async function pending(page, text, promise) {
  const timer = setTimeout(() => say(page, text, true), PENDING_MS);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    if (page.status.textContent === text) say(page, "");
  }
}

/** Tell a screen reader, and everyone else if it is to be seen. */
function say(page, text, seen = false) {
  page.status.textContent = text;
  page.status.classList.toggle("unseen", !seen);
}

/** Write every fault beside its field and go to the first of them; what belongs to no field stands by the button. */
function mark(page, faults, message = "") {
  const inputs = [...page.form.elements].filter((input) => input.name);
  for (const input of inputs) {
    const reasons = faults.filter((fault) => fault.field === input.name).map((fault) => inWords(page, fault.reason));
    document.getElementById(`error-${input.name}`).textContent = reasons.join("; ");
    input.toggleAttribute("aria-invalid", false);
    if (reasons.length) input.setAttribute("aria-invalid", "true");
  }
  const first = inputs.find((input) => input.getAttribute("aria-invalid"));
  page.alert.textContent = first ? "" : message;
  if (first || message) page.answer.replaceChildren(empty()); // an answer to something else would stand beside it
  first?.focus();
}

/** A reason with the labels of fields in the place of their names. */
function inWords(page, reason) {
  return reason.replace(/\b[a-z]+_\w+\b/g, (name) => {
    const label = page.form.querySelector(`label[for="field-${name}"]`);
    return label ? `“${label.textContent}”` : name;
  });
}

function show(page, answer, record) {
  const about = `Model version ${answer.model_version}`;
  page.answer.replaceChildren(
    element("h2", {}, "Answer"),
    form.answer(answer),
    page.truth === null ? "" : element("p", { class: "truth" }, form.compared(answer, page.truth)),
    element("p", { class: "hint" }, answer.id ? `${about} · prediction ${answer.id}` : about),
    page.backend.feedback ? feedback(page, answer) : "",
    page.backend.explain ? explained(page, answer, record) : "",
  );
  say(page, `Answer: ${form.said(answer)}`);
  const { top } = page.answer.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) page.answer.scrollIntoView();
}

/** A place that shows what drove the answer as soon as that is known; nothing, if another one was asked meanwhile. */
function explained(page, answer, record) {
  const place = element("section", { class: "explanation", "aria-labelledby": "drivers" });
  const asked = page.asked;
  const fill = (...children) => {
    if (page.asked === asked) place.replaceChildren(element("h2", { id: "drivers" }, "What drove it"), ...children);
  };
  const timer = setTimeout(() => fill(element("p", { class: "hint" }, "Looking …")), PENDING_MS);
  page.backend
    .explain(record)
    .then(async ({ version, moved }) => fill(whose(version, answer), await form.explanation(moved, answer)))
    .catch((error) => fill(element("p", { class: "error" }, error.message)))
    .finally(() => clearTimeout(timer));
  return place;
}

/** A line that says whose explanation it is, if a challenger answered, or a new champion has come meanwhile. */
function whose(version, answer) {
  if (version === answer.model_version) return "";
  const words = `Version ${answer.model_version} answered. Explained is what the champion, version ${version}, makes of it.`;
  return element("p", { class: "notice" }, words);
}

/** What a visitor can say of the answer: one click where the truth has few values, else a field to fill in. */
function feedback(page, answer) {
  const alert = element("p", { class: "error", role: "alert" });
  const place = element("form", { class: "feedback", novalidate: true });
  const values = form.truths(answer);
  const input = values.length ? null : form.truthInput();
  let sending = false;
  const send = async (value) => {
    if (sending) return;
    sending = true;
    try {
      await pending(page, "Sending …", page.backend.feedback(answer.id, value));
      const sent = element("p", { class: "sent", tabindex: "-1" }, `Sent: the truth is ${form.inWords(value)}. Thank you.`);
      place.replaceChildren(sent);
      sent.focus();
    } catch (error) {
      alert.textContent = error.message;
    } finally {
      sending = false;
    }
  };
  place.addEventListener("submit", (event) => {
    event.preventDefault();
    input.checkValidity() ? send(input.valueAsNumber) : (alert.textContent = input.validationMessage);
  });
  const clickable = ({ value, label }) => element("button", { type: "button", click: () => send(value) }, label);
  place.append(...(input ? [asking(input)] : values.map(clickable)), alert);
  return place;
}

/** The button that unfolds the field for the truth. */
function asking(input) {
  const inner = element("div", { class: "asked" }, field(form.TRUTH, form.TRUTH_HINT, input), element("button", {}, "Send"));
  return element("details", {}, element("summary", {}, "This is wrong"), inner);
}

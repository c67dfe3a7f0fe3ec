/** Builds a form from the service's OpenAPI document, asks the service and shows its answer. */

const ASKING = "Asking the model …";
const NOT_THE_TARGET = ["probabilities", "low", "high", "id", "model_version"];
const INPUT_TYPES = { boolean: "checkbox", integer: "number", number: "number", date: "date" };

const byId = (id) => document.getElementById(id);
const inputs = () => [...byId("fields").querySelectorAll("[name]")];
const json = (value) => new Blob([JSON.stringify(value)], { type: "application/json" });
const addText = (text, className) => byId("answer").append(element("p", { className }, text));
const inUnit = (text) => (/^\p{Sc}$/u.test(unit) ? unit + text : `${text} ${unit}`);
let schemas, isMultipart, target, unit, level;
let turn = 0; // grows with every change of the input: a reply to an earlier turn is dropped

async function start() {
  const { paths, components } = await request("openapi.json");
  const { requestBody, responses } = paths["/predict"].post;
  schemas = components.schemas;
  const answer = resolved(responses["200"].content["application/json"].schema).properties;
  target = Object.keys(answer).find((name) => !NOT_THE_TARGET.includes(name));
  unit = answer[target]["x-unit"] ?? "";
  level = answer.low?.description?.match(/\d+\s?%/)?.[0] ?? ""; // of confidence
  const [type, { schema }] = Object.entries(requestBody.content)[0];
  const record = resolved(schema);
  isMultipart = type === "multipart/form-data"; // its title is FastAPI's own
  if (!isMultipart) byId("record-title").textContent = record.title;
  for (const [name, property] of Object.entries(record.properties)) {
    addField(name, resolved(property), record.required?.includes(name));
  }
  byId("question").hidden = false;
  for (const example of await request("examples")) addExample(example);
}

/** A schema with its reference followed; of an optional type the one that is not null. */
function resolved(schema) {
  const option = schema.anyOf?.find(({ type }) => type !== "null") ?? schema;
  return { ...schemas[option.$ref?.split("/").pop()], ...option, ...schema };
}

/** The JSON of a reply; a body is posted. The cause of an error is FastAPI's list of details. */
async function request(path, body) {
  const key = sessionStorage.getItem("key");
  const headers = key ? { Authorization: `Bearer ${key}` } : {};
  const method = body ? "POST" : "GET";
  const signal = AbortSignal.timeout(30_000);
  const response = await fetch(path, { method, headers, body, signal }).catch(() => {
    throw new Error("The service can't be reached, or takes too long to answer.");
  });
  const reply = await response.json().catch(() => ({}));
  if (response.ok) return reply;
  const { detail = `The service answered ${response.status}.` } = reply;
  if (response.status === 401) {
    const typed = prompt(`${detail}\nKey of this service, kept until this tab is closed:`);
    if (!typed) throw new Error(detail);
    sessionStorage.setItem("key", typed.replace(/[^!-~]/g, "")); // no header can hold others
    return request(path, body);
  }
  if (!Array.isArray(detail)) throw new Error(detail);
  const reasons = detail.map(({ loc, msg }) => `${loc.at(-1)}: ${msg}`);
  throw new Error(reasons.join("; "), { cause: detail });
}

/** An element with properties; strings among its children stay text, never HTML. */
function element(tag, properties = {}, ...children) {
  const created = Object.assign(document.createElement(tag), properties);
  created.append(...children);
  return created;
}

function addField(name, schema, required) {
  const { title = name, description = "", minimum = "up", maximum, "x-unit": units } = schema;
  const range = maximum === undefined ? "" : ` (${minimum} to ${maximum})`;
  const input = Object.assign(inputFor(schema), { name, id: `field-${name}` });
  input.required = required && input.type !== "checkbox";
  if (!required && input.matches("select")) input.prepend(new Option("")); // may be missing
  input.setAttribute("aria-describedby", `hint-${name}`);
  const label = element("label", { htmlFor: input.id }, units ? `${title}, ${units}` : title);
  const hint = element("p", { id: `hint-${name}`, className: "hint" }, description + range);
  byId("fields").append(element("div", { className: "field" }, label, input, hint));
  const typical = schema.default ?? schema.examples?.[0];
  if (input.matches("input, select") && typical !== undefined) fill({ [name]: typical });
}

function inputFor({ type, format, minimum: min = "", maximum: max = "", enum: values, maxLength }) {
  if (values) return element("select", {}, ...values.map((value) => new Option(value)));
  const inputType = INPUT_TYPES[format] ?? INPUT_TYPES[type];
  if (!inputType && isMultipart) return element("input", { type: "file", accept: "image/*" });
  if (!inputType) return element("textarea", { rows: maxLength <= 200 ? 1 : 7 });
  return element("input", { type: inputType, min, max, step: type === "integer" ? 1 : "any" });
}

function addExample({ title, request: record, truth }) {
  const onclick = () => {
    fill(record);
    predict(truth);
  };
  const button = element("button", { type: "button", onclick }, element("span", {}, title));
  const src = `data:image/png;base64,${record.image}`;
  if (isMultipart) button.prepend(element("img", { src, alt: "" }));
  byId("examples").append(button);
  byId("examples").hidden = false;
}

function fill(record) {
  for (const input of inputs()) {
    if (isMultipart) {
      const bytes = Uint8Array.from(atob(record.image), (letter) => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], "example.png", { type: "image/png" }));
      input.files = transfer.files;
    } else if (input.type === "checkbox") input.checked = record[input.name];
    else if (input.name in record) input.value = record[input.name] ?? "";
  }
}

/** The input as `/predict` and `/explain` take it; an empty optional field is left out. */
function recordBody() {
  if (isMultipart) return new FormData(byId("record"));
  const record = {};
  for (const { name, type, value, checked, valueAsNumber } of inputs()) {
    if (type === "checkbox") record[name] = checked;
    else if (value !== "") record[name] = type === "number" ? valueAsNumber : value;
  }
  return json(record);
}

/** Clears what belongs to an earlier input, and says what happens now. */
function newTurn(status) {
  turn += 1;
  inputs().forEach((input) => input.setCustomValidity(""));
  Object.assign(byId("status"), { textContent: status, className: "hint" });
  byId("alert").textContent = "";
  byId("answer").replaceChildren();
  const file = inputs()[0].files?.[0];
  byId("preview").hidden = !file;
  if (file) byId("preview").src = URL.createObjectURL(file);
}

/** Asks for the answer to what the fields hold; an example has a truth to compare it with. */
async function predict(truth) {
  newTurn(ASKING);
  const asked = turn;
  try {
    const body = recordBody();
    const answer = await request("predict", body);
    if (asked !== turn) return;
    showAnswer(answer, truth);
    const explanation = await request("explain", body);
    if (asked === turn) showExplanation(explanation);
  } catch (error) {
    if (asked === turn) showProblem(error);
  }
}

function showProblem(error) {
  if (byId("status").className === "hint") byId("status").textContent = "";
  byId("alert").textContent = error.message;
  byId("result").scrollIntoView({ block: "nearest" });
  for (const { loc, msg } of error.cause ?? []) {
    inputs().find(({ name }) => loc.includes(name))?.setCustomValidity(msg);
  }
  if (error.cause) byId("record").reportValidity();
}

function showAnswer(answer, truth) {
  const verdict = answer.probabilities ? showLabel(answer, truth) : showNumber(answer, truth);
  byId("status").className = "large";
  if (truth !== undefined) addText(verdict, "truth");
  addText(`Model version ${answer.model_version} · prediction ${answer.id}`, "hint");
  addFeedback(answer);
  byId("result").scrollIntoView({ block: "nearest" });
}

function showLabel({ label, probabilities }, truth) {
  const sorted = Object.entries(probabilities).sort(([, first], [, second]) => second - first);
  const rows = sorted.map(([name, share]) => [name, 0, share, `${formatted(100 * share, 10)} %`]);
  byId("status").textContent = label;
  byId("answer").append(barTable("Probability of each label", rows));
  return `What was true: ${truth}. The model is ${label === truth ? "right" : "wrong"}.`;
}

function showNumber({ low, high, [target]: value }, truth) {
  const amount = (number) => inUnit(formatted(number, high));
  const place = (number) => 0.25 + (number - low) / (high - low || 1) / 2;
  const interval = rectangle("accent", place(low), 0, place(high) - place(low), 1);
  const point = rectangle("ink", place(value), 0, 0.01, 1);
  byId("status").textContent = amount(value);
  byId("answer").append(element("div", { className: "track" }, interval, point));
  addText(`${level} interval: ${amount(low)} to ${amount(high)}`);
  if (truth === undefined) return "";
  const held = low <= truth && truth <= high ? "holds" : "misses";
  const off = `${amount(Math.abs(value - truth))} too ${value > truth ? "high" : "low"}`;
  return `What was true: ${amount(truth)}. The interval ${held} it; the prediction is ${off}.`;
}

function addFeedback({ id, probabilities, [target]: value }) {
  const others = Object.keys(probabilities ?? {}).filter((label) => label !== value);
  const input = inputFor(probabilities ? { enum: others } : { type: "number" });
  input.required = true;
  const right = probabilities ? element("button", {}, "This is right") : "";
  const label = element("label", {}, `True ${target} ${unit}`, input);
  const wrong = element("button", {}, "This is wrong");
  const form = element("form", { ariaLive: "polite" }, right, label, wrong);
  form.onsubmit = (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    byId("alert").textContent = "";
    const typed = probabilities ? input.value : input.valueAsNumber;
    const truth = event.submitter === right ? value : typed;
    request("feedback", json([{ prediction_id: id, [target]: truth }]))
      .then(() => form.replaceChildren(`Thank you. Recorded as true: ${truth}.`))
      .catch(showProblem)
      .finally(() => (form.ariaBusy = "false"));
  };
  byId("answer").append(form);
}

function showExplanation(explanation) {
  const largest = Math.max(...explanation.parts.map(({ value }) => Math.abs(value))) || 1;
  const figure = element("figure", {}, element("img", { src: byId("preview").src, alt: "" }));
  const rows = [];
  for (const { name, value, box } of explanation.parts) {
    const share = value / largest / 2;
    rows.push([name, 0.5, 0.5 + share, formatted(value, largest, "exceptZero")]);
    if (!box) continue;
    const shape = rectangle(value < 0 ? "against" : "for", ...box);
    shape.style.opacity = Math.abs(share);
    figure.append(shape);
  }
  byId("answer").append(element("h2", {}, "What moved it"));
  if (figure.childElementCount > 1) byId("answer").append(figure);
  const caption = rows.length ? `What each part adds, in ${explanation.unit}` : "Nothing did.";
  byId("answer").append(barTable(caption, rows.slice(0, 12)));
}

/** A table of names, bars from one share of the column to another, and texts. */
function barTable(caption, rows) {
  const table = element("table", {}, element("caption", {}, caption));
  for (const [name, start, end, text] of rows) {
    const colour = end < start ? "against" : "for";
    const bar = rectangle(colour, Math.min(start, end), 0, Math.abs(end - start), 1);
    const row = element("tr", {}, element("th", { scope: "row" }, name));
    row.insertCell().append(element("div", { className: "track" }, bar));
    row.insertCell().append(text);
    table.append(row);
  }
  return table;
}

/** A coloured rectangle; place and size are shares of what it lies in. */
function rectangle(colour, left, top, width, height) {
  const shape = element("span");
  shape.style.background = `var(--${colour})`;
  const sides = Object.entries({ left, top, width, height });
  sides.forEach(([side, share]) => shape.style.setProperty(side, `${100 * share}%`));
  return shape;
}

/** A number with as many decimals as give the other, larger number three digits. */
function formatted(number, larger, signDisplay = "auto") {
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(larger) || 1)));
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return number.toLocaleString("en-US", { ...digits, signDisplay }).replace("-", "−");
}

byId("record").oninput = () => newTurn("");
byId("record").onsubmit = (event) => {
  event.preventDefault();
  if (byId("status").textContent !== ASKING) predict();
};
start().catch(showProblem);

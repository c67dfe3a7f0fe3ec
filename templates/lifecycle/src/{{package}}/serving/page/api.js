/** The page with the service behind it: how it is asked, and with which key. */

import { sent } from "./form.js";
import { mount } from "./page.js";

const PATIENCE_MS = 30_000;
const KEY = "key"; // kept for this tab alone, until it is closed

/** What the service refused, in its own words. */
class Refused extends Error {
  constructor(status, problem, retryAfter) {
    const again = retryAfter ? ` Try again in ${retryAfter} s.` : "";
    super((problem.detail ?? `The service answered ${status}.`) + again);
    this.status = status;
    this.errors = problem.errors ?? [];
  }
}

/** The response to a request. Refused, or an Error in words, if there is none that can be used. */
async function request(path, options = {}) {
  const key = sessionStorage.getItem(KEY);
  const headers = { ...options.headers, ...(key && { Authorization: `Bearer ${key}` }) };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const response = await fetch(path, { ...options, headers, signal }).catch((error) => {
    const reason = error.name === "TimeoutError" ? "did not answer in time" : "can't be reached";
    throw new Error(`The service ${reason}. Is it running?`);
  });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401) askForKey(key ? "This key is not valid." : "");
  throw new Refused(response.status, problem, response.headers.get("Retry-After"));
}

const json = async (path, options) => (await request(path, options)).json();

const backend = {
  async about() {
    const [health, document] = await Promise.all([json("health"), json("openapi.json")]);
    const body = document.paths["/explain"].post.requestBody.content; // of exactly one record
    return { version: health.model_version, problem: health.problem, contract: Object.values(body)[0].schema };
  },
  examples: () => json("examples"),
  predict: (record) => json("predict", { method: "POST", ...sent(record) }),
  async explain(record) {
    const response = await request("explain", { method: "POST", ...sent(record) });
    const isJson = response.headers.get("Content-Type").startsWith("application/json");
    const moved = await (isJson ? response.json() : response.blob());
    return { version: Number(response.headers.get("X-Model-Version")), moved };
  },
  async feedback(id, truth) {
    const body = JSON.stringify({ prediction_id: id, target: truth });
    await request("feedback", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  },
};

/** Show the form for the key; it is never sent anywhere but to this service. */
function askForKey(reason) {
  const place = document.getElementById("key");
  place.hidden = false;
  place.querySelector(".error").textContent = reason;
  place.querySelector("input").focus();
}

async function start() {
  const root = document.getElementById("try");
  if ("keyFirst" in document.body.dataset && !sessionStorage.getItem(KEY)) return askForKey("");
  try {
    await mount(root, backend);
  } catch (error) {
    root.textContent = error.status === 401 ? "" : error.message; // the key is asked for
  }
}

document.getElementById("key").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = event.target.querySelector("input");
  sessionStorage.setItem(KEY, input.value.trim());
  input.value = "";
  event.target.hidden = true;
  if (!document.querySelector("#try form")) start(); // what was typed stays
});
start();

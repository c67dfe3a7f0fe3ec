// The page to try without a service: the model is loaded once, and answers here.

import { mount } from "./page.js";
import * as champion from "./predict.js";

async function json(name) {
  const response = await fetch(new URL(name, import.meta.url));
  if (!response.ok) throw new Error(`${name} could not be loaded (${response.status}). Load the page again.`);
  return response.json();
}

const about = json("about.json");
const examples = json("examples.json");
const model = Promise.all([json("model.json"), examples]).then((given) => champion.load(...given));
model.catch(() => {}); // whoever asks for an answer is told

/** The model, if it can answer this record. */
async function ready(record) {
  const loaded = await model;
  const errors = champion.faults(loaded, record, (await about).contract);
  if (errors.length) throw Object.assign(new Error("The record breaks the contract."), { errors });
  return loaded;
}

const backend = {
  about: () => about,
  examples: () => examples,
  async predict(record) {
    return { ...champion.predict(await ready(record), record), model_version: (await about).version };
  },
  async explain(record) {
    return { moved: champion.explain(await ready(record), record), version: (await about).version };
  },
  feedback: null, // nobody is there to be told
};

const root = document.getElementById("try");
mount(root, backend).catch((error) => (root.textContent = error.message));

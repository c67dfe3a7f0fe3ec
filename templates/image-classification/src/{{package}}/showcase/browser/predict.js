// Recorded answers of the champion to the examples; showcase/browser_model.py wrote them down.

/** The answers, by picture. */
export function load(tables, examples) {
  return new Map(examples.map(({ request }, number) => [request.image, tables.answers[number]]));
}

/** Whether there is no answer on record: a list of field and reason. */
export function faults(answers, { image }) {
  return answers.has(image) ? [] : [{ field: "file", reason: "Only the examples have an answer on record" }];
}

/** The label and the probability that the cell is defective. */
export function predict(answers, { image }) {
  const { label, probability } = answers.get(image);
  return { label, probability };
}

/** The picture that shows what moved the answer. */
export function explain(answers, { image }) {
  const bytes = Uint8Array.from(atob(answers.get(image).explanation), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: "image/png" });
}

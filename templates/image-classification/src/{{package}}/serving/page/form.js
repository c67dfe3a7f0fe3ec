/** The part of the page that is about pictures: choosing one, the answer, and the places that moved it. */

import { element, field, ofTwoLabels } from "./elements.js";

export const TITLE = "A picture of your own";
export const ASK = "Is it defective?";
export const EMPTY = "Choose a picture or an example. The answer will stand here.";
// Where the explanation's picture has the cell with what speaks for and against a defect: see explanation.py.
const LEFT = 320, TOP = 10, SIDE = 300;
const ROWS = ["top", "middle", "bottom"], COLUMNS = ["left", "centre", "right"];

/** The input, which also takes what is dropped or pasted, and how a record is read from it and put into it. */
export function fields() {
  const input = element("input", { type: "file", name: "file", accept: "image/png,image/jpeg" });
  const preview = element("img", { class: "preview", alt: "The chosen picture", hidden: true });
  const hint = "A PNG or JPEG file: choose, drop or paste it. Cut the cell out first.";
  const node = element("div", { class: "drop" }, field("A picture of a solar cell", hint, input), preview);
  let image = "";
  const fill = (record) => {
    image = record.image;
    preview.src = `data:image/*;base64,${image}`;
    preview.hidden = !image;
  };
  const take = (files) => {
    if (!files.length) return;
    input.files = files; // its event `change` does the rest
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change"));
  };
  input.addEventListener("change", async () => {
    if (input.files.length) fill({ image: await base64(input.files[0]) });
  });
  preview.addEventListener("error", () => (preview.hidden = true)); // no picture; the service will say so
  document.addEventListener("paste", (event) => take(event.clipboardData.files));
  document.addEventListener("dragover", (event) => event.preventDefault()); // or the browser would open the file
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  const replace = (record) => {
    input.value = "";
    fill(record);
  };
  return { node, read: () => ({ image }), fill: replace };
}

/** What stands on the button of an example, before its label. */
export function picture({ request }) {
  return element("img", { src: `data:image/jpeg;base64,${request.image}`, alt: "" });
}

/** A record as a request: a form with a file. */
export function sent({ image }) {
  const body = new FormData();
  const bytes = Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0));
  body.append("file", new Blob([bytes]), "cell");
  return { body };
}

/** What is said of an answer, and what may be said against it. */
export const { said, answer, compared, truths, inWords } = ofTwoLabels("defective", "sound", "The annotators say");

/** The cell with the places that moved the answer, and the same in words. */
export async function explanation(blob) {
  const drawn = await createImageBitmap(blob, LEFT, TOP, SIDE, SIDE);
  const canvas = element("canvas", { width: `${SIDE}`, height: `${SIDE}`, role: "img", class: "places" });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(drawn, 0, 0);
  const words = inPlaces(context.getImageData(0, 0, SIDE, SIDE).data);
  canvas.setAttribute("aria-label", `The cell with these places coloured. ${words}`);
  return element(
    "figure",
    {},
    canvas,
    element("figcaption", {}, "Red speaks for a defect, blue against one; grey does not matter. ", words),
  );
}

/** Which ninth of the cell is the reddest and which the bluest: grey has as much red as blue. */
function inPlaces(pixels) {
  const sums = new Array(9).fill(0);
  for (let at = 0; at < pixels.length; at += 4) {
    const row = Math.floor(at / 4 / SIDE), column = (at / 4) % SIDE;
    sums[3 * Math.floor((3 * row) / SIDE) + Math.floor((3 * column) / SIDE)] += pixels[at] - pixels[at + 2];
  }
  const name = (sum) => `${ROWS[Math.floor(sums.indexOf(sum) / 3)]} ${COLUMNS[sums.indexOf(sum) % 3]}`;
  const most = Math.max(...sums), least = Math.min(...sums);
  const said = [];
  if (most > 0) said.push(`Most for a defect: ${name(most)}.`);
  if (least < 0) said.push(`Most against one: ${name(least)}.`);
  return said.join(" ");
}

/** A file's bytes in base64, as JSON holds them. */
async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let letters = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    letters += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(letters);
}

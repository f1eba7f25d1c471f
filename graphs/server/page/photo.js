/* A photo that opens large. */

import { el } from "./dom.js";
import { openDialog } from "./dialog.js";
import { t } from "./words.js";

/** A button around an image; it shows the image as large as the window. */
export function photo(image, name) {
  const open = () => openDialog(name, "large", el("img", { src: image.currentSrc || image.src, alt: image.alt || name }));
  return el("button", { type: "button", class: "enlarge", aria: { label: t("enlarge", { name }) }, on: { click: open } }, image);
}

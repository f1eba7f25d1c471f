/* A photo that opens large, with what is known of what it shows. */

import { el } from "./dom.js";
import { openDialog } from "./dialog.js";
import { t } from "./words.js";

/** A button around an image; it shows the image as large as the window. `beside()`: what stands beside it there. */
export function photo(image, name, beside = () => null) {
  const open = () => {
    const more = beside();
    const large = el("img", { src: image.currentSrc || image.src, alt: image.alt || name });
    openDialog(name, more ? "large piece-dialog" : "large", large, more && el("div", { class: "known" }, more));
  };
  return el("button", { type: "button", class: "enlarge", aria: { label: t("enlarge", { name }) }, on: { click: open } }, image);
}

/* Pictures: made smaller before they are sent; shown by the server. */

export const MOST = 4;
const LONGEST = 1280;

/** Make a picture small enough to send: gives `{ url, base64, type }`, or null for what is no picture. */
export async function smaller(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return pictureOf(canvas.toDataURL("image/jpeg", 0.86));
}

/** A picture to send, of its data as an address. */
export const pictureOf = (url) => ({ url, base64: url.slice(url.indexOf(",") + 1), type: "image/jpeg" });

let opener = null;

/** Let pictures of the server be fetched by `open(path)`, which gives an address of their data. */
export const openBy = (open) => (opener = open);

/** Let an image show what stands at an address of the server; `missing` runs where there is nothing. */
export function show(image, path, missing = () => {}) {
  image.addEventListener("error", missing, { once: true });
  if (opener) opener(path).then((data) => (image.src = data), missing);
  else image.src = path;
}

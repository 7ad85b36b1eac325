import { h, icon } from "../dom.js";

/** The uploaded file that a component or an embed names: `attachment://name`. */
export function fileOf(url, message) {
  const name = String(url ?? "").replace(/^attachment:\/\//, "");
  return name !== String(url ?? "") ? message.files.find((each) => each.name === name) : undefined;
}

/** A picture of a component or embed: drawn if it was uploaded, named if it is elsewhere. */
export function media({ url, description, spoiler, className = "" }, message) {
  const file = fileOf(url, message);
  if (file?.picture)
    return picture(file, {
      description: description ?? file.description,
      spoiler: spoiler || file.spoiler,
      className,
    });
  if (file) return fileCard(file);
  return h("p", { class: `picture is-absent ${className}`, title: url }, description ?? url ?? "a picture");
}

/** A picture that opens in a tab of its own; a spoiler is shown once it is pressed. */
export function picture(file, { description = file.description, spoiler = file.spoiler, className = "" } = {}) {
  const image = h("img", { src: file.url, alt: description ?? "", title: description });
  if (!spoiler) return h("figure", { class: `picture ${className}` }, image);
  const cover = h(
    "button",
    { type: "button", class: "picture-cover", on: { click: () => cover.remove() } },
    "Spoiler, show it",
  );
  return h("figure", { class: `picture ${className}` }, image, cover);
}

/** A file that is not drawn, with its size, to be saved. */
export function fileCard(file) {
  return h(
    "a",
    { class: "file", href: file.url, download: file.name },
    icon("file"),
    h(
      "span",
      {},
      h("span", { class: "file-name" }, file.name),
      h("small", {}, [formatSize(file.size), file.description].filter(Boolean).join(" · ")),
    ),
  );
}

/** Several pictures beside each other. */
export function gallery(items) {
  return h("div", { class: `gallery is-${Math.min(items.length, 3)}` }, items);
}

/** A size as people read it. */
export function formatSize(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

import { toast } from "./shell/toast.js";

const LARGEST = 10 * 1024 * 1024;

/** Let the visitor choose files; returns their names and bytes in base64, none if they think better of it. */
export async function chooseFiles({ most = 1 } = {}) {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = most > 1;
  const chosen = await new Promise((resolve) => {
    input.addEventListener("change", () => resolve([...input.files]));
    input.addEventListener("cancel", () => resolve([]));
    input.click();
  });
  if (chosen.length > most) toast(`At most ${most} files can be sent here.`);
  const large = chosen.filter((file) => file.size > LARGEST);
  if (large.length) toast(`${large[0].name} has more than 10 MB.`);
  return Promise.all(
    chosen
      .slice(0, most)
      .filter((file) => file.size <= LARGEST)
      .map(async (file) => ({ name: file.name, size: file.size, data: await inBase64(file) })),
  );
}

function inBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}

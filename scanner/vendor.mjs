// Builds bot/web/app/vendor from what package-lock.json pins, the same bytes every time.
// `node vendor.mjs [directory]` writes elsewhere: tests compare that with what is committed.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const TARGET = resolve(process.argv[2] ?? join(HERE, "../bot/web/app/vendor"));
const LOCK = JSON.parse(readFileSync(join(HERE, "package-lock.json"), "utf8"));

// Its default is another company's server; ours is named in reader.js, and the page's policy
// would refuse the other.
const ELSEWHERE = /`https:\/\/fastly\.jsdelivr\.net\/npm\/zxing-wasm@[^`]*`/g;

const PARTS = [
  {
    entry: "lit",
    types: 'export * from "lit";\n' +
      ["class-map", "if-defined", "live", "ref", "repeat"]
        .map((name) => `export * from "lit/directives/${name}.js";\n`).join(""),
    packages: ["lit", "lit-html", "lit-element", "@lit/reactive-element"],
  },
  {
    entry: "sql",
    types: 'import initSqlJs from "sql.js";\n\nexport default initSqlJs;\n',
    packages: ["sql.js"],
    wasm: "sql.js/dist/sql-wasm-browser.wasm",
  },
  {
    entry: "zxing",
    types: 'export { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";\n',
    packages: ["zxing-wasm"],
    // Compiled into the wasm; the package has no copy of its licence.
    compiled: { name: "zxing-cpp", licence: "Apache-2.0", text: "zxing-cpp-licence.txt" },
    wasm: "zxing-wasm/dist/reader/zxing_reader.wasm",
  },
];

const fromPackage = (path) => readFileSync(join(HERE, "node_modules", path));

async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [join(HERE, `entries/${entry}.js`)],
    absWorkingDir: HERE,
    bundle: true,
    charset: "utf8",
    conditions: ["production"],
    format: "esm",
    legalComments: "none",
    minify: true,
    platform: "browser",
    target: "es2022",
    write: false,
  });
  const [text] = outputFiles.map((file) => file.text);
  if (entry !== "zxing") return text;
  if (text.match(ELSEWHERE)?.length !== 1) throw new Error("zxing-wasm names its server otherwise");
  return text.replace(ELSEWHERE, '""');
}

function write(path, content) {
  const file = join(TARGET, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode: 0o644 });
  const bytes = Buffer.from(content);
  return { path, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function described(name) {
  const { version, integrity } = LOCK.packages[`node_modules/${name}`];
  const { license } = JSON.parse(fromPackage(`${name}/package.json`));
  const text = write(`licences/${name.replace("@", "").replace("/", "-")}.txt`,
    fromPackage(`${name}/LICENSE`));
  return { name, version, licence: license, integrity, licence_text: text };
}

rmSync(TARGET, { recursive: true, force: true });
const parts = [];
for (const { entry, types, packages, wasm, compiled } of PARTS) {
  const files = [write(`${entry}.js`, await bundle(entry)), write(`${entry}.d.ts`, types)];
  if (wasm) files.push(write(`${entry}.wasm`, fromPackage(wasm)));
  const sources = packages.map(described);
  if (compiled) {
    const { name, licence, text } = compiled;
    const written = write(`licences/${name}.txt`, readFileSync(join(HERE, text)));
    sources.push({ name, licence, licence_text: written });
  }
  parts.push({ packages: sources, files });
}
const { version, integrity } = LOCK.packages["node_modules/esbuild"];
const listed = { built_with: { name: "esbuild", version, integrity }, parts };
write("vendor.json", `${JSON.stringify(listed, null, 2)}\n`);

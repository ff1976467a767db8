// docs/images/drift.svg: what a preview shows of a changed profile, recorded from
// the demonstration's stack.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { obtainPulumi } from "../running/pulumiCli.mjs";
import { repository } from "../running/repository.mjs";
import { outsider } from "./demo/outsider.mjs";
import { createStack, pulumiOnDemo } from "./demo/stack.mjs";

const target = join(repository, "docs/images/drift.svg");
const command = ["preview", "--diff"];

/** Records a preview of a profile that somebody has changed. */
export async function drawDrift() {
  const pulumi = pulumiOnDemo(await obtainPulumi());
  const succeed = async (/** @type {readonly string[]} */ args) => {
    const { code, stdout, stderr } = await pulumi([...args, "--non-interactive"]);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} exited with ${code}:\n${stderr}`);
    return stdout;
  };
  await createStack(pulumi);
  const somebody = outsider();
  try {
    await succeed(["up", "--yes", "--skip-preview"]);
    const [ada] = (await somebody.list()).filter(({ userArn }) => userArn.endsWith("/ada"));
    if (ada === undefined) throw new Error("the demonstration's team has no ada");
    await somebody.update(ada.userArn, { emailAddress: "ada@elsewhere.example" });
  } finally {
    somebody.close();
  }
  const lines = (await succeed([...command, "--color", "always"])).split("\n");
  const first = lines.findIndex((line) => plain(line).includes("CodeStarUserProfile: (update)"));
  const after = lines.findIndex((line, index) => index > first && /^ {6,8}\}$/.test(plain(line)));
  if (first < 0 || after < 0) throw new Error(`the preview shows no drift:\n${lines.join("\n")}`);
  const shown = lines
    .slice(first, after + 1)
    // Where the resource is, which is long and tells nothing of the drift.
    .filter((line) => !/\[(?:id|urn)=/.test(plain(line)));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, picture([`$ pulumi ${command.join(" ")}`, ...shown]));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what is looked for
const colouring = /\u001b\[([\d;]*)m/;
const plain = (/** @type {string} */ line) =>
  line
    .split(new RegExp(colouring, "g"))
    .filter((_, at) => at % 2 === 0)
    .join("");

/** The colours that Pulumi prints, on a dark ground, each with a contrast of at least 4.5. */
const colours = /** @type {Record<string, string>} */ ({
  "38;5;1": "#ff7b72",
  "38;5;2": "#7ee787",
  "38;5;3": "#e3b341",
  "38;5;4": "#79c0ff",
  "38;5;5": "#d2a8ff",
  "38;5;6": "#76e3ea",
});

/** @param {readonly string[]} lines */
function picture(lines) {
  const width = 18 + 8.4 * Math.max(...lines.map((line) => plain(line).length));
  const height = 26 + 20 * lines.length;
  const rows = lines.map((line, row) => {
    const [start = "", ...rest] = line.split(new RegExp(colouring, "g"));
    let spans = text(start);
    for (let at = 0; at < rest.length; at += 2) {
      const fill = colours[rest[at] ?? ""];
      const words = text(rest[at + 1] ?? "");
      if (words !== "") spans += fill ? `<tspan fill="${fill}">${words}</tspan>` : words;
    }
    return `  <text x="12" y="${28 + 20 * row}">${spans}</text>`;
  });
  const told = lines.map((line) => text(plain(line).trim())).join(" ");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${height}" role="img" aria-labelledby="what">
  <title id="what">${told}</title>
  <rect width="100%" height="100%" rx="8" fill="#161b22"/>
  <g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#e6edf3" xml:space="preserve">
${rows.join("\n")}
  </g>
</svg>
`;
}

/** @param {string} words */
function text(words) {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

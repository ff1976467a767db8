// npm start: the main job of this package, on the real Pulumi CLI, in a minute. npm start deploy a
// small team, change one profile behind Pulumi's back, see it, repair it npm start -- preview
// --diff any Pulumi command on the stack that the last run has left
import { stripVTControlCharacters } from "node:util";
import { duration } from "../running/progress.mjs";
import { obtainPulumi } from "../running/pulumiCli.mjs";
import { fingerprint, newSshPublicKey, outsider } from "./demo/outsider.mjs";
import { createStack, pulumiOnDemo, stackExists } from "./demo/stack.mjs";
import { ensureBuilt, ensureDependencies } from "./dependencies.mjs";

/**
 * @typedef {import("./demo/stack.mjs").Pulumi} Pulumi
 * @typedef {import("./demo/outsider.mjs").Outsider} Outsider
 *
 * @typedef {object} Change
 * @property {string} name Whose profile it is.
 * @property {import("./demo/outsider.mjs").Profile} before The profile as declared.
 * @property {{ field: string; declared: string; live: string }[]} fields As a preview shows them.
 */

const bold = process.stdout.isTTY
  ? (/** @type {string} */ text) => `\u001b[1m${text}\u001b[22m`
  : String;
const color = process.stdout.isTTY && !process.env.NO_COLOR ? "always" : "never";

async function prepare() {
  await ensureDependencies();
  const cli = await obtainPulumi();
  await ensureBuilt();
  return pulumiOnDemo(cli);
}

/** @param {Pulumi} pulumi */
async function demonstrate(pulumi) {
  const begun = Date.now();
  await createStack(pulumi);
  const somebody = outsider();
  try {
    await deploy(pulumi, somebody);
    const change = await changeBehindPulumisBack(somebody);
    await seeDrift(pulumi, change);
    await repair(pulumi, somebody, change);
  } finally {
    somebody.close();
  }
  say(`All as said, in ${duration((Date.now() - begun) / 1000)}. To try next:`);
  console.log(
    [
      "  npm start -- preview --diff     any Pulumi command on this stack, say after a change of examples/team/team.yaml",
      "  npm start -- up --yes           … and bring it about",
      "  node dist/cli/main.js --help    the command line: the same profiles for AWS tools, checks, reports",
      "  README.md                       a first program of your own",
    ].join("\n"),
  );
}

/**
 * @param {Pulumi} pulumi
 * @param {Outsider} somebody
 */
async function deploy(pulumi, somebody) {
  say(
    "A team of a few people is declared in examples/team/team.yaml. Pulumi creates their profiles in a service",
    "inside the provider, which keeps them in the file .demo/profiles.db: no account, no server.",
  );
  const output = await show(pulumi, ["up", "--yes", "--skip-preview", "--suppress-outputs"]);
  const { length } = await somebody.list();
  expect(length > 0, "there are profiles");
  // The stack itself is a resource, too.
  expect(output.includes(`+ ${length + 1} created`), "one resource is created for each profile");
}

/**
 * @param {Outsider} somebody
 * @returns {Promise<Change>}
 */
async function changeBehindPulumisBack(somebody) {
  const before = (await somebody.list()).find(({ sshPublicKey }) => sshPublicKey);
  if (before === undefined) throw new Error("Nobody in examples/team/team.yaml has an SSH key.");
  const { userArn, emailAddress = "", sshPublicKey = "" } = before;
  const name = userArn.slice(userArn.lastIndexOf("/") + 1);
  const emailNow = `${name}@elsewhere.example`;
  const keyNow = newSshPublicKey(emailNow);
  const fields = [
    { field: "emailAddress", declared: emailAddress, live: emailNow },
    { field: "sshPublicKey", declared: fingerprint(sshPublicKey), live: fingerprint(keyNow) },
  ];

  say(
    `Somebody gives ${name} another e-mail address and another SSH key, with the AWS SDK. Pulumi is not told.`,
  );
  console.log(`\n  UpdateUserProfile ${userArn}`);
  for (const { field, declared, live } of fields) {
    console.log(`    ${field.padEnd(12)}  ${declared} → ${live}`);
  }
  await somebody.update(userArn, { emailAddress: emailNow, sshPublicKey: keyNow });
  return { name, before, fields };
}

/**
 * @param {Pulumi} pulumi
 * @param {Change} change
 */
async function seeDrift(pulumi, { name, fields }) {
  say("A plain preview reads the live profiles, and plans an update because of drift:");
  const preview = await show(pulumi, ["preview"]);
  const planned = new RegExp(` ${name} +update\\b.*\\[diff: \\+_drift\\]`);
  expect(planned.test(preview), `an update of ${name} because of drift is planned`);
  expect(preview.includes("~ 1 to update"), "nothing else is planned");

  say("In detail, what each field is now and what the program declares:");
  const details = await show(pulumi, ["preview", "--diff"]);
  for (const { field, declared, live } of fields) {
    const entry = new RegExp(`\\+ ${field}\\s*: \\{[^}]*\\}`).exec(details)?.[0] ?? "";
    expect(
      entry.includes(`"${declared}`) && entry.includes(`"${live}`),
      `the drift of ${field} is shown with its live and its declared value`,
    );
  }
}

/**
 * @param {Pulumi} pulumi
 * @param {Outsider} somebody
 * @param {Change} change
 */
async function repair(pulumi, somebody, { name, before }) {
  say("An ordinary up repairs both fields:");
  const output = await show(pulumi, ["up", "--yes", "--skip-preview", "--suppress-outputs"]);
  expect(output.includes("~ 1 updated"), "one profile is updated");
  const after = (await somebody.list()).find(({ userArn }) => userArn === before.userArn);
  expect(after?.emailAddress === before.emailAddress, `${name} has the declared e-mail address`);
  expect(after?.sshPublicKey === before.sshPublicKey, `${name} has the declared SSH key`);

  say("The next preview plans nothing. With --expect-no-changes it would fail if it did.");
  await show(pulumi, ["preview", "--expect-no-changes"]);
}

/**
 * Runs a command as a user would, its output passed on as it comes; throws unless it exits with 0.
 *
 * @param {Pulumi} pulumi
 * @param {readonly string[]} args
 * @returns {Promise<string>} What it printed, without colours.
 */
async function show(pulumi, args) {
  console.log(`\n$ pulumi ${args.join(" ")}`);
  const { code, signal, stdout, stderr } = await pulumi(
    [...args, "--non-interactive", "--color", color],
    {
      onOutput: (chunk, source) => process[source].write(chunk),
    },
  );
  expect(code === 0, `pulumi ${args.join(" ")} succeeds (it exited with ${code ?? signal})`);
  return stripVTControlCharacters(stdout + stderr);
}

/** @param {string[]} lines */
function say(...lines) {
  console.log(`\n${bold(lines.join("\n"))}`);
}

/**
 * @param {boolean} holds
 * @param {string} what
 */
function expect(holds, what) {
  if (!holds) throw new Error(`Not as it should be. Expected: ${what}.`);
}

/**
 * @param {Pulumi} pulumi
 * @param {readonly string[]} args
 */
async function runOnDemo(pulumi, args) {
  if (!stackExists()) throw new Error("There is no stack yet: run npm start first.");
  const { code } = await pulumi(args, { inherit: true });
  process.exitCode = code ?? 1;
}

try {
  const pulumi = await prepare();
  const args = process.argv.slice(2);
  await (args.length === 0 ? demonstrate(pulumi) : runOnDemo(pulumi, args));
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

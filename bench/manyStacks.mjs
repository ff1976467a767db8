// One stack against several with the same number of people in all.
import { duration, startProgress } from "../running/progress.mjs";
import { measure } from "./measure.mjs";
import { people } from "./people.mjs";
import { variants } from "./variants.mjs";

/**
 * @typedef {object} ManyStacks Seconds of all stacks together, one after another.
 * @property {number} stacks
 * @property {number} each
 * @property {number} up
 * @property {number} preview
 * @property {number} reads Of all previews together.
 */

/**
 * @param {number} stacks
 * @param {number} each
 * @param {import("./service.mjs").Service} service
 * @param {(line: string) => void} log
 * @returns {Promise<ManyStacks>}
 */
export async function measureManyStacks(stacks, each, service, log) {
  const progress = startProgress(`${stacks} stacks of ${each}`);
  const { region, open } = variants.ours;
  await service.pace({});
  await service.fill(region, []);
  const everyone = people(stacks * each);
  /** @type {import("./variants.mjs").Subject[]} */
  const subjects = [];
  const total = { up: 0, preview: 0, reads: 0 };
  try {
    for (let stack = 0; stack < stacks; stack++) {
      const own = everyone.slice(stack * each, (stack + 1) * each);
      subjects.push(await open({ people: own, url: service.url, region }));
    }
    for (const operation of /** @type {const} */ (["up", "preview"])) {
      for (const [index, subject] of subjects.entries()) {
        progress.update(`${operation}, ${index + 1} of ${stacks}`);
        const measured = await measure(subject.command(operation), service);
        if (measured.outcome !== "done") throw new Error(measured.output);
        total[operation] += measured.seconds;
        if (operation === "preview") total.reads += measured.reads;
      }
    }
  } finally {
    for (const subject of subjects) subject.remove();
  }
  log(
    `${stacks} stacks of ${each} (${duration(progress.stop())})\n` +
      `  up ${duration(total.up)}, preview ${duration(total.preview)}, ${total.reads} reads`,
  );
  return { stacks, each, ...total };
}

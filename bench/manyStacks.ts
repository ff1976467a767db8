// One stack against several with the same number of people in all.
import { duration, startProgress } from "../running/progress.mjs";
import { expectDone } from "./measure";
import { people } from "./people";
import type { Service } from "./service";
import { type Subject, variants } from "./variants";

/** Seconds of all stacks together, one after another. */
export interface ManyStacks {
  readonly stacks: number;
  readonly each: number;
  readonly up: number;
  readonly preview: number;
  /** Of all previews together. */
  readonly reads: number;
}

export async function measureManyStacks(
  stacks: number,
  each: number,
  service: Service,
  log: (line: string) => void,
): Promise<ManyStacks> {
  const title = `${stacks} stacks of ${each}`;
  const progress = startProgress(title);
  const { region, open } = variants.ours;
  await service.reset(region);
  const everyone = people(stacks * each);
  const subjects: Subject[] = [];
  const total = { up: 0, preview: 0, reads: 0 };
  try {
    for (let first = 0; first < everyone.length; first += each) {
      const own = everyone.slice(first, first + each);
      subjects.push(await open({ people: own, url: service.url, region }));
    }
    for (const operation of ["up", "preview"] as const) {
      for (const [index, subject] of subjects.entries()) {
        progress.update(`${operation}, ${index + 1} of ${stacks}`);
        const { seconds, reads } = await expectDone(subject.command(operation), service);
        total[operation] += seconds;
        if (operation === "preview") total.reads += reads;
      }
    }
  } finally {
    for (const subject of subjects) subject.remove();
  }
  const { up, preview, reads } = total;
  log(
    `${title} (${duration(progress.stop())})\n` +
      `  up ${duration(up)}, preview ${duration(preview)}, ${reads} reads`,
  );
  return { stacks, each, ...total };
}

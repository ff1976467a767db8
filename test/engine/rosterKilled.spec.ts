import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { arn, scenario } from "../support/scenario";

/**
 * How often; the issue of losing nobody is one of chance, so more is better where there is time.
 */
const kills = Number(process.env.CODESTAR_TEST_KILLS ?? 3);
const size = 1000;

describe("the engine: a roster that is killed half-way", () => {
  it(`roster_killed: engine and provider killed ${kills} times in an update of ${size}, the next up converges`, async function () {
    this.timeout(60_000 + kills * 60_000);
    await scenario(async ({ project, service }) => {
      const people = (round: number) =>
        Object.fromEntries(
          Array.from({ length: size }, (_, index) => [
            `user${index}`,
            { displayName: `Round ${round}`, emailAddress: `user${index}@example.com` },
          ]),
        );
      const declare = (round: number) =>
        writeFileSync(
          join(project.folder, "roster.json"),
          JSON.stringify({ account: "123456789012", people: people(round) }),
        );
      project.program(`new codestar.CodeStarRoster("people", { files: "roster.json" });`);

      let interrupted = 0;
      for (let round = 0; round < kills; round++) {
        declare(round);
        service.calls.length = 0;
        // A different moment each time, from the first write to nearly the last.
        const target = 1 + Math.floor((size * 0.9 * round) / kills);
        const reached = (async () => {
          while (service.writes().length < target) await sleep(5);
        })();
        await project.killed(reached, "up", "--yes", "--skip-preview");
        const done = service.writes().length;
        if (done < size) interrupted++;

        service.calls.length = 0;
        await project.up();
        // Nobody is written twice: what the killed update did is found done.
        assert.ok(
          service.writes().length <= size - done + 16,
          `${service.writes().length} of ${done}`,
        );
        assert.ok(service.writes().every(({ operation }) => operation !== "DeleteUserProfile"));
        const live = await service.live.find(arn(`user${size - 1}`));
        assert.equal(live?.displayName, `Round ${round}`);
        await project.pulumi("preview", "--expect-no-changes");
      }
      assert.ok(interrupted > 0, "no update was interrupted");
    }).call(this);
  });
});

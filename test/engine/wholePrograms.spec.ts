import assert from "node:assert/strict";
import fc from "fast-check";
import { LiveProfiles } from "../support/standIn/liveProfiles";
import { RealEngine } from "../support/standIn/realEngine";
import { play, scripts } from "../support/standIn/script";
import { World } from "../support/standIn/world";

/** How many steps; each takes some ten seconds. */
const wantedSteps = Number(process.env.CODESTAR_TEST_ENGINE_STEPS ?? 0);
const seed = Number(process.env.CODESTAR_TEST_MODEL_SEED ?? Date.now() % 1_000_000);

(wantedSteps > 0 ? describe : describe.skip)("the engine: whole programs", function () {
  this.timeout(60_000 + wantedSteps * 120_000);

  it(`whole_programs: random programs, accidents and moments (seed ${seed})`, async () => {
    let steps = 0;
    for (let run = 0; steps < wantedSteps; run++) {
      const [script] = fc.sample(scripts(12), { seed: seed + run, numRuns: 1 });
      assert.ok(script);
      const profiles = new LiveProfiles();
      const engine = await RealEngine.start(profiles);
      const world = new World(engine, profiles);
      try {
        await play(world, script.steps);
        steps += script.steps.length;
        console.log(`      ${steps} steps`);
      } catch (error) {
        const text = `${(error as Error).message}\n\n${world.log.join("\n")}`;
        assert.fail(`${text}\n\nrun ${run} of seed ${seed}: ${JSON.stringify(script.steps)}`);
      } finally {
        await engine.close();
      }
    }
  });
});

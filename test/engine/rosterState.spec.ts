import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { itInLongRun } from "../support/longRun";
import { itInDynamicForm, type Scenario, scenario } from "../support/scenario";
import { ed25519 } from "../support/sshKeys";

const arn = (name: string, account = "123456789012") => `arn:aws:iam::${account}:user/${name}`;
const person = (name: string) => ({ displayName: name, emailAddress: `${name}@example.com` });

function declare({ project }: Scenario, people: object): void {
  writeFileSync(join(project.folder, "roster.json"), JSON.stringify({ people }));
  project.program(`new codestar.CodeStarRoster("people", { files: "roster.json" });`);
}

/** What preview says about the roster. */
async function changes({ project }: Scenario): Promise<unknown> {
  const { stdout } = await project.pulumi("preview", "--json");
  const steps = JSON.parse(stdout).steps as {
    op: string;
    newState: { inputs: { _changes?: unknown } };
  }[];
  const inputs = steps.find(({ op }) => op === "update")?.newState.inputs;
  return inputs?._changes;
}

describe("the engine: what the state remembers of a roster", () => {
  itInLongRun(
    "roster_remembers: a stranger to two accounts is reported once, white space around a key is no change, a refresh changes nothing else",
    scenario(async (world) => {
      const { project, service } = world;
      const people = {
        [arn("ada")]: { ...person("ada"), sshPublicKey: ed25519.line },
        [arn("bob", "210987654321")]: person("bob"),
      };
      declare(world, people);
      await service.live.create({ userArn: arn("stranger"), ...person("stranger") });
      await project.up();
      await project.pulumi("preview", "--expect-no-changes");

      const spaced = { ...people[arn("ada")], sshPublicKey: `${ed25519.line}\n` };
      declare(world, { ...people, [arn("ada")]: spaced });
      service.calls.length = 0;
      await project.pulumi("preview", "--expect-no-changes");
      await project.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
      await project.pulumi("preview", "--expect-no-changes");
      assert.deepEqual(service.writes(), []);
    }),
  );

  itInDynamicForm(
    "roster_refresh: who drifted is drifted and who is missing is missing after a refresh too",
    "told in a line, in native_roster",
    scenario(async (world) => {
      const { project, service } = world;
      const people = Object.fromEntries(["ada", "bob", "eve"].map((n) => [arn(n), person(n)]));
      declare(world, people);
      await project.up();
      await service.live.update({ userArn: arn("ada"), displayName: "Other" });
      await service.live.delete(arn("bob"));
      service.calls.length = 0;
      await project.pulumi("refresh", "--yes", "--skip-preview");
      declare(world, { ...people, [arn("eve")]: { ...person("eve"), displayName: "Eve" } });
      assert.deepEqual(await changes(world), {
        changed: { eve: "displayName" },
        drifted: { ada: "displayName" },
        missing: ["bob"],
      });
      await project.up();
      assert.deepEqual(
        service
          .writes()
          .map(({ operation, input }) => ({ operation, ...input }))
          .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
        [
          { operation: "CreateUserProfile", userArn: arn("bob"), ...person("bob") },
          { operation: "UpdateUserProfile", userArn: arn("ada"), displayName: "ada" },
          { operation: "UpdateUserProfile", userArn: arn("eve"), displayName: "Eve" },
        ],
      );
      await project.pulumi("preview", "--expect-no-changes");
    }),
    itInLongRun,
  );
});

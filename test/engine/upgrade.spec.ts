import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { arn, scenario } from "../support/scenario";

const recorded = join(__dirname, "../fixtures/state/0.1.0");
const text = (file: string) => readFileSync(join(recorded, file), "utf8");

interface Entry {
  readonly type: string;
  readonly outputs: {
    readonly userArn: string;
    readonly people: { readonly plaintext: string };
  };
}

/** The profiles that the recorded program had written, as the state holds them. */
function recordedProfiles() {
  const { deployment } = JSON.parse(text("state.json"));
  return (deployment.resources as Entry[]).flatMap(({ type, outputs }) => {
    if (type.endsWith("CodeStarUserProfile")) return [inClear(outputs)];
    if (!type.endsWith("CodeStarRoster")) return [];
    const people = JSON.parse(outputs.people.plaintext) as Record<string, object>;
    return Object.entries(people).map(([userArn, values]) => inClear({ userArn, ...values }));
  });
}

function inClear(outputs: object) {
  const { userArn, ...values } = outputs as Record<string, string | { plaintext: string }>;
  const clear = (value: string | { plaintext: string } | undefined) =>
    typeof value === "object" ? (JSON.parse(value.plaintext) as string) : (value ?? "");
  return {
    userArn: clear(userArn),
    displayName: clear(values.displayName),
    emailAddress: clear(values.emailAddress),
    sshPublicKey: clear(values.sshPublicKey),
  };
}

describe("the engine: state of earlier releases", () => {
  it(
    "state_of_0_1_0: a state that 0.1.0 wrote previews unchanged, refreshes, updates and is destroyed",
    scenario(async ({ project, service }) => {
      const stranger = {
        userArn: arn("stranger"),
        displayName: "Stranger",
        emailAddress: "stranger@example.com",
      };
      await service.seed([...recordedProfiles(), stranger]);
      const into = (file: string) => join(project.folder, file);
      for (const file of ["index.js", "team.json", "two-accounts.json"]) {
        copyFileSync(join(recorded, file), into(file));
      }
      writeFileSync(into("state.json"), text("state.json").replaceAll("{{endpoint}}", service.url));
      await project.pulumi("stack", "import", "--file", "state.json");

      await project.pulumi("preview", "--expect-no-changes");
      await project.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
      assert.deepEqual(service.writes(), []);

      const program = text("index.js").replace(
        'profile("without-key")',
        'profile("without-key", { displayName: "Bob" })',
      );
      writeFileSync(into("index.js"), program);
      writeFileSync(into("team.json"), text("team.json").replace("Linus Torvalds", "Linus"));
      await project.up();
      assert.deepEqual(
        service
          .writes()
          .map(({ operation, input }) => `${operation} ${JSON.stringify(input)}`)
          .sort(),
        [
          { userArn: arn("linus"), displayName: "Linus" },
          { userArn: arn("without-key"), displayName: "Bob" },
        ].map((input) => `UpdateUserProfile ${JSON.stringify(input)}`),
      );
      await project.pulumi("preview", "--expect-no-changes");

      service.calls.length = 0;
      await project.pulumi("destroy", "--yes", "--skip-preview");
      assert.deepEqual(
        service
          .writes()
          .map(({ operation, input }) => `${operation} ${input.userArn}`)
          .sort(),
        recordedProfiles()
          .map(({ userArn }) => `DeleteUserProfile ${userArn}`)
          .sort(),
      );
      assert.ok(await service.live.find(stranger.userArn));
    }),
  );
});

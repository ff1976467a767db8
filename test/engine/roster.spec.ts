import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { itInLongRun } from "../support/longRun";
import { named, type Project } from "../support/pulumi";
import { arn, itInDynamicForm, type Scenario, scenario } from "../support/scenario";
import { ed25519, nistp256 } from "../support/sshKeys";

interface Person {
  displayName?: string;
  emailAddress?: string;
  sshPublicKey?: string;
}

const account = "123456789012";
const team = (size: number): Record<string, Person> =>
  Object.fromEntries(
    Array.from({ length: size }, (_, index) => {
      const name = `user${String(index).padStart(3, "0")}`;
      return [name, { displayName: `User ${index}`, emailAddress: `${name}@example.com` }];
    }),
  );

function roster(project: Project, people: Record<string, Person>, more: object = {}): void {
  writeFileSync(
    join(project.folder, "roster.json"),
    JSON.stringify({ account, region: "us-east-1", people, ...more }),
  );
}

function useRoster(project: Project, args: object = {}, also = ""): void {
  project.program(
    `new codestar.CodeStarRoster("people", ${JSON.stringify({ files: "roster.json", ...args })}); ${also}`,
  );
}

async function assertNobodyDeleted({ service }: Scenario, people: object): Promise<void> {
  const deleted = service.writes().filter(({ operation }) => operation === "DeleteUserProfile");
  assert.deepEqual(deleted, []);
  for (const name of Object.keys(people)) assert.ok(await service.live.find(arn(name)));
}

/** What preview says about the roster; undefined when it plans nothing. */
async function changes({ project }: Scenario): Promise<unknown> {
  const { stdout } = await project.pulumi("preview", "--json");
  const { steps = [] } = JSON.parse(stdout);
  const step = steps.find(
    ({ urn, op }: { urn: string; op: string }) => urn.includes("CodeStarRoster") && op !== "same",
  );
  return step?.newState.inputs._changes;
}

describe("the engine: rosters", () => {
  it(
    "roster_basic: creates everyone, keeps what is declared out of the clear, and settles",
    scenario(async (world) => {
      const { project, service } = world;
      roster(project, {
        ...team(20),
        ada: { displayName: "Ada", emailAddress: "ada@example.com", sshPublicKey: ed25519.line },
      });
      useRoster(project);
      const preview = await project.pulumi("preview");
      assert.ok(preview.output.includes(`${named.roster} people create`), preview.output);
      assert.doesNotMatch((await project.pulumi("preview", "--diff")).output, /user00|example/);
      const up = await project.up("--diff");
      assert.doesNotMatch(up.output, /example\.com|ssh-ed25519/);
      assert.doesNotMatch(project.stateText(), /example\.com|ssh-ed25519/);
      assert.equal(service.writes().length, 21);
      assert.equal((await service.live.find(arn("ada")))?.sshPublicKey, ed25519.line);

      service.calls.length = 0;
      await project.pulumi("preview", "--expect-no-changes");
      assert.deepEqual(
        service.calls.map(({ operation }) => operation),
        ["ListUserProfiles"],
      );
    }),
  );

  itInDynamicForm(
    "roster_changes: preview names who is added, changed, drifted, missing and removed; up writes just that",
    "told in a line, in native_roster",
    scenario(async (world) => {
      const { project, service } = world;
      const people = team(10);
      roster(project, people);
      useRoster(project);
      await project.up();

      await service.live.update({ userArn: arn("user001"), emailAddress: "eve@example.com" });
      await service.live.delete(arn("user002"));
      const { user003: _left, ...staying } = people;
      roster(project, {
        ...staying,
        user004: { ...people.user004, sshPublicKey: nistp256.line },
        zoe: { displayName: "Zoë", emailAddress: "zoe@example.com" },
      });
      assert.deepEqual(await changes(world), {
        added: ["zoe"],
        changed: { user004: "sshPublicKey" },
        drifted: { user001: "emailAddress" },
        missing: ["user002"],
        removed: ["user003"],
      });
      const plain = await project.pulumi("preview");
      assert.match(plain.output, /\+_1 added, 1 changed, 1 drifted, 1 missing, 1 removed/);
      const detail = await project.pulumi("preview", "--diff");
      assert.match(detail.output, /user001: "emailAddress"/);
      assert.doesNotMatch(detail.output, /example\.com|user005/);

      service.calls.length = 0;
      await project.up();
      assert.deepEqual(
        service
          .writes()
          .sort((a, b) => String(a.input.userArn).localeCompare(String(b.input.userArn))),
        [
          {
            operation: "UpdateUserProfile",
            input: { userArn: arn("user001"), emailAddress: people.user001!.emailAddress },
          },
          { operation: "CreateUserProfile", input: { userArn: arn("user002"), ...people.user002 } },
          { operation: "DeleteUserProfile", input: { userArn: arn("user003") } },
          {
            operation: "UpdateUserProfile",
            input: { userArn: arn("user004"), sshPublicKey: nistp256.line },
          },
          {
            operation: "CreateUserProfile",
            input: { userArn: arn("zoe"), displayName: "Zoë", emailAddress: "zoe@example.com" },
          },
        ],
      );
      await project.pulumi("preview", "--expect-no-changes");
      await project.pulumi("refresh", "--preview-only", "--expect-no-changes");
    }),
  );

  it(
    "roster_guard: refuses at preview to remove more than allowed, and people who are required",
    scenario(async (world) => {
      const { project, service } = world;
      const people = team(12);
      roster(project, people, { required: ["user011"] });
      useRoster(project);
      await project.up();
      const few = Object.fromEntries(Object.entries(people).slice(0, 8));
      roster(project, few);
      service.calls.length = 0;
      const run = await project.attempt("preview");
      assert.notEqual(run.code, 0);
      assert.match(
        run.output,
        /would remove 4 profiles and may remove 3: user008, user009, user010, user011/,
      );
      assert.match(run.output, /set `maxRemovals: 4`/);
      assert.match(run.output, /user011 is required and cannot be removed/);
      assert.doesNotMatch(run.output, /\n\s+at /);
      assert.deepEqual(service.writes(), []);

      roster(project, people);
      await project.up();
      roster(project, few);
      useRoster(project, { maxRemovals: 4 });
      await project.up();
      assert.equal(service.writes().length, 4);

      roster(project, {});
      const empty = await project.attempt("preview");
      assert.notEqual(empty.code, 0);
      assert.match(empty.output, /declares nobody/);
    }),
  );

  itInDynamicForm(
    "roster_unmanaged: reports strangers once, or removes them, or ignores them",
    "told in a line, in native_roster",
    scenario(async (world) => {
      const { project, service } = world;
      roster(project, team(3));
      useRoster(project);
      await project.up();
      await service.live.create({
        userArn: arn("stranger"),
        displayName: "S",
        emailAddress: "s@example.com",
      });
      assert.deepEqual(await changes(world), { unmanaged: ["stranger"] });
      await project.up();
      await project.pulumi("preview", "--expect-no-changes");
      useRoster(project, { unmanaged: "remove" });
      assert.deepEqual(await changes(world), { unmanaged: ["stranger"] });
      await project.up();
      assert.equal(await service.live.find(arn("stranger")), undefined);
      await project.pulumi("preview", "--expect-no-changes");
    }),
  );

  it(
    "roster_problems: everything wrong is reported at once, with file, line and column",
    scenario(async ({ project, service }) => {
      writeFileSync(
        join(project.folder, "roster.yaml"),
        `account: "${account}"\npeople:\n  ada:\n    displayName: Ada\n    emailAddres: ada@example.com\n  bob:\n    displayName: " Bob"\n    emailAddress: bob@example.com\n`,
      );
      useRoster(project, { files: "roster.yaml" });
      const run = await project.attempt("preview");
      assert.notEqual(run.code, 0);
      assert.match(run.output, /roster\.yaml:5:5: error:/);
      assert.match(run.output, /roster\.yaml:7:\d+: error: displayName/);
      assert.doesNotMatch(run.output, /\n\s+at /);
      assert.deepEqual(service.calls, []);
    }),
  );

  itInDynamicForm(
    "roster_until: a key whose last day is over is revoked as preview said, by settings above the roster's path too",
    "told in a line, in native_roster",
    scenario(async (world) => {
      const { project, service } = world;
      mkdirSync(join(project.folder, "rosters", "teams"), { recursive: true });
      const write = (until: string) =>
        writeFileSync(
          join(project.folder, "rosters", "teams", "data.json"),
          JSON.stringify({
            account,
            region: "us-east-1",
            people: {
              ada: { displayName: "Ada", sshPublicKey: ed25519.line, until },
              bob: { displayName: "Bob", sshPublicKey: nistp256.line },
            },
          }),
        );
      writeFileSync(
        join(project.folder, "rosters", "roster.yaml"),
        `account: "${account}"\nrequired: [ada]\ndefaults: { emailDomain: above.example }\n`,
      );
      write("2999-12-31");
      useRoster(project, { files: "rosters/teams" });
      await project.up();
      const { sshPublicKey, emailAddress } = (await service.live.find(arn("ada")))!;
      assert.deepEqual([sshPublicKey, emailAddress], [ed25519.line, "ada@above.example"]);

      write("2020-12-31");
      assert.deepEqual(await changes(world), { changed: { ada: "sshPublicKey" } });
      service.calls.length = 0;
      await project.up();
      assert.deepEqual(
        service.writes().map(({ operation, input }) => [operation, input]),
        [["UpdateUserProfile", { userArn: arn("ada"), sshPublicKey: "" }]],
      );
      assert.equal((await service.live.find(arn("ada")))?.sshPublicKey, "");
      assert.equal((await service.live.find(arn("bob")))?.sshPublicKey, nistp256.line);
      await project.pulumi("preview", "--expect-no-changes");
    }),
  );

  it(
    "roster_partial: what was done is kept, who failed is named, the next update goes on from there",
    scenario(async (world) => {
      const { project, service } = world;
      const people = team(8);
      roster(project, people);
      useRoster(project);
      service.intercept = ({ operation, input }) =>
        operation === "CreateUserProfile" && /user00[35]/.test(String(input.userArn))
          ? { status: 400, body: { __type: "ValidationException", message: "Not today" } }
          : undefined;
      const run = await project.attempt("up", "--yes", "--skip-preview");
      assert.notEqual(run.code, 0);
      assert.match(run.output, /creating CodeStar user profile .*user003: .*Not today/);
      assert.match(run.output, /user005/);
      assert.doesNotMatch(run.output, /user004|example\.com/);
      assert.doesNotMatch(project.stateText(), /example\.com/);
      service.intercept = undefined;
      service.calls.length = 0;
      await project.up();
      assert.deepEqual(
        service
          .writes()
          .map(({ input }) => input.userArn)
          .sort(),
        [arn("user003"), arn("user005")],
      );
      await project.pulumi("preview", "--expect-no-changes");
    }),
  );

  it(
    "roster_moves: from single resources to a roster and back, nobody is deleted or written",
    scenario(async (world) => {
      const { project, service } = world;
      const people = team(4);
      roster(project, people);
      const singles = `codestar.rosterProfiles("roster.json");`;
      project.program(singles);
      await project.up();
      assert.equal(service.writes().length, 4);

      service.calls.length = 0;
      useRoster(project);
      await project.up();
      assert.deepEqual(service.writes(), []);
      await project.pulumi("preview", "--expect-no-changes");

      project.program(singles);
      await project.up();
      await assertNobodyDeleted(world, people);
      await project.pulumi("preview", "--expect-no-changes");
    }),
  );

  itInLongRun(
    "roster_moves_retained: with retainOnDelete, not even a program without both deletes anyone",
    scenario(async (world) => {
      const { project } = world;
      const people = team(3);
      roster(project, people);
      const options = "{ retainOnDelete: true }";
      const singles = `codestar.rosterProfiles("roster.json", ${options});`;
      const together = `new codestar.CodeStarRoster("people", { files: "roster.json" }, ${options});`;
      const none = "";
      for (const program of [singles, none, together, none, singles]) {
        project.program(program);
        await project.up();
      }
      await assertNobodyDeleted(world, people);
      await project.pulumi("preview", "--expect-no-changes");
    }),
  );

  it(
    "roster_adopt: profiles that differ are a conflict, and taken over with adopt",
    scenario(async (world) => {
      const { project, service } = world;
      roster(project, team(3));
      useRoster(project);
      await service.live.create({
        userArn: arn("user001"),
        displayName: "Other",
        emailAddress: "user001@example.com",
      });
      const run = await project.attempt("preview");
      assert.notEqual(run.code, 0);
      assert.match(
        run.output,
        /user001: a profile exists already and differs in displayName; set `adopt: true`/,
      );
      useRoster(project, { adopt: true });
      await project.up();
      assert.equal((await service.live.find(arn("user001")))?.displayName, "User 1");
      await project.pulumi("destroy", "--yes", "--skip-preview");
      assert.equal(await service.live.find(arn("user001")), undefined);
    }),
  );
});

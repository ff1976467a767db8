import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as checks from "../../profile/check";
import type * as fieldFacts from "../../profile/fields";
import type * as reconciling from "../../profile/reconcile";
import type * as nativeSchema from "../../provider/native/schema";
import { repository } from "../support/imports";

/** What CONTRIBUTING's first step of a new field is. */
const team = `  team: {
    rule: displayName,
    required: "the team",
    isClearable: true,
    description: "The team.",
  },
`;

describe("a field that is added in profile/fields.ts", () => {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-codestar-"));
  const load = <T>(path: string) => require(join(folder, path)) as T;
  before(() => {
    for (const path of ["profile", "provider/native/schema.ts", "provider/lifecycle/tokens.ts"]) {
      cpSync(join(repository, path), join(folder, path), { recursive: true });
    }
    const path = join(folder, "profile/fields.ts");
    const text = readFileSync(path, "utf8");
    const end = "} as const satisfies Readonly<Record<string, Facts>>";
    assert.ok(text.includes(end));
    writeFileSync(path, text.replace(end, team + end));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is an argument, checked by its rule and asked for", () => {
    const { checkInputs, argumentsOf } = load<typeof checks>("profile/check");
    assert.ok(argumentsOf("CodeStarUserProfile").includes("team"));
    const given = {
      userArn: "arn:aws:iam::123456789012:user/ada",
      displayName: "Ada",
      emailAddress: "ada@example.com",
    };
    const reasons = (inputs: object) =>
      checkInputs({ ...given, ...inputs }, { allowWeakKeys: false }).map(({ reason }) => reason);
    assert.deepEqual(reasons({}), ["team is required: the team"]);
    assert.deepEqual(reasons({ team: 1 }), ["team must be a string, not a number"]);
    assert.deepEqual(reasons({ team: "Engines", ignoreDrift: ["team"] }), []);
  });

  it("is compared, repaired, and cleared when it is declared no more", () => {
    const { reconcile } = load<typeof reconciling>("profile/reconcile");
    const { asLive } = load<typeof fieldFacts>("profile/fields");
    const person = (declared: object, team: string) => ({
      recorded: { team: "Engines" } as object,
      declared,
      live: asLive("arn:aws:iam::123456789012:user/ada", { team } as object),
      mayTakeOver: false,
    });
    const drifted = reconcile(person({ team: "Engines" }, "Looms"));
    assert.deepEqual(drifted.drift, { team: { live: "Looms", declared: "Engines" } });
    assert.deepEqual(drifted.write, { call: "update", values: { team: "Engines" } });
    const dropped = reconcile(person({}, "Engines"));
    assert.deepEqual(dropped.write, { call: "update", values: { team: "" } });
  });

  it("is in the schema of the plugin", () => {
    const { schema } = load<typeof nativeSchema>("provider/native/schema");
    const text = JSON.stringify(schema("0.1.0"));
    assert.equal(text.match(/"team":\{"type":"string","description":"The team."\}/g)?.length, 4);
  });
});

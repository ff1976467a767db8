import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { argumentsOf, checkArguments, checkInputs } from "../../profile/check";
import { tokens } from "../../provider/lifecycle/tokens";
import { schema } from "../../provider/native/schema";
import { repository } from "../support/imports";

interface Inputs {
  readonly properties: Readonly<Record<string, { readonly type: string }>>;
  readonly required?: readonly string[];
}

const { version } = require("../../package.json") as { version: string };
const provider = schema(version) as {
  resources: Record<string, { inputProperties: Inputs["properties"]; requiredInputs: string[] }>;
  functions: Record<string, { inputs: Inputs }>;
};
const { inputProperties, requiredInputs } = provider.resources[tokens.UserProfile]!;
const roster = provider.resources[tokens.Roster]!;
const takers: [
  taker: "CodeStarUserProfile" | "CodeStarRoster" | "getUserProfile" | "listUserProfiles",
  Inputs,
][] = [
  ["CodeStarUserProfile", { properties: inputProperties, required: requiredInputs }],
  ["CodeStarRoster", { properties: roster.inputProperties, required: roster.requiredInputs }],
  ["getUserProfile", provider.functions[tokens.getUserProfile]!.inputs],
  ["listUserProfiles", provider.functions[tokens.listUserProfiles]!.inputs],
];

/** The members of an interface that a program gives, `?` for those that may be left out. */
function membersOf(file: string, name: string): string[] {
  const text = readFileSync(join(repository, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
  const found = source.statements.find(
    (node): node is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(node) && node.name.text === name,
  );
  assert.ok(found, name);
  const bases = (found.heritageClauses ?? []).flatMap(({ types }) =>
    types.map(({ expression }) => (expression as ts.Identifier).text),
  );
  const own = found.members.map((member) => {
    const { name: key, questionToken } = member as ts.PropertySignature;
    return (key as ts.Identifier).text + (questionToken ? "?" : "");
  });
  return [...bases.flatMap((base) => membersOf(file, base)), ...own];
}

const files = {
  CodeStarUserProfile: ["provider/program/profileResource.ts", "CodeStarUserProfileArgs"],
  CodeStarRoster: ["provider/program/rosterResource.ts", "CodeStarRosterArgs"],
  getUserProfile: ["provider/program/functions.ts", "GetUserProfileArgs"],
  listUserProfiles: ["provider/program/functions.ts", "ListUserProfilesArgs"],
} as const;

describe("the schema of the native provider", () => {
  it("is the one in schema/provider.json, which `npm run schema` writes", () => {
    const written = readFileSync(join(repository, "schema/provider.json"), "utf8");
    assert.deepEqual(JSON.parse(written), provider);
  });

  for (const [taker, { properties, required = [] }] of takers) {
    it(`${taker}: schema, check and the TypeScript arguments are the same`, () => {
      assert.deepEqual(Object.keys(properties), argumentsOf(taker));
      const [file, name] = files[taker];
      const members = Object.keys(properties).map(
        (key) => key + (required.includes(key) ? "" : "?"),
      );
      assert.deepEqual(membersOf(file, name), members);
      const failures =
        taker === "CodeStarUserProfile"
          ? checkInputs({}, { allowWeakKeys: true, exists: true })
          : checkArguments(taker, {});
      assert.deepEqual(
        failures.map(({ property }) => property),
        required,
      );
    });
  }

  it("gives each argument the type that check asks for", () => {
    const wrong = { string: 1, boolean: "yes", array: "all" } as Record<string, unknown>;
    const given = Object.entries(inputProperties).map(([name, { type }]) => [name, wrong[type]]);
    const failures = checkInputs(Object.fromEntries(given), { allowWeakKeys: true });
    assert.deepEqual(
      [...new Set(failures.map(({ property }) => property))],
      Object.keys(inputProperties),
    );
  });
});

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ada, itInDynamicForm, scenario } from "../support/scenario";

const people = (size: number) =>
  Object.fromEntries(
    Array.from({ length: size }, (_, index) => [
      `user${index}`,
      { displayName: `User ${index}`, emailAddress: `user${index}@example.com` },
    ]),
  );

describe("the engine: arguments", () => {
  itInDynamicForm(
    "roster_arguments: what is misnamed, of a wrong type or out of range is refused, and no guard is off",
    "the plugin checks arguments, in native_roster",
    scenario(async ({ project, service }) => {
      const roster = (size: number) =>
        writeFileSync(
          join(project.folder, "roster.json"),
          JSON.stringify({ account: "123456789012", people: people(size) }),
        );
      roster(12);
      project.program(`new codestar.CodeStarRoster("people", { files: "roster.json" });`);
      await project.up();
      service.calls.length = 0;

      project.program(`
        const said = (what) => { try { what(); return "taken"; } catch (error) { return error.message; } };
        const roster = (args) => said(() => new codestar.CodeStarRoster("people", args));
        const known = { files: "roster.json" };
        exports.said = {
          number: roster({ ...known, maxRemovals: Number(process.env.UNSET) }),
          text: roster({ ...known, maxRemovals: "none" }),
          choice: roster({ ...known, unmanaged: "delete", adopt: "false" }),
          names: roster({ ...known, unmanged: "remove", adpot: true }),
          file: roster({ file: "roster.json" }),
          none: roster({ files: [] }),
          output: roster({ files: pulumi.output("roster.json") }),
          nothing: roster(),
          profiles: said(() => codestar.rosterProfiles({ files: "roster.json", unmanaged: "remove" })),
          profile: said(() => new CodeStarUserProfile("ada", { userArn: ${JSON.stringify(ada.userArn)}, email: "x" })),
          get: said(() => codestar.getUserProfileOutput({ userARN: ${JSON.stringify(ada.userArn)} })),
          list: said(() => codestar.listUserProfilesOutput({ regoin: "us-east-1" })),
          plain: codestar.getUserProfile({ userArn: "ada" }).catch((error) => error.message),
        };
        new codestar.CodeStarRoster("people", { files: "roster.json" });`);
      await project.up();
      const said = project.output("said") as Record<string, string>;
      const of = 'CodeStarRoster "people"';
      const names = "files, region, adopt, unmanaged, maxRemovals, showValues";
      assert.deepEqual(said, {
        number: `${of}: maxRemovals must be a whole number, 0 or more, not NaN`,
        text: `${of}: maxRemovals must be a whole number, 0 or more, not a string`,
        choice: `${of} has 2 problems:\n- adopt must be true or false, not a string\n- unmanaged is "delete", but must be one of ignore, report, remove`,
        names: `${of} has 2 problems:\n- "unmanged" is not an argument of CodeStarRoster; did you mean unmanaged?\n- "adpot" is not an argument of CodeStarRoster; did you mean adopt?`,
        file: `${of} has 2 problems:\n- files is required: the roster files and folders\n- "file" is not an argument of CodeStarRoster; did you mean files?`,
        none: `${of}: files is an empty list; name at least one roster file or folder`,
        output: `${of}: files is an output; a path or a list of paths is allowed`,
        nothing: `${of}: the arguments must be an object of ${names}, not nothing`,
        profiles: `rosterProfiles: "unmanaged" is not an argument of rosterProfiles; the arguments are files, region, adopt`,
        profile: `CodeStarUserProfile "ada": "email" is not an argument of CodeStarUserProfile; did you mean emailAddress?`,
        get: `getUserProfileOutput: "userARN" is not an argument of getUserProfile; did you mean userArn?`,
        list: `listUserProfilesOutput: "regoin" is not an argument of listUserProfiles; did you mean region?`,
        plain: `getUserProfile: userArn is not an ARN (the name of the user is not enough); right is arn:aws:iam::<account ID of 12 digits>:user/<path, if any, and name>`,
      });

      roster(2);
      // What a transformation puts in is seen by the provider alone.
      for (const maxRemovals of ["NaN", '"none"']) {
        project.program(`
          pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
            type.includes("CodeStarRoster") ? { props: { ...props, maxRemovals: ${maxRemovals} }, opts } : undefined);
          new codestar.CodeStarRoster("people", { files: "roster.json" });`);
        const run = await project.attempt("up", "--yes", "--skip-preview");
        assert.notEqual(run.code, 0);
        assert.match(run.output, /maxRemovals must be a whole number, 0 or more/);
        assert.doesNotMatch(run.output, /\n\s+at /);
      }
      assert.deepEqual(service.writes(), []);
    }),
  );
});

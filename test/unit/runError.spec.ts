import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { runError } from "../../provider/program/runError";

describe("runError", () => {
  it("is what the engine prints as its message, without frames to inspect", () => {
    const error = runError("the roster has a problem");
    assert.ok(pulumi.RunError.isInstance(error));
    assert.equal(error.message, "the roster has a problem");
    assert.doesNotMatch(inspect(error, { colors: true }), /\n\s+at /);
  });
});

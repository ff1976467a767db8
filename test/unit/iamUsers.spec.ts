import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { developers } from "../../examples/iam-users/developers";

const programPath = require.resolve("../../examples/iam-users");
const profileType = "pulumi-nodejs:dynamic/codestar:CodeStarUserProfile";

interface Registered {
  type: string;
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: the type that Pulumi's mocks give inputs
  inputs: Record<string, any>;
}

interface Run {
  resources: Registered[];
  userArns: pulumi.Output<string>[];
}

function arnOf(userName: string): string {
  return `arn:aws:iam::123456789012:user/developers/${userName}`;
}

/** Runs the example against mocks that make IAM users known only outside of a preview. */
async function runProgram({ preview }: { preview: boolean }): Promise<Run> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        if (preview) return { id: undefined, state: inputs };
        const computed = type === "aws:iam/user:User" ? { arn: arnOf(name) } : {};
        return { id: `${name}-id`, state: { ...inputs, ...computed } };
      },
      call: () => {
        throw new Error("the example calls no function");
      },
    },
    "codestar-iam-users",
    "test",
    preview,
  );
  delete require.cache[programPath];
  const { userArns } = require(programPath);
  await pulumi.runtime.disconnect(); // waits until every resource is registered
  return { resources, userArns };
}

function ofType({ resources }: Run, type: string): Registered[] {
  return resources.filter((resource) => resource.type === type);
}

describe("examples/iam-users", () => {
  it("declares an IAM user and a profile for each developer", async () => {
    const run = await runProgram({ preview: false });
    const userNames = developers.map(({ userName }) => userName).sort();
    for (const type of ["aws:iam/user:User", profileType]) {
      assert.deepEqual(
        ofType(run, type)
          .map(({ name }) => name)
          .sort(),
        userNames,
      );
    }
  });

  it("gives each profile the ARN of its IAM user, path included", async () => {
    const run = await runProgram({ preview: false });
    for (const { userName } of developers) {
      const profile = ofType(run, profileType).find(({ name }) => name === userName);
      assert.equal(profile?.inputs.userArn, arnOf(userName));
    }
    const exported = await new Promise((resolve) => pulumi.all(run.userArns).apply(resolve));
    assert.deepEqual(
      exported,
      developers.map(({ userName }) => arnOf(userName)),
    );
  });

  it("gives each profile the declared fields, and no key where none is declared", async () => {
    const run = await runProgram({ preview: false });
    for (const { userName, ...declared } of developers) {
      const profile = ofType(run, profileType).find(({ name }) => name === userName);
      const { displayName, emailAddress, sshPublicKey } = profile?.inputs ?? {};
      assert.deepEqual(
        { displayName, emailAddress, ...(sshPublicKey !== undefined && { sshPublicKey }) },
        declared,
      );
    }
  });

  it("previews with ARNs that are not known yet", async () => {
    const run = await runProgram({ preview: true });
    const profiles = ofType(run, profileType);
    assert.equal(profiles.length, developers.length);
    for (const { inputs } of profiles) {
      assert.ok(pulumi.containsUnknowns(inputs.userArn));
      assert.ok(!pulumi.containsUnknowns(inputs.emailAddress));
    }
  });
});

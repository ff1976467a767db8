import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Constraint,
  constraints,
  type OperationName,
  operationNames,
} from "../../service/api/constraints";
import { ServiceError } from "../../service/api/errors";
import { operations } from "../../service/operations/operations";
import { contentType, targetPrefix } from "../../service/protocol";
import { openStore } from "../../service/store/open";
import { obtainOrSkip } from "../support/awsClients";
import { startInteropService } from "../support/interopService";
import { arnOf, profileInput } from "../support/profiles";
import { PythonDriver } from "../support/pythonDriver";

interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly sensitive?: boolean;
  readonly exception?: boolean;
  readonly box?: boolean;
}

interface Operation {
  readonly name: string;
  readonly http: { readonly method: string; readonly requestUri: string };
  readonly input: { readonly shape: string };
  readonly output: { readonly shape: string };
  readonly errors: readonly { readonly shape: string }[];
}

interface Model {
  readonly service: {
    readonly metadata: Readonly<Record<string, string>>;
    readonly operations: Readonly<Record<string, Operation>>;
    readonly shapes: Readonly<Record<string, Shape>>;
  };
  readonly paginators: { readonly pagination: Readonly<Record<string, unknown>> };
}

const folder = join(__dirname, "../../models");
const ownModel = (file: string) =>
  JSON.parse(readFileSync(join(folder, "codestar/2017-04-19", file), "utf8"));

describe("AWS's own model of the API", () => {
  for (const [name, what, library] of [
    ["botocore-a-la-carte-codestar", "current", "boto3"],
    ["Debian's python3-botocore", "debian", "boto3"],
    ["Debian's awscli", "debian", "awscli"],
  ] as const) {
    describe(`in ${name}`, () => {
      let model: Model;
      let service: Model["service"];
      before(async function () {
        const python = PythonDriver.of(await obtainOrSkip(this, what), library);
        model = await python.do<Model>({ do: "model", package: library });
        ({ service } = model);
      });
      const shape = (named: string): Shape => {
        const found = service.shapes[named];
        assert(found, `the model has no shape ${named}`);
        return found;
      };

      for (const operation of operationNames) {
        it(`${operation}: has the members that the service takes, with the same constraints`, () => {
          const { members = {}, required = [] } = shape(service.operations[operation]!.input.shape);
          const expected = Object.entries(members).map(([member, reference]) => {
            const { type, min, max, pattern, sensitive = false } = shape(reference.shape);
            return {
              member,
              type,
              min,
              max,
              pattern,
              sensitive,
              required: required.includes(member),
            };
          });
          const taken = Object.entries<Constraint>(constraints[operation]).map(
            ([member, constraint]) => ({
              member,
              type: constraint.type,
              // A text of any length: botocore leaves the 0 out that AWS's Smithy model has.
              min: constraint.min === 0 ? undefined : constraint.min,
              max: constraint.max,
              pattern: constraint.type === "string" ? sourceOf(constraint.pattern) : undefined,
              sensitive: constraint.sensitive,
              required: constraint.required,
            }),
          );
          assert.deepEqual(taken, expected);
        });
      }

      it("is spoken to as the service is", () => {
        const { metadata, operations } = service;
        assert.equal(`${metadata.targetPrefix}.`, targetPrefix);
        assert.equal(`application/x-amz-json-${metadata.jsonVersion}`, contentType);
        assert.deepEqual([metadata.protocol, metadata.signatureVersion], ["json", "v4"]);
        assert.equal(metadata.signingName ?? metadata.endpointPrefix, "codestar");
        for (const operation of operationNames) {
          assert.deepEqual(operations[operation]!.http, { method: "POST", requestUri: "/" });
        }
        const ours = Object.keys(operations).filter((operation) =>
          /UserProfiles?$/.test(operation),
        );
        assert.deepEqual(ours.sort(), [...operationNames].sort());
      });

      it("declares the errors that the service names", () => {
        const declared = (operation: string) =>
          service.operations[operation]!.errors.map((error) => error.shape).sort();
        const known = [
          ServiceError.validation(""),
          ServiceError.userProfileAlreadyExists(""),
          ServiceError.userProfileNotFound(""),
          ServiceError.invalidNextToken(),
        ].map((error) => error.name);
        assert.deepEqual([...new Set(operationNames.flatMap(declared))].sort(), known.sort());
        assert.deepEqual(declared("DeleteUserProfile"), ["ValidationException"]);
        for (const error of known) assert.equal(shape(error).exception, true);
      });

      it("has the replies that the service gives, member by member", async () => {
        const replies = await replyOfEach();
        for (const operation of operationNames) {
          const { members = {}, required = [] } = shape(
            service.operations[operation]!.output.shape,
          );
          assert.deepEqual(Object.keys(replies[operation]).sort(), Object.keys(members).sort());
          for (const member of required) assert(member in replies[operation], member);
        }
        const { userProfiles } = replies.ListUserProfiles as { userProfiles: object[] };
        const { members = {} } = shape(shape("UserProfilesList").member!.shape);
        assert.deepEqual(Object.keys(userProfiles[0]!).sort(), Object.keys(members).sort());
      });

      it("holds what the model in this package does, word for word", () => {
        const own = ownModel("service-2.json") as Model["service"];
        for (const [operation, definition] of Object.entries(own.operations)) {
          assert.deepEqual(definition, service.operations[operation]);
        }
        for (const [named, definition] of Object.entries(own.shapes)) {
          assert.deepEqual(definition, service.shapes[named]);
        }
        const { pagination } = ownModel("paginators-1.json") as Model["paginators"];
        assert.deepEqual(pagination.ListUserProfiles, model.paginators.pagination.ListUserProfiles);
      });
    });
  }

  it("in this package teaches CodeStar to the boto3 of today", async function () {
    const python = PythonDriver.of(await obtainOrSkip(this, "current"), "boto3");
    const task = { package: "boto3", dataPath: folder };
    const { service, paginators } = await python.do<Model>({ do: "model", ...task });
    assert.deepEqual(service, ownModel("service-2.json"));
    assert.deepEqual(paginators, ownModel("paginators-1.json"));

    const server = await startInteropService();
    const target = { ...server.target(), dataPath: folder };
    const { sizes } = await python.do<{ sizes: number[] }>({ do: "pages", target, parameters: {} });
    assert.deepEqual(sizes, [0]);
    await server.stop();
  });
});

async function replyOfEach(): Promise<Record<OperationName, object>> {
  const store = await openStore("memory:");
  const run = operations({ store, clock: Date.now });
  const scope = { region: "us-east-1" };
  const { userArn } = profileInput();
  await run.CreateUserProfile(profileInput({ userArn: arnOf("other") }), scope);
  return {
    CreateUserProfile: await run.CreateUserProfile(profileInput(), scope),
    DescribeUserProfile: await run.DescribeUserProfile({ userArn }, scope),
    UpdateUserProfile: await run.UpdateUserProfile({ userArn, displayName: "x" }, scope),
    ListUserProfiles: await run.ListUserProfiles({ maxResults: 1 }, scope),
    DeleteUserProfile: await run.DeleteUserProfile({ userArn }, scope),
  };
}

/** As in the model's JSON, where a slash is not escaped. */
function sourceOf(pattern: RegExp): string {
  return pattern.source.replaceAll("\\/", "/");
}

import assert from "node:assert/strict";
import { ListUserProfilesCommand } from "@aws-sdk/client-codestar";
import {
  awsCommand,
  type CommandReply,
  javaScriptClient,
  obtainOrSkip,
} from "../support/awsClients";
import { type InteropService, startInteropService } from "../support/interopService";
import { arnOf, storedProfile } from "../support/profiles";
import { PythonDriver } from "../support/pythonDriver";

const count = 2_345;
const arns = Array.from({ length: count }, (_, index) =>
  arnOf(`user-${String(index).padStart(5, "0")}`),
);

describe("paging over thousands of profiles", () => {
  let service: InteropService;
  before(async () => {
    service = await startInteropService();
    // Not in the order of their ARNs.
    for (const userArn of [...arns].reverse()) {
      await service.store.create("us-east-1", storedProfile({ userArn }));
    }
  });
  after(() => service.stop());
  beforeEach(() => {
    service.proxy.requests.length = 0;
  });

  const arnsOf = (profiles: readonly { readonly userArn?: string | undefined }[]) =>
    profiles.map(({ userArn }) => userArn);

  describe("@aws-sdk/client-codestar", () => {
    for (const [title, maxResults, requests] of [
      ["pages of the default size", undefined, 24],
      ["pages of 7", 7, 335],
      // The last page is full, and must not lead to an empty one.
      ["pages that come out even", 67, 35],
    ] as const) {
      it(`follows the tokens by hand, ${title}`, async () => {
        const client = javaScriptClient(service.target());
        const found: (string | undefined)[] = [];
        let nextToken: string | undefined;
        do {
          const page = await client.send(
            new ListUserProfilesCommand({
              ...(maxResults && { maxResults }),
              ...(nextToken && { nextToken }),
            }),
          );
          found.push(...arnsOf(page.userProfiles ?? []));
          nextToken = page.nextToken;
        } while (nextToken !== undefined);
        client.destroy();
        assert.deepEqual(found, arns);
        assert.equal(service.proxy.requests.length, requests);
      });
    }
  });

  interface Pages {
    readonly sizes: readonly number[];
    readonly profiles: readonly { readonly userArn: string }[];
  }

  for (const [name, what] of [
    ["Debian's boto3", "debian"],
    ["current boto3", "current"],
  ] as const) {
    describe(name, () => {
      let python: PythonDriver;
      before(async function () {
        python = PythonDriver.of(await obtainOrSkip(this, what), "boto3");
      });
      const pages = (parameters: object) =>
        python.do<Pages>({ do: "pages", target: service.target(), parameters });

      it("brings all of them by its paginator", async () => {
        const { sizes, profiles } = await pages({});
        assert.deepEqual(arnsOf(profiles), arns);
        assert.deepEqual(sizes, [...Array(23).fill(100), 45]);
      });

      it("takes the size of pages and a most of items", async () => {
        const { sizes, profiles } = await pages({
          PaginationConfig: { PageSize: 33, MaxItems: 250 },
        });
        assert.deepEqual(arnsOf(profiles), arns.slice(0, 250));
        assert.deepEqual(sizes, [...Array(7).fill(33), 19]);
        assert.deepEqual(JSON.parse(service.proxy.requests[0]!.body), { maxResults: 33 });
      });
    });
  }

  describe("Debian's AWS CLI", () => {
    let python: PythonDriver;
    before(async function () {
      python = PythonDriver.of(await obtainOrSkip(this, "debian"), "awscli");
    });
    async function list(...flags: readonly string[]) {
      const command = awsCommand(service.target(), ["list-user-profiles", ...flags]);
      const { status, out, err } = await python.do<CommandReply>({ do: "command", ...command });
      assert.deepEqual({ status, err }, { status: 0, err: "" });
      return JSON.parse(out) as { userProfiles: { userArn: string }[]; NextToken?: string };
    }

    it("brings all of them by itself", async () => {
      const { userProfiles } = await list();
      assert.deepEqual(arnsOf(userProfiles), arns);
      assert.equal(service.proxy.requests.length, 24);
    });

    it("takes --page-size", async () => {
      const { userProfiles } = await list("--page-size", "90");
      assert.deepEqual(arnsOf(userProfiles), arns);
      assert.deepEqual(JSON.parse(service.proxy.requests[0]!.body), { maxResults: 90 });
      assert.equal(service.proxy.requests.length, 27);
    });

    it("goes on with --starting-token where --max-items ended", async () => {
      const first = await list("--max-items", "150");
      const second = await list("--max-items", "150", "--starting-token", first.NextToken!);
      assert.deepEqual(arnsOf([...first.userProfiles, ...second.userProfiles]), arns.slice(0, 300));
    });
  });
});

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { parseDynamoDbUrl } from "../../service/store/dynamodb/connection";
import { profileKey } from "../../service/store/dynamodb/keys";
import { openDynamoDbStore } from "../../service/store/dynamodb/store";
import { createDynamoDbTable } from "../../service/store/dynamodb/table";
import {
  type DamagedProfile,
  type ProfileStore,
  type StoredProfile,
  StoreUnavailableError,
} from "../../service/store/store";
import {
  type LocalDynamoDb,
  localCredentials,
  patient,
  startDynamoDb,
} from "../support/dynamodbLocal";
import {
  dynamoDbError,
  type Fault,
  type FaultyDynamoDb,
  startFaultyDynamoDb,
} from "../support/faultyDynamoDb";

const region = "eu-west-1";
const profile: StoredProfile = {
  userArn: "arn:aws:iam::123456789012:user/ann",
  displayName: "Ann Sensitive",
  emailAddress: "ann.sensitive@example.com",
  sshPublicKey: "",
  createdAt: 1,
  modifiedAt: 1,
};

describe("the dynamodb: store on a bad day", () => {
  let dynamodb: LocalDynamoDb;
  let proxy: FaultyDynamoDb;
  let faults: Fault[] = [];
  let store: ProfileStore;
  const credentials = localCredentials;

  before(async () => {
    dynamodb = await startDynamoDb();
    proxy = await startFaultyDynamoDb(dynamodb.endpoint, () => faults.shift());
    const url = urlOf(proxy.endpoint);
    await createDynamoDbTable(url, { credentials });
    store = await openDynamoDbStore(url, { credentials, tryTimeout: 1_500 });
    // From then on the store knows that the account has its item.
    await store.create(region, profile);
  });
  after(async () => {
    await store.close();
    await proxy.stop();
    await dynamodb.stop();
  });
  beforeEach(async () => {
    faults = [];
    await store.delete(region, profile.userArn);
  });

  describe("a lost response", () => {
    it("of a create: the second try knows the profile as its own", async () => {
      faults = ["loseResponse"];
      assert.deepEqual(await operationsOf(() => store.create(region, profile)), {
        answer: true,
        operations: ["PutItem", "PutItem", "GetItem"],
      });
      assert.deepEqual(await store.find(region, profile.userArn), profile);
    });

    it("of a create, after which another client updated: still its own, and not undone", async () => {
      const other = await openDynamoDbStore(urlOf(dynamodb.endpoint), patient);
      const update = () => other.update(region, profile.userArn, { displayName: "Later" }, 2);
      faults = [{ loseResponseAfter: update }];
      assert.equal(await store.create(region, profile), true);
      assert.deepEqual(await store.find(region, profile.userArn), {
        ...profile,
        displayName: "Later",
        modifiedAt: 2,
      });
      await other.close();
    });

    it("of a create of what exists: answers false", async () => {
      await store.create(region, { ...profile, displayName: "First" });
      faults = ["loseResponse"];
      assert.equal(await store.create(region, profile), false);
      assert.equal((await store.find(region, profile.userArn))?.displayName, "First");
    });

    it("of an update: answers the updated profile", async () => {
      await store.create(region, profile);
      faults = ["loseResponse"];
      const updated = await store.update(region, profile.userArn, { displayName: "New" }, 2);
      assert.deepEqual(updated, { ...profile, displayName: "New", modifiedAt: 2 });
    });

    it("of a delete: the profile is gone", async () => {
      await store.create(region, profile);
      faults = ["loseResponse"];
      await store.delete(region, profile.userArn);
      assert.equal(await store.find(region, profile.userArn), undefined);
    });

    it("of a find and a list: they are sent again", async () => {
      await store.create(region, profile);
      faults = ["loseResponse"];
      assert.deepEqual(await store.find(region, profile.userArn), profile);
      faults = ["loseResponse"];
      assert.deepEqual(await store.list(region, { limit: 1 }), [profile]);
    });
  });

  it("an item of another program: the others are listed whole, and it alone is refused", async () => {
    await store.create(region, profile);
    const foreign = "arn:aws:iam::123456789012:user/foreign";
    const client = new DynamoDBClient({
      region,
      endpoint: dynamodb.endpoint,
      credentials,
    });
    const Key = profileKey(region, foreign);
    const { table } = parseDynamoDbUrl(urlOf(dynamodb.endpoint));
    try {
      await client.send(
        new PutItemCommand({ TableName: table, Item: { ...Key, displayName: { S: "Foreign" } } }),
      );
      const listed = await store.list(region, { limit: 10 });
      assert.deepEqual(listed[0], profile);
      assert.equal(listed[1]?.userArn, foreign);
      const damaged = ["emailAddress", "sshPublicKey", "createdAt", "modifiedAt"];
      assert.deepEqual((listed[1] as DamagedProfile).damaged, damaged);
      await assert.rejects(store.find(region, foreign), { name: "DamagedProfileError" });
      await assert.rejects(store.update(region, foreign, { displayName: "F" }, 9), {
        message: /foreign is damaged \(emailAddress, sshPublicKey, createdAt\)/,
      });
    } finally {
      await store.delete(region, foreign);
      client.destroy();
    }
  });

  it("a throttled try is made again, and a create that then loses answers false", async () => {
    await store.create(region, { ...profile, displayName: "First" });
    faults = [dynamoDbError("ThrottlingException")];
    assert.equal(await store.create(region, profile), false);
  });

  it("a create without trouble is one request, also when the profile exists", async () => {
    const create = () => store.create(region, profile);
    assert.deepEqual(await operationsOf(create), { answer: true, operations: ["PutItem"] });
    assert.deepEqual(await operationsOf(create), { answer: false, operations: ["PutItem"] });
  });

  describe("three failed tries", () => {
    const cases: [what: string, fault: Fault, reason: string, told: RegExp][] = [
      [
        "throttled by the table",
        dynamoDbError("ProvisionedThroughputExceededException"),
        "throttled",
        /throttled \(ProvisionedThroughputExceededException\)/,
      ],
      ["throttled", dynamoDbError("ThrottlingException"), "throttled", /throttled/],
      [
        "broken inside",
        dynamoDbError("InternalServerError", "oops", 500),
        "unreachable",
        /not reached \(InternalServerError\)/,
      ],
      ["silent", "hang", "unreachable", /not reached \(ETIMEDOUT\)/],
      ["cut off", "loseResponse", "unreachable", /not reached \(ECONNRESET\)/],
    ];
    for (const [what, fault, reason, told] of cases) {
      it(`${what}: StoreUnavailableError, ${reason}`, async () => {
        faults = [fault, fault, fault];
        const err = await rejection(store.create(region, profile));
        assert.ok(err instanceof StoreUnavailableError, String(err));
        assert.equal(err.reason, reason);
        assert.match(err.message, told);
        assertDiscreet(err);
        assert.deepEqual(faults, []);
      });
    }
  });

  describe("what DynamoDB refuses at once", () => {
    const cases: [name: string, told: RegExp][] = [
      [
        "ResourceNotFoundException",
        /no such table; create it: codestar-profiles table create dynamodb:\/\/profiles$/,
      ],
      ["AccessDeniedException", /refused \(AccessDeniedException\)/],
      ["UnrecognizedClientException", /refused \(UnrecognizedClientException\)/],
      ["ValidationException", /malformed \(ValidationException\); are the table's keys/],
    ];
    for (const [name, told] of cases) {
      it(`${name} becomes a sentence, without DynamoDB's own text`, async () => {
        faults = [dynamoDbError(name, `bad value {"S":"${profile.displayName}"}`)];
        const err = await rejection(store.find(region, profile.userArn));
        assert.match(err.message, told);
        assert.equal(err instanceof StoreUnavailableError, name !== "ValidationException");
        assertDiscreet(err);
        assert.deepEqual(faults, []);
      });
    }
  });

  it("nothing listens: StoreUnavailableError", async () => {
    const gone = await startFaultyDynamoDb(dynamodb.endpoint, () => undefined);
    await gone.stop();
    const away = await openDynamoDbStore(urlOf(gone.endpoint), { credentials });
    const err = await rejection(away.find(region, profile.userArn));
    assert.ok(err instanceof StoreUnavailableError);
    assert.match(err.message, /not reached \(ECONNREFUSED\)/);
    await away.close();
  });

  it("refuses calls once closed", async () => {
    const closed = await openDynamoDbStore(urlOf(dynamodb.endpoint), { credentials });
    await closed.close();
    await closed.close();
    const err = await rejection(closed.find(region, profile.userArn));
    assert.match(err.message, /^dynamodb:\/\/profiles at .*: the store is closed$/);
  });

  async function operationsOf<T>(call: () => Promise<T>) {
    const before = proxy.requests.length;
    const answer = await call();
    return { answer, operations: proxy.requests.slice(before).map(({ operation }) => operation) };
  }
});

describe("the dynamodb: store without what it needs", () => {
  const script = `
    const { openDynamoDbStore } = require("./service/store/dynamodb/store.js");
    openDynamoDbStore("dynamodb://profiles?endpoint=http://127.0.0.1:9")
      .then((store) => store.find("eu-west-1", "arn"))
      .catch((err) => process.stdout.write(err.message));`;
  const built = join(__dirname, "../../dist");
  const bare = {
    PATH: process.env.PATH,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "absent",
    AWS_SHARED_CREDENTIALS_FILE: "absent",
  };

  it("says which package is missing", async () => {
    const directory = await mkdtemp(join(tmpdir(), "codestar-store-"));
    try {
      cpSync(built, directory, { recursive: true });
      assert.equal(
        await outputOf(directory, bare),
        "A dynamodb: store needs the AWS SDK's DynamoDB client: npm install @aws-sdk/client-dynamodb",
      );
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("says that there is no region, or no credentials", async () => {
    // Where the client is found.
    const directory = await mkdtemp(join(__dirname, "../../node_modules/.codestar-store-"));
    try {
      cpSync(built, directory, { recursive: true });
      assert.match(await outputOf(directory, bare), /: the AWS SDK found no region; add \?region=/);
      assert.match(
        await outputOf(directory, { ...bare, AWS_REGION: "eu-west-1" }),
        /: the AWS SDK found no credentials/,
      );
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  async function outputOf(cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd, env });
    return stdout;
  }
});

describe("parseDynamoDbUrl", () => {
  it("reads the table, its region and its endpoint", () => {
    assert.deepEqual(parseDynamoDbUrl("dynamodb://My_table-1.x"), { table: "My_table-1.x" });
    assert.deepEqual(
      parseDynamoDbUrl("dynamodb://abc?region=us-gov-west-1&endpoint=http://127.0.0.1:8000"),
      { table: "abc", region: "us-gov-west-1", endpoint: "http://127.0.0.1:8000" },
    );
    assert.deepEqual(
      parseDynamoDbUrl("dynamodb://abc/?endpoint=https%3A%2F%2Fddb.example.com%2F"),
      {
        table: "abc",
        endpoint: "https://ddb.example.com",
      },
    );
  });

  const refused = {
    "dynamodb:": /table's name is 3 to 255/,
    "dynamodb:table": /table's name is 3 to 255/,
    "dynamodb://ab": /table's name is 3 to 255/,
    "dynamodb://ta ble": /URL is dynamodb:\/\/table/,
    "dynamodb://table:8000": /table's name is 3 to 255/,
    "https://table": /URL is dynamodb:\/\/table/,
    table: /URL is dynamodb:\/\/table/,
    "dynamodb://table/more": /nothing but a query/,
    "dynamodb://table#x": /nothing but a query/,
    "dynamodb://table?regoin=x": /no setting "regoin"/,
    "dynamodb://table?region=EU West": /region .* is a name such as eu-west-1/,
    "dynamodb://table?endpoint=127.0.0.1:8000": /http: or https: address/,
    "dynamodb://table?endpoint=ftp://127.0.0.1": /http: or https: address/,
    "dynamodb://table?endpoint=http://127.0.0.1/path": /no path, query or fragment/,
    "dynamodb://AKIASECRET:SECRET@table": /holds no credentials/,
    "dynamodb://AKIASECRET:SECRET@t": /holds no credentials/,
    "dynamodb://table?endpoint=http://AKIASECRET:SECRET@127.0.0.1": /holds no credentials/,
  };
  for (const [url, told] of Object.entries(refused)) {
    it(`refuses ${url}`, () => {
      assert.throws(
        () => parseDynamoDbUrl(url),
        (error: Error) => told.test(error.message) && !error.message.includes("SECRET"),
      );
    });
  }
});

function urlOf(endpoint: string): string {
  return `dynamodb://profiles?region=eu-west-1&endpoint=${endpoint}`;
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
  assert.fail("the promise was expected to be rejected");
}

/** Neither the profile nor the credentials show, however the error is printed. */
function assertDiscreet(error: Error): void {
  const printed = `${error.stack} ${JSON.stringify(error)} ${JSON.stringify(error.cause ?? null)}`;
  assert.doesNotMatch(printed, /sensitive|AWS4-HMAC|Credential=/i);
}

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CodeStarClient,
  CreateUserProfileCommand,
  DeleteUserProfileCommand,
  DescribeUserProfileCommand,
  type DescribeUserProfileCommandOutput,
  UpdateUserProfileCommand,
} from "@aws-sdk/client-codestar";
import { profileService } from "../../service/protocol";
import { openStore } from "../../service/store/open";
import type { StoredProfile } from "../../service/store/store";

export interface Call {
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

export interface Profile {
  userArn: string;
  displayName: string;
  emailAddress: string;
  sshPublicKey?: string;
}

export interface RecordingService {
  readonly url: string;
  /**
   * Every request since the start or the last `calls.length = 0`, those of `live` not among them.
   */
  readonly calls: Call[];
  /** The writes among the calls. */
  writes(): Call[];
  /** What others do behind Pulumi's back. */
  readonly live: {
    find(userArn: string): Promise<DescribeUserProfileCommandOutput | undefined>;
    create(profile: Profile): Promise<void>;
    update(change: Partial<Profile> & { userArn: string }): Promise<void>;
    delete(userArn: string): Promise<void>;
  };
  /** Puts profiles straight into the store. */
  seed(profiles: Iterable<Profile>): Promise<void>;
  /** Answers a request in the service's place when it returns a response. */
  intercept: ((call: Call) => { status: number; body: unknown } | undefined) | undefined;
  close(): Promise<void>;
}

const region = "us-east-1";
const background = "x-test-background";

/**
 * The profile service on a free loopback port and a store in memory, with a record of every call.
 */
export async function startRecordingService(): Promise<RecordingService> {
  const store = await openStore("memory:");
  const service = profileService({ store, region, clock: Date.now });
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const body = Buffer.concat(chunks);
      const call: Call = {
        operation: String(request.headers["x-amz-target"]).split(".")[1] ?? "",
        input: JSON.parse(body.toString() || "{}"),
      };
      const ours = request.headers[background] === undefined;
      if (ours) calls.push(call);
      const instead = ours ? recording.intercept?.(call) : undefined;
      const answer = instead
        ? { status: instead.status, headers: {}, body: JSON.stringify(instead.body) }
        : await service.handle({
            method: request.method!,
            path: request.url!,
            headers: request.headers,
            rawHeaders: request.rawHeaders,
            body,
          });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new CodeStarClient({
    region,
    endpoint: url,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers[background] = "yes";
      return next(args);
    },
    { step: "build" },
  );
  const recording: RecordingService = {
    url,
    calls,
    intercept: undefined,
    writes: () => calls.filter(({ operation }) => /^(Create|Update|Delete)/.test(operation)),
    live: {
      async find(userArn) {
        try {
          return await client.send(new DescribeUserProfileCommand({ userArn }));
        } catch (error) {
          if ((error as Error).name === "UserProfileNotFoundException") return undefined;
          throw error;
        }
      },
      create: async (profile) => void (await client.send(new CreateUserProfileCommand(profile))),
      update: async (change) => void (await client.send(new UpdateUserProfileCommand(change))),
      delete: async (userArn) =>
        void (await client.send(new DeleteUserProfileCommand({ userArn }))),
    },
    async seed(profiles) {
      for (const profile of profiles) await store.create(region, stored(profile));
    },
    async close() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await store.close();
    },
  };
  return recording;
}

function stored(profile: Profile): StoredProfile {
  return { sshPublicKey: "", ...profile, createdAt: Date.now(), modifiedAt: Date.now() };
}

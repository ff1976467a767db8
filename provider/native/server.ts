import { connect } from "node:net";
import { isDeepStrictEqual } from "node:util";
import type { ServiceError, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Struct as StructMessage } from "google-protobuf/google/protobuf/struct_pb";
import { CodeStarError } from "../../profile/codeStarError";
import {
  Any,
  Empty,
  EngineClient,
  grpc,
  LogRequest,
  LogSeverity,
  messages,
  PluginInfo,
  ResourceProviderService,
  Status,
  Struct,
} from "./proto";

/**
 * Values as the protocol carries them, in plain JSON. Unknown and secret
 * values are marked as it says.
 */
export type Values = Record<string, unknown>;

export type CheckResult = { readonly inputs: Values } | { readonly refused: readonly string[] };

export interface DiffResult {
  readonly changed: boolean;
  /** Properties that differ, each with how. */
  readonly properties: Readonly<Record<string, "add" | "delete" | "update">>;
  readonly replaces: readonly string[];
}

export interface ReadResult {
  readonly state: Values;
  readonly inputs: Values;
}

/**
 * What the engine asks of a resource. Requests hold secret values in clear. Methods
 * reject with one sentence.
 */
export interface NativeResource {
  check(urn: string, olds: Values, news: Values): Promise<CheckResult>;
  diff(olds: Values, news: Values): DiffResult;
  create(news: Values): Promise<{ readonly id: string; readonly state: Values }>;
  /** @param recorded undefined for an import. Resolves to undefined when there is none. */
  read(
    urn: string,
    id: string,
    recorded: Values | undefined,
    inputs: Values,
  ): Promise<ReadResult | undefined>;
  update(id: string, olds: Values, news: Values): Promise<Values>;
  delete(id: string, recorded: Values): Promise<void>;
  /** Whether the engine is to refresh the resource before each preview, update and destroy. */
  refreshes(): boolean;
}

export interface NativeProvider {
  readonly version: string;
  /** JSON. */
  schema(): string;
  /** Secret settings are marked, here as in the answer. */
  checkSettings(settings: Values): CheckResult;
  configure(settings: Values): void;
  /** By type token. */
  readonly resources: Readonly<Record<string, NativeResource>>;
  /** By token. They reject with one sentence. */
  readonly functions: Readonly<Record<string, (args: Values) => Promise<Values>>>;
}

/** How often it is looked whether the engine is still there, in milliseconds. */
const lookAfter = 2_000;

/**
 * Serves the provider on a free loopback port until the engine ends it, or is gone itself: a killed
 * CLI leaves its plugins behind. What is under way by then is finished.
 * @param engine the engine's address, HOST:PORT; undefined when somebody else sees to the end.
 * @returns the port.
 */
export async function serve(provider: NativeProvider, engine: string | undefined): Promise<number> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(ResourceProviderService, implementation(provider));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  if (engine !== undefined) endWith(engine, () => server.tryShutdown(() => process.exit(0)));
  return port;
}

/** How a provider tells the user of a resource: a line under it. */
export type Tell = (urn: string, message: string) => Promise<void>;

/** @param engine the engine's address; without one nobody is told. */
export function tellEngine(engine: string | undefined): Tell {
  if (engine === undefined) return async () => {};
  const client = new EngineClient(engine, grpc.credentials.createInsecure());
  return (urn, message) =>
    new Promise((resolve) => {
      const request = new LogRequest();
      request.setSeverity(LogSeverity.INFO);
      request.setUrn(urn);
      request.setMessage(message);
      // A line that is lost fails nothing.
      client.log(request, () => resolve());
    });
}

function endWith(engine: string, end: () => void): void {
  const at = engine.lastIndexOf(":");
  const [host, port] = [engine.slice(0, at), Number(engine.slice(at + 1))];
  const look = () => {
    const socket = connect({ host, port });
    socket.once("connect", () => {
      socket.destroy();
      setTimeout(look, lookAfter);
    });
    socket.once("error", end);
  };
  setTimeout(look, lookAfter);
}

interface Call<Request> {
  readonly request: Request;
}

/** A create or update of which a part is done: the engine records that part. */
export class Partly extends CodeStarError {
  override name = "Partly";

  constructor(
    message: string,
    readonly id: string,
    readonly state: Values,
    readonly reasons: readonly string[],
  ) {
    super(message);
  }
}

/** One method of the service: what it answers, or the sentence that it fails with. */
function unary<Request, Response>(answer: (request: Request) => Response | Promise<Response>) {
  return async ({ request }: Call<Request>, reply: sendUnaryData<Response>) => {
    try {
      reply(null, await answer(request));
    } catch (error) {
      const { message } = error as Error;
      reply({
        code: grpc.status.UNKNOWN,
        details: message,
        ...(error instanceof Partly && { metadata: partlyDone(error) }),
      } as ServiceError);
    }
  };
}

function partlyDone({ message, id, state, reasons }: Partly) {
  const failed = new messages.ErrorResourceInitFailed()
    .setId(id)
    .setProperties(Struct.fromJavaScript(state as never))
    .setReasonsList([...reasons]);
  const detail = new Any();
  detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(detail);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}

type Proto = typeof messages;
type Message<Name extends keyof Proto> = Proto[Name] extends new () => infer M ? M : never;

function implementation(provider: NativeProvider): UntypedServiceImplementation {
  const resource = (urn: string) => {
    const type = urn.split("::")[2]!.split("$").at(-1)!;
    const found = provider.resources[type];
    if (!found) throw new CodeStarError(`${type} is not a resource of this provider`);
    return found;
  };
  return {
    getPluginInfo: unary(() => new PluginInfo().setVersion(provider.version)),
    getSchema: unary(() => new messages.GetSchemaResponse().setSchema(provider.schema())),
    checkConfig: unary((request: Message<"CheckRequest">) =>
      checked(provider.checkSettings(values(request.getNews()))),
    ),
    // Where nothing differs the engine goes on with the settings of the last update.
    diffConfig: unary((request: Message<"DiffRequest">) => {
      const [olds, news] = [values(request.getOlds()), values(request.getNews())];
      const differing = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
        (name) => !isDeepStrictEqual(olds[name], news[name]),
      );
      const properties = Object.fromEntries(differing.map((name) => [name, "update" as const]));
      return difference({ changed: differing.length > 0, properties, replaces: [] });
    }),
    configure: unary((request: Message<"ConfigureRequest">) => {
      provider.configure(values(request.getArgs()));
      return new messages.ConfigureResponse();
    }),
    check: unary(async (request: Message<"CheckRequest">) => {
      const urn = request.getUrn();
      return checked(
        await resource(urn).check(urn, values(request.getOlds()), values(request.getNews())),
      );
    }),
    diff: unary((request: Message<"DiffRequest">) =>
      difference(
        resource(request.getUrn()).diff(values(request.getOlds()), values(request.getNews())),
      ),
    ),
    create: unary(async (request: Message<"CreateRequest">) => {
      const target = resource(request.getUrn());
      const { id, state } = await target.create(values(request.getProperties()));
      return new messages.CreateResponse()
        .setId(id)
        .setProperties(Struct.fromJavaScript(state as never))
        .setRefreshBeforeUpdate(target.refreshes());
    }),
    read: unary(async (request: Message<"ReadRequest">) => {
      const target = resource(request.getUrn());
      const recorded = values(request.getProperties());
      const isImport = Object.keys(recorded).length === 0;
      const found = await target.read(
        request.getUrn(),
        request.getId(),
        isImport ? undefined : recorded,
        values(request.getInputs()),
      );
      const response = new messages.ReadResponse().setRefreshBeforeUpdate(target.refreshes());
      // Without properties the engine says that there is no such resource.
      if (found === undefined) return response;
      return response
        .setId(request.getId())
        .setProperties(Struct.fromJavaScript(found.state as never))
        .setInputs(Struct.fromJavaScript(found.inputs as never));
    }),
    update: unary(async (request: Message<"UpdateRequest">) => {
      const target = resource(request.getUrn());
      const state = await target.update(
        request.getId(),
        values(request.getOlds()),
        values(request.getNews()),
      );
      return new messages.UpdateResponse()
        .setProperties(Struct.fromJavaScript(state as never))
        .setRefreshBeforeUpdate(target.refreshes());
    }),
    delete: unary(async (request: Message<"DeleteRequest">) => {
      await resource(request.getUrn()).delete(request.getId(), values(request.getProperties()));
      return new Empty();
    }),
    invoke: unary(async (request: Message<"InvokeRequest">) => {
      const called = provider.functions[request.getTok()];
      if (!called) {
        throw new CodeStarError(`${request.getTok()} is not a function of this provider`);
      }
      const result = await called(values(request.getArgs()));
      return new messages.InvokeResponse().setReturn(Struct.fromJavaScript(result as never));
    }),
    // A write is never given up half way: the engine waits for it, or ends the process.
    cancel: unary(() => new Empty()),
  };
}

function values(struct: StructMessage | undefined): Values {
  return (struct?.toJavaScript() ?? {}) as Values;
}

/**
 * The engine prints the value of a property that a failure names, secret or
 * not: the reason names it.
 */
function checked(result: CheckResult) {
  const response = new messages.CheckResponse();
  if ("inputs" in result) return response.setInputs(Struct.fromJavaScript(result.inputs as never));
  for (const reason of result.refused) {
    response.addFailures(new messages.CheckFailure().setReason(reason));
  }
  return response;
}

function difference({ changed, properties, replaces }: DiffResult) {
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  const { Kind } = messages.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  const response = new messages.DiffResponse()
    .setChanges(changed ? DIFF_SOME : DIFF_NONE)
    .setReplacesList([...replaces])
    .setDiffsList(Object.keys(properties))
    .setHasdetaileddiff(true);
  for (const [property, how] of Object.entries(properties)) {
    const kind = kinds[how][replaces.includes(property) ? 1 : 0];
    response.getDetaileddiffMap().set(property, new messages.PropertyDiff().setKind(kind));
  }
  return response;
}

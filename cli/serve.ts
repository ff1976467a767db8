import { once } from "node:events";
import { parseArgs } from "node:util";
import { authentication } from "../service/authentication";
import { openPrincipalsFile, type PrincipalsFile } from "../service/principalsFile";
import type { ServiceResponse } from "../service/protocol";
import { isRegion } from "../service/region";
import { startServer } from "../service/server";
import { storeForms } from "../service/store/open";

export const usage = `Usage: codestar-profiles serve --store URL [options]

Serves the user profile API of AWS CodeStar over HTTP until it is sent SIGINT or SIGTERM; then it
answers the requests under way and exits with 0. A second signal ends it at once.

  --store URL        where the profiles are: ${storeForms}
  --host HOST        where to listen (127.0.0.1); other than loopback only with --principals
  --port PORT        4600; 0 for any free one
  --region REGION    the region of requests that are not signed for one (us-east-1)
  --principals FILE  verify signatures against the keys in this file (codestar-profiles principal add)
  --tls-cert FILE    speak HTTPS with this certificate, in PEM …
  --tls-key FILE     … and this key
  -h, --help

Exit status: 0 stopped by a signal, 1 could not serve, 2 wrong arguments.
`;

interface Settings {
  readonly store: string;
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly principals: string | undefined;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
}

/** `codestar-profiles serve`. Answers the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  const settings = readArguments(argv);
  if (settings === "help") {
    process.stdout.write(usage);
    return 0;
  }
  if (typeof settings === "string") {
    process.stderr.write(`${settings}\n\n${usage}`);
    return 2;
  }
  const principals = settings.principals && (await openPrincipals(settings.principals));
  try {
    await serve(settings, principals || undefined);
    return 0;
  } finally {
    if (principals) principals.close();
  }
}

async function serve(
  { store, host, port, region, tls }: Settings,
  principals: PrincipalsFile | undefined,
): Promise<void> {
  // Listened for before the server is there: a signal during the start stops it too.
  const signal = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  const server = await startServer({
    store,
    host,
    port,
    region,
    onResponse: logFailure,
    ...(tls && { tls }),
    ...(principals && {
      authenticate: authentication({ credentials: principals, clock: Date.now }),
    }),
  });
  process.stdout.write(
    `Profile service at ${server.url} (store ${store}, region ${region}, authentication ${principals ? "on" : "off"})\n`,
  );
  await signal;
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => process.exit(1));
  process.stdout.write("Stopping: answering the requests under way\n");
  await server.stop();
}

async function openPrincipals(path: string): Promise<PrincipalsFile> {
  let opened = false;
  const file = await openPrincipalsFile({
    path,
    onReload: (outcome) => {
      // That the file cannot be used at first is an error of its own.
      if (!opened) return;
      const text =
        "refused" in outcome
          ? `${outcome.refused.message}; the ${outcome.keys} keys known before stay in force`
          : `${path} read again: ${outcome.keys} keys`;
      process.stderr.write(`${text}\n`);
    },
  });
  opened = true;
  return file;
}

/** Errors of stores name the store and the reason; they never hold what a profile does. */
function logFailure({ cause, operation, requestId }: ServiceResponse): void {
  if (cause === undefined) return;
  const reason = cause instanceof Error ? cause.message : String(cause);
  process.stderr.write(`${new Date().toISOString()} ${requestId} ${operation}: ${reason}\n`);
}

/** The settings, or what to tell the user instead. */
function readArguments(argv: readonly string[]): Settings | string {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(argv);
  } catch (err) {
    return (err as Error).message;
  }
  if (values.help) return "help";
  if (values.store === undefined) return `The option --store is missing: ${storeForms}.`;
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
  if (!(port <= 65_535)) return "The option --port takes a number from 0 to 65535.";
  if (!isRegion(values.region)) {
    return "The option --region takes a name such as us-east-1: lower-case letters, digits and -.";
  }
  const { "tls-cert": certFile, "tls-key": keyFile } = values;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    return "The options --tls-cert and --tls-key need each other.";
  }
  return {
    store: values.store,
    host: values.host,
    port,
    region: values.region,
    principals: values.principals,
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
  };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      store: { type: "string" },
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "4600" },
      region: { type: "string", default: "us-east-1" },
      principals: { type: "string" },
      "tls-cert": { type: "string" },
      "tls-key": { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  }).values;
}

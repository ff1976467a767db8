#!/usr/bin/env node
import { besideEngine } from "../lifecycle/otherProcesses";
import { createSession } from "../lifecycle/session";
import { createProvider } from "./provider";
import { serve, tellEngine } from "./server";

/*
 * `pulumi-resource-codestar ENGINE`: Pulumi's engine starts it with its own address and reads
 * the port from its output.
 */

const engine = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
const session = createSession({
  variables: process.env,
  folder: process.cwd(),
  others: besideEngine(engine),
  form: "native",
});

serve(createProvider(session, tellEngine(engine)), engine).then(
  (port) => process.stdout.write(`${port}\n`),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);

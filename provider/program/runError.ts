import * as pulumi from "@pulumi/pulumi";

/**
 * An error that the engine prints as its message alone. It carries no frames: nobody sees them,
 * and Pulumi's SDK hands them to `util.inspect`, which on Node 20 runs for 15 seconds over the
 * path that source maps give the SDK's own frames (`node_modules/@pulumi/resource.ts`, a
 * package without a folder).
 */
export function runError(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = `${error.name}: ${message}`;
  return error;
}

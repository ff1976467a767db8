declare module "dynalite" {
  import type { Server } from "node:http";

  /** Times are milliseconds that a table stays in the state. */
  export default function dynalite(options?: { createTableMs?: number }): Server;
}

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { AuditUnavailableError } from "../audit/trail";
import type { ServiceResponse } from "../protocol";
import { StoreUnavailableError } from "../store/store";
import { type Refusal, refusalReasons } from "./connections";

const { version } = require("pulumi-codestar/package.json") as { version: string };

/** Seconds; a read takes well under one millisecond, a durable write some. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Those of the process; its library can watch a process once. */
let processRegistry: Registry | undefined;

/** A number that another part of the program knows, read whenever the metrics are. */
export interface Measure {
  readonly name: string;
  readonly help: string;
  /** A counter never falls. */
  readonly type: "counter" | "gauge";
  readonly read: () => number | Promise<number>;
}

/** What one server tells Prometheus. Nothing of it names a user, a principal or an account. */
export class ServiceMetrics {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: "codestar_profiles_requests_total",
    help: "Requests answered, by operation and outcome: ok, or the name of the error.",
    labelNames: ["operation", "outcome"] as const,
    registers: [this.#registry],
  });
  readonly #duration = new Histogram({
    name: "codestar_profiles_request_duration_seconds",
    help: "From a request's headers to its answer, by operation.",
    labelNames: ["operation"] as const,
    buckets,
    registers: [this.#registry],
  });
  readonly #inFlight = new Gauge({
    name: "codestar_profiles_requests_in_flight",
    help: "Requests received whole and not answered yet.",
    registers: [this.#registry],
  });
  readonly #failures = new Counter({
    name: "codestar_profiles_failures_total",
    help: "Requests that failed inside, by reason: the store throttled or unreachable, the audit trail, or internal.",
    labelNames: ["reason"] as const,
    registers: [this.#registry],
  });

  readonly #refusals = new Counter({
    name: "codestar_profiles_connections_refused_total",
    help: "Connections that ended before a request of theirs was answered, by reason.",
    labelNames: ["reason"] as const,
    registers: [this.#registry],
  });

  constructor(measures: readonly Measure[] = []) {
    for (const reason of ["throttled", "unreachable", "audit", "internal"])
      this.#failures.inc({ reason }, 0);
    for (const reason of refusalReasons) this.#refusals.inc({ reason }, 0);
    for (const measure of measures) this.add(measure);
    new Gauge({
      name: "codestar_profiles_build_info",
      help: "1, with the version of the service as a label.",
      labelNames: ["version"] as const,
      registers: [this.#registry],
    }).set({ version }, 1);
    if (processRegistry === undefined) {
      processRegistry = new Registry();
      collectDefaultMetrics({ register: processRegistry });
    }
  }

  readonly contentType = this.#registry.contentType;

  add({ name, help, type, read }: Measure): void {
    const registers = [this.#registry];
    if (type === "gauge") {
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.set(await read());
        },
      });
    } else {
      new Counter({
        name,
        help,
        registers,
        async collect() {
          const value = await read();
          this.reset();
          this.inc(value);
        },
      });
    }
  }

  countRefusal({ reason }: Refusal): void {
    this.#refusals.inc({ reason });
  }

  begin(): void {
    this.#inFlight.inc();
  }

  end(): void {
    this.#inFlight.dec();
  }

  /** `duration` in milliseconds. */
  count(response: ServiceResponse, duration: number): void {
    const { error: outcome = "ok", cause } = response;
    const operation = response.operation ?? "none";
    this.#requests.inc({ operation, outcome });
    this.#duration.observe({ operation }, duration / 1000);
    if (cause !== undefined) {
      this.#failures.inc({ reason: reasonOf(cause) });
    }
  }

  /** In Prometheus's text format. */
  async text(): Promise<string> {
    return `${await this.#registry.metrics()}\n${await processRegistry!.metrics()}`;
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof StoreUnavailableError) return cause.reason;
  return cause instanceof AuditUnavailableError ? "audit" : "internal";
}

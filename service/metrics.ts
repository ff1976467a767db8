import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ServiceResponse } from "./protocol";
import { StoreUnavailableError } from "./store/store";

/** Seconds; a read takes well under one millisecond, a durable write some. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Those of the process; its library can watch a process once. */
let processRegistry: Registry | undefined;

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
    help: "Requests that failed inside, by reason: the store throttled or unreachable, or internal.",
    labelNames: ["reason"] as const,
    registers: [this.#registry],
  });

  constructor() {
    for (const reason of ["throttled", "unreachable", "internal"])
      this.#failures.inc({ reason }, 0);
    if (processRegistry === undefined) {
      processRegistry = new Registry();
      collectDefaultMetrics({ register: processRegistry });
    }
  }

  readonly contentType = this.#registry.contentType;

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
      const reason = cause instanceof StoreUnavailableError ? cause.reason : "internal";
      this.#failures.inc({ reason });
    }
  }

  /** In Prometheus's text format. */
  async text(): Promise<string> {
    return `${await this.#registry.metrics()}\n${await processRegistry!.metrics()}`;
  }
}

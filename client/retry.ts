import type {
  RetryErrorInfo,
  RetryStrategyV2,
  RetryToken,
  StandardRetryToken,
} from "@smithy/types";
import { CodeStarError } from "../profile/codeStarError";

/**
 * Attempts of a call that fails on the way or inside the service, the first
 * included; the SDK's own figure.
 */
const attemptsWhenUnwell = 3;

/**
 * How long a call goes on being sent again while the service says "too many
 * requests", in milliseconds. Being told to wait is not a failure: an update of
 * thousands of profiles waits its turn.
 */
const patience = 15 * 60_000;

/** The longest pause between two attempts, in milliseconds. */
const longestPause = 5_000;

interface Token extends StandardRetryToken {
  readonly since: number;
}

/**
 * Retries as the SDK's adaptive mode does, with its rate limiter, but differs where a stack
 * of hundreds of profiles would fail: throttled calls are bounded by time and not by a quota
 * that all calls share, a retry waits for the rate limiter as a first attempt does, and the
 * limiter gets to see what it was.
 */
export function createRetryStrategy(now: () => number = Date.now): RetryStrategyV2 {
  const { DefaultRateLimiter } = require("./awsSdk") as typeof import("./awsSdk");
  // Without a floor the first throttled reply sets the rate to one call every two seconds, since
  // the limiter has measured nothing yet.
  const limiter = new DefaultRateLimiter({ minFillRate: 5 });
  // The limiter lets all who wait at once go at once; in line they go one by one, at its rate.
  let line = Promise.resolve();
  const sendToken = () => {
    line = line.then(() => limiter.getSendToken());
    return line;
  };
  const token = (retryCount: number, delay: number, since: number): Token => ({
    since,
    getRetryCount: () => retryCount,
    getRetryDelay: () => delay,
    getRetryCost: () => undefined,
  });
  return {
    async acquireInitialRetryToken() {
      await sendToken();
      return token(0, 0, now());
    },
    async refreshRetryTokenForRetry(previous: RetryToken, info: RetryErrorInfo) {
      const count = previous.getRetryCount() + 1;
      const { since } = previous as Token;
      const kind = kindOf(info);
      const throttled = kind === "THROTTLING";
      const again = throttled
        ? now() - since < patience
        : kind === "TRANSIENT" && count < attemptsWhenUnwell;
      // The middleware takes any error here as "no more attempts" and throws the call's own error.
      if (!again) throw new CodeStarError("No attempts left");
      limiter.updateClientSendingRate(throttled ? { name: "ThrottlingException" } : {});
      await sendToken();
      return token(count, pause(throttled ? 200 : 100, count), since);
    },
    recordSuccess() {
      limiter.updateClientSendingRate({});
    },
  };
}

/**
 * What the SDK cannot read is a client's error to it, though a proxy in front of
 * the service said "later".
 */
function kindOf({ error, errorType }: RetryErrorInfo): RetryErrorInfo["errorType"] {
  const { $response } = (error ?? {}) as { $response?: { statusCode?: number } };
  if ($response?.statusCode === 429) return "THROTTLING";
  return $response && [502, 503, 504].includes($response.statusCode ?? 0) ? "TRANSIENT" : errorType;
}

function pause(base: number, count: number): number {
  return Math.floor(Math.min(longestPause, Math.random() * base * 2 ** Math.min(count, 10)));
}

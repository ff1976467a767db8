import type { SshPublicKeyRules } from "./keys/sshPublicKey";

export type Clause = string | { readonly text: string; readonly weakKey: true };
export type Rule = (value: unknown, options: SshPublicKeyRules) => Clause[];

/** Applies a rule for strings to any value: refuses what is not a string first. */
export function text(problems: (value: string, options: SshPublicKeyRules) => Clause[]): Rule {
  return (value, options) => {
    if (typeof value !== "string") return [`must be a string, not ${kindOf(value)}`];
    // What an output becomes in an ordinary template string; some of it would pass as a name.
    if (/Calling \[(?:toString|toJSON)\] on an \[Output<T>\]/.test(value)) {
      return [
        "was made from an output as if it were a string; use pulumi.interpolate`…` or .apply(…) instead",
      ];
    }
    // Half a surrogate pair cannot be sent: it would be stored as U+FFFD and drift for ever.
    if (/\p{Surrogate}/u.test(value))
      return ["holds half of a character (a lone surrogate); write whole characters"];
    return problems(value, options);
  };
}

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object") return `a ${typeof value}`;
  if ("__pulumiOutput" in value) return "an output";
  return value instanceof Promise ? "a promise" : "an object";
}

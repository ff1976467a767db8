/**
 * The text the engine passes in place of a value that is not known until the update, for example
 * the ARN of an IAM user still to be created. Part of the provider protocol, the same in every SDK
 * (`runtime.unknownValue` in `@pulumi/pulumi`, which must not be loaded here).
 */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether the value itself is unknown. An array or object that holds an unknown is not. */
export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

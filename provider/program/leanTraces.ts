/** The frames of Pulumi's SDK and of the resource class, which the SDK leaves out by counting. */
const framesOfClasses = 5;

/**
 * Until the function that it answers is called, stack traces hold the program's own frames and
 * little else: for the moment in which a resource is registered.
 *
 * Pulumi's SDK captures several traces for every property, to tell where a leaked promise came
 * from, and one for the resource, which the state keeps: eleven frames, a fifth of a profile's
 * entry, of which the program's are one or two and the others are those of the module loader and of
 * Pulumi itself. With a file backend every step of an update writes all of them again.
 */
export function beginLeanTraces(): () => void {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.prepareStackTrace = (error, frames) => {
    const own = frames.filter(
      (frame, at) => at < framesOfClasses || !isForeign(frame.getFileName() ?? "node:"),
    );
    return prepareStackTrace
      ? prepareStackTrace(error, own)
      : [String(error), ...own.map((frame) => `    at ${frame}`)].join("\n");
  };
  // The SDK lifts the limit for the trace that it keeps.
  if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;
  return () => {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  };
}

function isForeign(file: string): boolean {
  return file.startsWith("node:") || /[\\/]node_modules[\\/]/.test(file);
}

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve, sep } from "node:path";
import { Script } from "node:vm";
import ts from "typescript";

const repository = resolve(__dirname, "../../..") + sep;
/** What runs in a provider's process; the service and all packages are shared. */
const fresh = ["client", "profile", "provider", "roster"].map(
  (folder) => repository + folder + sep,
);

type Wrapped = (
  exports: unknown,
  require: (name: string) => unknown,
  module: { exports: unknown },
  filename: string,
  dirname: string,
) => void;

/** Compiled once: ts-node would do it for each of some ten thousand processes. */
const compiled = new Map<string, Wrapped>();

/**
 * The modules of the provider as a new process has them: each with a state of its own, whatever is loaded from
 * elsewhere shared.
 * @param instead the modules that take the place of some, by their path.
 * @returns loads one by its path from the repository.
 */
export function freshModules(instead: Readonly<Record<string, unknown>>) {
  const loaded = new Map<string, { exports: unknown }>();
  const load = (path: string): unknown => {
    const name = path.slice(repository.length).split(sep).join("/");
    if (Object.hasOwn(instead, name)) return instead[name];
    const before = loaded.get(path);
    if (before) return before.exports;
    const module = { exports: {} as unknown };
    loaded.set(path, module);
    const from = createRequire(path);
    const require = (wanted: string) => {
      const found = from.resolve(wanted);
      return fresh.some((folder) => found.startsWith(folder)) ? load(found) : from(wanted);
    };
    compile(path)(module.exports, require, module, path, dirname(path));
    return module.exports;
  };
  return (name: string): unknown => load(resolve(repository, name));
}

function compile(path: string): Wrapped {
  const known = compiled.get(path);
  if (known) return known;
  const { outputText } = ts.transpileModule(readFileSync(path, "utf8"), {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  });
  const text = `(function (exports, require, module, __filename, __dirname) {${outputText}\n})`;
  const wrapped = new Script(text, { filename: path }).runInThisContext() as Wrapped;
  compiled.set(path, wrapped);
  return wrapped;
}

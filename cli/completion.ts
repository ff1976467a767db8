import { choose, readArguments, UsageError, usageHint } from "./arguments";
import type { CommandModule, Commands } from "./command";
import { type CommandWords, shells } from "./completion/shells";
import { print } from "./terminal";

const shellNames = Object.keys(shells) as (keyof typeof shells)[];

const usage = `Usage: codestar-profiles completion bash|zsh|fish

Prints a script that completes commands, options and their values in a shell.

  -h, --help

  bash   echo 'source <(codestar-profiles completion bash)' >> ~/.bashrc
  zsh    echo 'source <(codestar-profiles completion zsh)' >> ~/.zshrc   (after compinit)
  fish   codestar-profiles completion fish > ~/.config/fish/completions/codestar-profiles.fish

Exit status: 0 printed, 2 wrong arguments.
`;

/** The command that completes all the others, and itself. */
export function completionOf(all: Commands): CommandModule {
  return { usage, run: (argv) => run(argv, all) };
}

async function run(argv: readonly string[], commands: Commands): Promise<number> {
  try {
    const { values, positionals } = readArguments(argv, { help: { type: "boolean", short: "h" } });
    if (values.help) {
      await print(usage);
      return 0;
    }
    const [named, ...others] = positionals;
    if (named === undefined || others.length > 0) throw new UsageError("Which shell?");
    const shell = choose("completion", named, shellNames);
    await print(
      shells[shell](
        Object.entries(commands).map(([name, { summary, load }]) => words(name, summary, load())),
      ),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(usageHint(error, "completion"));
    return 2;
  }
}

/** Read from the command's own help, so that the two cannot part. */
function words(name: string, summary: string, module: CommandModule): CommandWords {
  const lines = module.usage.matchAll(/^ {2}(?:-h, )?--([a-z-]+)(?: ([A-Z]+))?(?: {2,}(.*))?$/gm);
  const options = [...lines].map(([, option = "", value, description = ""]) => ({
    name: option,
    description: option === "help" ? "explain the command" : description,
    ...(value !== undefined && { value }),
    choices: module.choices?.[option] ?? [],
  }));
  return { name, summary, options, positionals: name === "completion" ? shellNames : [] };
}

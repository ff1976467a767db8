import { choose } from "./arguments";
import { type Command, type Commands, declare } from "./command";
import { type CommandWords, shells } from "./completion/shells";
import { print } from "./terminal";

const shellNames = Object.keys(shells) as (keyof typeof shells)[];

/** The command that completes all the others, and itself. */
export function completionOf(all: Commands): Command {
  return declare({
    synopsis: [shellNames.join("|")],
    about: "Prints a script that completes commands, actions, options and their values in a shell.",
    options: {},
    words: { least: 1, most: 1, question: "Which shell?" },
    known: shellNames,
    notes: `\
  bash   echo 'source <(codestar-profiles completion bash)' >> ~/.bashrc
  zsh    echo 'source <(codestar-profiles completion zsh)' >> ~/.zshrc   (after compinit)
  fish   codestar-profiles completion fish > ~/.config/fish/completions/codestar-profiles.fish

Exit status: 0 printed, 2 wrong arguments.`,
    async run({ words: [named = ""] }) {
      const shell = choose("completion", named, shellNames);
      const listed = Object.entries(all);
      const commands = listed.map(([name, { summary, load }]) => wordsOf(name, summary, load()));
      await print(shells[shell](commands));
      return 0;
    },
  });
}

function wordsOf(name: string, summary: string, command: Command): CommandWords {
  const { options, actions, known = Object.keys(actions ?? {}) } = command;
  const all = Object.entries(options).map(([option, { description, value, choices = [] }]) => ({
    name: option,
    description: description.split("\n")[0]!,
    ...(value !== undefined && { value }),
    choices,
  }));
  const help = { name: "help", description: "explain the command", choices: [] };
  return { name, summary, options: [...all, help], positionals: known };
}

/** A command as completion knows it. */
export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionWords[];
  /** The words that may stand alone; files when there are none. */
  readonly positionals: readonly string[];
}

interface OptionWords {
  readonly name: string;
  readonly description: string;
  /** What its value is called; absent for a switch. */
  readonly value?: string;
  readonly choices: readonly string[];
}

const program = "codestar-profiles";

/** The completion script for each shell. */
export const shells = { bash, zsh, fish };

function bash(commands: readonly CommandWords[]): string {
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap((option) => {
      if (option.value === undefined) return [];
      const reply = `COMPREPLY=($(compgen -W "${option.choices.join(" ")}" -- "$word"))`;
      return [
        `    "${name} --${option.name}") ${option.choices.length > 0 ? `${reply}; ` : ""}return ;;`,
      ];
    }),
  );
  const words = commands.map(({ name, options, positionals }) => {
    const all = [...options.map((option) => `--${option.name}`), ...positionals];
    return `    ${name}) words="${all.join(" ")}" ;;`;
  });
  const withWords = commands.filter(({ positionals }) => positionals.length > 0);
  return `# bash completion for ${program}
_codestar_profiles() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" command="\${COMP_WORDS[1]}" words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")} --help --version" -- "$word"))
    return
  fi
  case "$command $previous" in
${values.join("\n")}
  esac
  case "$command" in
${words.join("\n")}
  esac
  case "$command:$word" in
    *:-*${withWords.map(({ name }) => ` | ${name}:*`).join("")}) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
  esac
}
complete -o bashdefault -o default -F _codestar_profiles ${program}
`;
}

function zsh(commands: readonly CommandWords[]): string {
  const list = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = commands.map(({ name, options, positionals }) => {
    const specs = options.map(({ name: option, description, value, choices }) => {
      const text = description.replace(/[[\]:\\]/g, "\\$&");
      const action = choices.length > 0 ? `(${choices.join(" ")})` : "_files";
      return quoted(`--${option}[${text}]${value ? `:${value}:${action}` : ""}`);
    });
    const rest = quoted(
      positionals.length > 0 ? `1:word:(${positionals.join(" ")})` : "*:file:_files",
    );
    return `    ${name}) _arguments ${[...specs, rest].join(" ")} ;;`;
  });
  return `#compdef ${program}
_codestar_profiles() {
  local -a commands
  commands=(
${list.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = "_codestar_profiles" ]; then _codestar_profiles "$@"; else compdef _codestar_profiles ${program}; fi
`;
}

function fish(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, summary, options, positionals }) => [
    `complete -c ${program} -f -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ...options.map(({ name: option, description, value, choices }) => {
      const takes =
        value === undefined
          ? ""
          : choices.length > 0
            ? ` -x -a ${quoted(choices.join(" "))}`
            : " -r";
      return `complete -c ${program} -n ${quoted(`__fish_seen_subcommand_from ${name}`)} -l ${option}${takes} -d ${quoted(description)}`;
    }),
    ...(positionals.length > 0
      ? [
          `complete -c ${program} -f -n ${quoted(`__fish_seen_subcommand_from ${name}`)} -a ${quoted(positionals.join(" "))}`,
        ]
      : []),
  ]);
  return `# fish completion for ${program}\n${lines.join("\n")}\n`;
}

/** A word in single quotes, which all three shells read alike but for a quote within. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

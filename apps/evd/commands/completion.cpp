#include <memory>

#include <evd/json.hpp>

#include "commands/commands.hpp"
#include "shared/exit_code.hpp"

namespace evd::cli {

/// The answer of `evd completion SHELL --json`.
struct completion_script {
  std::string shell;
  std::string script;
};

namespace {

// Each asks `evd __complete` for lines of word, tab, description. Without an answer files are completed.

constexpr const char* bash = R"sh(# evd completion for bash. Try it: source <(evd completion bash)
_evd() {
  local IFS=$'\n' line
  COMPREPLY=()
  while read -r line; do
    COMPREPLY+=("${line%%$'\t'*}")
  done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _evd evd
)sh";

constexpr const char* zsh = R"sh(#compdef evd
# evd completion for zsh. Put it as _evd into a folder of $fpath, or try it: source <(evd completion zsh)
_evd() {
  local -a answers
  local line
  while IFS= read -r line; do
    answers+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( ${#answers} )); then
    _describe -V evd answers
  else
    _files
  fi
}
if [ "${funcstack[1]}" = "_evd" ]; then
  _evd "$@"
else
  compdef _evd evd
fi
)sh";

constexpr const char* fish =
    R"sh(# evd completion for fish. Put it into ~/.config/fish/completions/evd.fish, or try it: evd completion fish | source
function __evd_complete
  set -l words (commandline -opc)
  evd __complete $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c evd -a '(__evd_complete)'
)sh";

void print(session& with, const std::string& shell) {
  const char* script = shell == "bash" ? bash : shell == "zsh" ? zsh : shell == "fish" ? fish : nullptr;
  if (script == nullptr) fail_usage("completion", "'" + shell + "' is none of bash, zsh, fish");
  if (with.out().json()) return with.out().document(to_json(completion_script{shell, script}));
  with.out().text(script);
}

}  // namespace

void add_completion(CLI::App& root, session& with) {
  auto* self = root.add_subcommand("completion", "Prints a script that teaches a shell to complete evd's commands");
  auto shell = std::make_shared<std::string>();
  self->add_option("bash|zsh|fish", *shell, "The shell")->required();
  self->footer(
      "examples:\n  source <(evd completion bash)                                  this shell, now\n"
      "  evd completion bash > ~/.local/share/bash-completion/completions/evd\n"
      "  evd completion fish > ~/.config/fish/completions/evd.fish");
  self->callback([&with, shell] { with.action = [shell](session& s) { print(s, *shell); }; });
}

}  // namespace evd::cli

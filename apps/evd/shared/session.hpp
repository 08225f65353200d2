#pragma once
/// One running of `evd`: what the command line asked for, the output, and the engine once it is needed.

#include <functional>
#include <memory>

#include <evd/port/log.hpp>
#include <evd/port/store.hpp>

#include "assembly/open.hpp"
#include "shared/output.hpp"
#include "shared/settings.hpp"

namespace evd::cli {

/// Threads: the main one only.
class session {
 public:
  /// `out` serves until `prepare()`.
  explicit session(output out) : out_(std::move(out)) {}

  flags given;
  /// What to do: set by the callback of the subcommand that the command line names.
  std::function<void(session&)> action;

  /// Reads environment and file. REQUIRES: `given` is complete. Errors: ends with exit code 2.
  void prepare();

  [[nodiscard]] const settings& how() const { return settings_; }
  [[nodiscard]] const output& out() const { return out_; }

  /// The engine's two halves, opened on first use: to read only, unless `writing()` was said before.
  /// Errors: end with exit code 4, saying where it was looked for.
  [[nodiscard]] port::log& log() { return engine().log(); }
  [[nodiscard]] port::store& store() { return engine().store(); }

  /// REQUIRES: before the first `log()` or `store()`.
  void writing() { mode_ = assembly::open_mode::tool; }

  /// Writes and waits until it is durable. Errors: end the program.
  port::receipt commit(port::write what);

 private:
  assembly::engine& engine();

  settings settings_;
  output out_;
  assembly::open_mode mode_ = assembly::open_mode::read_only;
  std::unique_ptr<assembly::engine> engine_;
};

}  // namespace evd::cli

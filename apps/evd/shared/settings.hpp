#pragma once
/// What holds for every command: where the engine is and how output looks. Flags beat environment variables, and those
/// beat the file.

#include <optional>
#include <string>

#include <evd/time.hpp>

#include "shared/terminal.hpp"

namespace evd::cli {

/// As given on the command line; empty: not given.
struct flags {
  std::string config;
  std::string url;
  std::string store;
  std::string color;
  bool json = false;
  bool utc = false;
};

/// What follows from flags, environment and file.
struct settings {
  std::string url = "embedded:evd.db";
  std::string url_from = "default";  ///< "--url", "EVD_URL", the file's path, ...: for messages
  std::string store;                 ///< empty: the broker's own
  colour_choice color = colour_choice::automatic;
  bool json = false;
  bool utc = false;
  std::optional<timestamp> now;  ///< EVD_NOW: a fixed present, so that output can be compared

  /// Reads the environment, and the file that --config, else EVD_CONFIG names, else ~/.config/evd/config.toml if it is
  /// there. An application's own file will do: what concerns only the application is passed over.
  ///
  /// Errors: ends with exit code 2, naming file, line and setting.
  [[nodiscard]] static settings from(const flags& given);
};

}  // namespace evd::cli

#include "evd_program.hpp"

#include <unistd.h>

#include <filesystem>

std::string evd_program() {
  std::error_code unknown;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path();
  for (const auto& beside : {self / "../../apps/evd/evd", self / "evd"}) {
    if (::access(beside.c_str(), X_OK) == 0) return std::filesystem::canonical(beside).string();
  }
  return "evd";
}

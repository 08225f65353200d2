#include "shared/progress.hpp"

#include <unistd.h>

#include <cstdio>

namespace evd::cli {

progress::progress(const output& out, std::string what)
    : what_(std::move(what)),
      wanted_(!out.json() && is_terminal(STDERR_FILENO)),
      next_(clock::now() + std::chrono::milliseconds{500}) {}

progress::~progress() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void progress::show(const std::string& state) {
  if (!wanted_ || clock::now() < next_) return;
  next_ = clock::now() + std::chrono::milliseconds{100};
  shown_ = true;
  const auto line = "\r\x1b[K" + what_ + ": " + state;
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace evd::cli

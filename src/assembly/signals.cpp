#include "assembly/signals.hpp"

namespace evd::assembly {

ending_signals::ending_signals() {
  sigemptyset(&which_);
  sigaddset(&which_, SIGINT);
  sigaddset(&which_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &which_, &before_);
  // A peer that goes away is an error of the write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
}

ending_signals::~ending_signals() {
  restore();
}

int ending_signals::wait() {
  int which = 0;
  while (sigwait(&which_, &which) != 0) {}
  return which;
}

void ending_signals::restore() {
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace evd::assembly

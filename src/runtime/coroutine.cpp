#include <evd/coroutine.hpp>

#include "runtime/execution.hpp"

namespace evd {

boost::asio::any_io_executor executor_of(context& ctx) {
  return ctx.state().executor();
}

}  // namespace evd

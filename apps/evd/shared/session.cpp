#include "shared/session.hpp"

#include <future>

#include "shared/exit_code.hpp"

namespace evd::cli {
namespace {

/// What `url` names, for messages: the file's path.
std::string_view file_of(std::string_view url) {
  constexpr std::string_view scheme = "embedded:";
  return url.starts_with(scheme) ? url.substr(scheme.size()) : url;
}

}  // namespace

void session::prepare() {
  settings_ = settings::from(given);
  out_ = output(settings_);
}

assembly::engine& session::engine() {
  if (engine_) return *engine_;
  config where;
  where.broker = settings_.url;
  where.store = settings_.store;
  auto opened = assembly::open_engine(where, mode_);
  if (!opened) {
    auto why = opened.error();
    if (why.code == errc::not_found) {
      why.where.clear();
      why.detail = "no evd file at '" + std::string(file_of(settings_.url)) + "'";
      why.detail += settings_.url_from == "default" ? "" : " (" + settings_.url_from + ")";
      why.hint = "start the application, or name its file: --url embedded:PATH";
    }
    throw failed{exit_code::no_engine, std::move(why)};
  }
  engine_ = std::move(*opened);
  return *engine_;
}

port::receipt session::commit(port::write what) {
  auto promise = std::make_shared<std::promise<result<port::receipt>>>();
  auto written = promise->get_future();
  log().commit(std::move(what), [promise](result<port::receipt> answer) { promise->set_value(std::move(answer)); });
  return need(written.get());
}

}  // namespace evd::cli

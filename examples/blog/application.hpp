#pragma once
/// The blog: its modules, their databases, and the application that runs them.

#include <atomic>
#include <filesystem>

#include <evd/app.hpp>

#include "blog/model.hpp"
#include "comment/model.hpp"
#include "terminal.hpp"
#include "user/model.hpp"
#include "user/tokens.hpp"

/// What a start decides.
struct blog_settings {
  std::filesystem::path data;  ///< the folder of the databases
  evd::config engine;
  bool comments_fail = false;  ///< module Comment throws "Test Error!!" when a name is updated
  evd::options update_author;  ///< of module Comment
  terminal::begin events = terminal::begin::shown;
};

/// Lifetime: the databases outlive the application, which is stopped first.
class blog_application {
 public:
  /// Throws `evd::failure_exception` or `sqlite::failure` when the data folder or the key of tokens cannot be used.
  explicit blog_application(const blog_settings& settings);

  [[nodiscard]] evd::app& app() { return app_; }
  [[nodiscard]] terminal& shown() { return terminal_; }
  [[nodiscard]] const user::tokens& signing() const { return signing_; }

  /// From now on module Comment does not fail any more.
  void repair_comments() { comments_fail_ = false; }

 private:
  void before_update();

  user::tokens signing_;
  user::users users_;
  blog::blogs blogs_;
  comment::comments comments_;
  terminal terminal_;
  std::atomic<bool> comments_fail_;
  bool scene_;  ///< the terminal shows a scene: failures come after what they are compared with
  evd::app app_;
};

#pragma once
/// An embedded log in a folder of its own, which is removed at the end.

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <evd/testing/log_suite.hpp>

#include "broker/embedded/embedded_log.hpp"

namespace evd::testing {

class temporary_folder {
 public:
  temporary_folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "evd-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string operator/(const char* name) const { return path_ + '/' + name; }

 private:
  std::string path_;
};

class embedded_place final : public log_place {
 public:
  explicit embedded_place(broker_embedded::embedded_options options) : options_(std::move(options)) {
    options_.path = folder_ / "evd.db";
  }

  std::unique_ptr<opened_log> open() override {
    class opening final : public opened_log {
     public:
      explicit opening(std::unique_ptr<broker_embedded::embedded> engine) : engine_(std::move(engine)) {}
      port::log& log() override { return engine_->log(); }

     private:
      std::unique_ptr<broker_embedded::embedded> engine_;
    };
    auto engine = broker_embedded::open_embedded(options_);
    if (!engine) throw failure_exception(std::move(engine).error());
    return std::make_unique<opening>(*std::move(engine));
  }

 private:
  temporary_folder folder_;
  broker_embedded::embedded_options options_;
};

}  // namespace evd::testing

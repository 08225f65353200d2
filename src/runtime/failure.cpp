#include "runtime/failure.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <typeinfo>

#include "runtime/throw_trace.hpp"

namespace evd::runtime {

std::string demangled(const char* mangled) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(mangled, nullptr, nullptr, &status),
                                                         &std::free);
  return status == 0 ? std::string(text.get()) : std::string(mangled);
}

failure describe_failure(const std::exception_ptr& thrown) {
  failure what;
  what.stack = stack_of(thrown);
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& caught) {
    what.type = demangled(typeid(caught).name());
    what.message = caught.what();
  } catch (const std::string& caught) {
    what.type = "std::string";
    what.message = caught;
  } catch (const char* caught) {
    what.type = "const char*";
    what.message = caught;
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    what.type = type != nullptr ? demangled(type->name()) : "unknown";
    what.message = "an exception that is no std::exception";
  }
  return what;
}

error command_error(const std::exception_ptr& thrown, const std::string& command) {
  const std::string where = "command " + command;
  try {
    std::rethrow_exception(thrown);
  } catch (const rejected& caught) {
    return {caught.code(), where, caught.what(), "", {}};
  } catch (const failure_exception& caught) {
    return caught.error();
  } catch (...) {
    // The message of an unexpected exception is for the record, not for whoever called.
    return {errc::handler_failed,
            where,
            "its handler threw an exception of type " + describe_failure(thrown).type,
            "the record of the command has the message: evd commands show",
            {}};
  }
}

const retry_rule* rule_of(const std::exception_ptr& thrown, std::span<const retry_rule> rules) {
  if (rules.empty()) return nullptr;
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& caught) {
    for (const auto& rule : rules) {
      if (rule.applies != nullptr && rule.applies(caught)) return &rule;
    }
  } catch (...) {}
  return nullptr;
}

}  // namespace evd::runtime

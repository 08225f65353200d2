#include <exception>

#include <evd/event.hpp>
#include <evd/json.hpp>

namespace evd {

namespace {

std::string operation(const event_info& info) {
  return "decode " + std::string(info.subject) + " version " + std::to_string(info.version);
}

/// Owns what a table's `make` made.
std::shared_ptr<const void> own(void* value, const type_table& table) {
  return {value, table.destroy};
}

result<std::shared_ptr<const void>> step_up(const event_info& to, const std::shared_ptr<const void>& from) {
  try {
    return own(to.upcast(from.get()), to.data);
  } catch (const std::exception& thrown) {
    return error{errc::invalid_input, "upcast to " + operation(to).substr(7), thrown.what(), {}, {}};
  } catch (...) {
    return error{errc::invalid_input, "upcast to " + operation(to).substr(7), "an exception of unknown type", {}, {}};
  }
}

}  // namespace

result<std::shared_ptr<const void>> decode_event(const event_info& info, std::uint32_t version, std::string_view json) {
  if (version > info.version) {
    return error{errc::newer_version,
                 operation(info),
                 "it was written as version " + std::to_string(version),
                 "run a build that knows this version; until then the event waits",
                 {}};
  }
  if (version == info.version) {
    void* fresh = info.data.make();
    auto value = own(fresh, info.data);
    if (auto read = read_json(info.data, json, unknown_fields::ignore, fresh); !read) {
      auto failure = std::move(read).error();
      failure.where = operation(info);
      return failure;
    }
    return value;
  }
  if (info.previous == nullptr) {
    return error{errc::invalid_input, operation(info), "there is no version " + std::to_string(version), {}, {}};
  }
  auto older = decode_event(*info.previous, version, json);
  if (!older) return older;
  return step_up(info, *older);
}

}  // namespace evd

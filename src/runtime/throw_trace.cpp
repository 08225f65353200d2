#include "runtime/throw_trace.hpp"

#ifdef EVD_STACK_TRACES

#include <cxxabi.h>
#include <dlfcn.h>

#include <array>
#include <boost/stacktrace.hpp>
#include <cstring>
#include <mutex>
#include <string_view>
#include <typeinfo>
#include <unordered_map>

namespace evd::runtime {

namespace {

constexpr std::size_t most_frames = 48;

struct noted_throw {
  const void* thrown = nullptr;
  const std::type_info* type = nullptr;
  std::array<const void*, most_frames + 1> frames{};  // ends with a null
};

// A handler that catches and throws something else inside: the last few are enough.
struct noted_throws {
  bool wanted = false;
  std::size_t next = 0;
  std::array<noted_throw, 4> last;
};
thread_local noted_throws throws;

void note(const void* thrown, const std::type_info* type) {
  if (!throws.wanted) return;
  auto& place = throws.last[throws.next];
  throws.next = (throws.next + 1) % throws.last.size();
  place.thrown = thrown;
  place.type = type;
  place.frames.fill(nullptr);
  constexpr std::size_t skip = 2;  // this function and __cxa_throw
  boost::stacktrace::safe_dump_to(skip, place.frames.data(), sizeof place.frames);
}

// libstdc++'s exception_ptr is one pointer, to the thrown object.
const void* object_of(const std::exception_ptr& thrown) {
  static_assert(sizeof(std::exception_ptr) == sizeof(void*));
  const void* object = nullptr;
  std::memcpy(static_cast<void*>(&object), static_cast<const void*>(&thrown), sizeof object);
  return object;
}

// "name at file:line". What fails once fails often from the same place: a look-up takes milliseconds, so it is kept.
std::string described(const boost::stacktrace::frame& frame) {
  static std::mutex mutex;  // of both: libbacktrace's state is not safe to share between threads
  static std::unordered_map<const void*, std::string> known;
  constexpr std::size_t most_known = 10'000;
  const std::lock_guard lock(mutex);
  if (const auto found = known.find(frame.address()); found != known.end()) return found->second;
  auto text = frame.name();
  if (const auto line = frame.source_line(); line != 0) {
    text += " at " + frame.source_file() + ':' + std::to_string(line);
  }
  if (known.size() < most_known) known.emplace(frame.address(), text);
  return text;
}

// Where the library calls what a user has registered: below it, nothing is the user's.
bool calls_handlers(std::string_view line) {
  return line.starts_with("evd::module_builder::") || line.starts_with("evd::detail::") ||
         line.find("evd::runtime::") != std::string_view::npos;
}

// `std::function` and the like, between functions of the user.
bool is_plumbing(std::string_view line) {
  return line.starts_with("std::") || line.find("/include/c++/") != std::string_view::npos;
}

}  // namespace

void note_throws_of_this_thread() {
  throws.wanted = true;
}

std::string stack_of(const std::exception_ptr& thrown) {
  const auto* object = object_of(thrown);
  // From the newest on: the place of an exception that is gone may be another's by now.
  for (std::size_t back = 1; back <= throws.last.size(); ++back) {
    const auto& each = throws.last[(throws.next + throws.last.size() - back) % throws.last.size()];
    if (object == nullptr || each.thrown != object || *each.type != *thrown.__cxa_exception_type()) continue;
    std::string text;
    const auto stack = boost::stacktrace::stacktrace::from_dump(each.frames.data(), sizeof each.frames);
    for (const auto& frame : stack) {
      const auto line = described(frame);
      if (calls_handlers(line)) break;
      if (line.empty() || is_plumbing(line)) continue;
      if (!text.empty()) text += '\n';
      text += line;
    }
    return text;
  }
  return {};
}

}  // namespace evd::runtime

// The names are those of the C++ ABI (Itanium C++ ABI, 2.4.3).
namespace __cxxabiv1 {  // NOLINT(readability-identifier-naming)

extern "C" [[gnu::visibility("default")]] void __cxa_throw(void* thrown, std::type_info* type, void (*destroy)(void*)) {
  using thrower = void (*)(void*, std::type_info*, void (*)(void*));
  static const auto next = reinterpret_cast<thrower>(::dlsym(RTLD_NEXT, "__cxa_throw"));
  evd::runtime::note(thrown, type);
  next(thrown, type, destroy);
  __builtin_unreachable();
}

}  // namespace __cxxabiv1

#else

namespace evd::runtime {

void note_throws_of_this_thread() {}
std::string stack_of(const std::exception_ptr&) {
  return {};
}

}  // namespace evd::runtime

#endif

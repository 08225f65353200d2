#include "runtime/execution.hpp"

#include <stdexcept>

#include <evd/json.hpp>

namespace evd::runtime {

void execution::collect(const event_info& type, const void* event, const publish_options& options,
                        const batch_entry* item) {
  if (identity_.what == invocation::kind::query) {
    throw std::logic_error("query " + *identity_.handler + " publishes " + std::string(type.subject) +
                           ": a query only reads; register it with module.command(...)");
  }
  collected_event made;
  made.type = &type;
  made.key = options.key;
  made.delay = options.delay;
  made.item = item;
  made.data.text.clear();
  append_json(type.data, event, made.data.text);
  if (made.data.text.size() > max_event_bytes) {
    throw failure_exception(
        {errc::payload_too_large,
         "publish " + std::string(type.subject),
         std::to_string(made.data.text.size()) + " bytes of data; the limit is " + std::to_string(max_event_bytes),
         "keep large data elsewhere and publish where it is",
         {}});
  }
  collected_.push_back(std::move(made));
}

const logger& execution::log() {
  if (!log_) {
    std::vector<log_field> fields{{"module", *identity_.module}, {"handler", *identity_.handler}};
    if (!identity_.chain.is_none()) fields.emplace_back("command", identity_.chain);
    if (identity_.record != nullptr) {
      fields.emplace_back("event", identity_.record->id);
      fields.emplace_back("subject", identity_.record->subject);
      fields.emplace_back("attempt", identity_.attempt);
    }
    if (identity_.trace && identity_.trace->sampled) fields.emplace_back("trace", core::to_hex(identity_.trace->trace));
    log_.emplace(*sink_, std::move(fields));
  }
  return *log_;
}

}  // namespace evd::runtime

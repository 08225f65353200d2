#include "store/mongo/inserts.hpp"

#include "store/mongo/status.hpp"

namespace evd::store_mongo {

result<void> inserts::prepare(document_maker& maker, std::string_view collection) {
  keep_ = maker.keep();
  documents_.reserve(how_.size());
  for (const auto& how : how_) {
    documents_.push_back(how(maker));
    if (documents_.back().bytes() <= largest_document) continue;
    return error{errc::invalid_input,
                 "write " + std::string(collection),
                 "it is a document of " + std::to_string(documents_.back().bytes()) + " bytes",
                 "MongoDB takes up to " + std::to_string(largest_document) + "; keep large data elsewhere",
                 {}};
  }
  return {};
}

result<std::vector<std::size_t>> inserts::send(client& with, std::string_view collection) {
  auto failed = insert_all(with, collection, documents_);
  if (!failed) return std::move(failed).error();
  std::vector<std::size_t> there;
  std::vector<unwritten> refused;
  for (auto& each : *failed) {
    if (each.code == duplicate_key) {
      there.push_back(each.index);
    } else {
      refused.push_back(std::move(each));
    }
  }
  if (auto sent = send_as_text(with, collection, refused, there); !sent) return std::move(sent).error();
  return there;
}

result<void> inserts::send_as_text(client& with, std::string_view collection, const std::vector<unwritten>& refused,
                                   std::vector<std::size_t>& there) {
  if (refused.empty()) return {};
  document_maker maker(keep_, json_form::text);
  std::vector<document> plainer;
  for (const auto& each : refused) {
    documents_[each.index] = how_[each.index](maker);
    plainer.push_back(documents_[each.index]);
  }
  auto failed = insert_all(with, collection, plainer);
  if (!failed) return std::move(failed).error();
  for (const auto& each : *failed) {
    if (each.code != duplicate_key) {
      return translate_code(each.code, each.message, "write " + std::string(collection));
    }
    there.push_back(refused[each.index].index);
  }
  return {};
}

}  // namespace evd::store_mongo

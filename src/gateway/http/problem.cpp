#include "gateway/http/problem.hpp"

#include <optional>

#include <evd/json.hpp>

namespace evd::gateway {

namespace {

std::optional<std::string> unless_empty(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

}  // namespace

/// The document itself; its members are its JSON names.
struct problem_document {
  std::string type;
  std::string title;
  int status = 500;
  std::optional<std::string> detail;
  std::optional<std::string> hint;
  std::optional<std::string> code;
  std::optional<std::vector<problem>> problems;
};

http_response to_problem(const error& failure) {
  const error_row& row = describe(failure.code);
  problem_document document{.type = "urn:evd:error:" + std::string(row.name),
                            .title = std::string(row.text),
                            .status = row.http_status,
                            .detail = unless_empty(failure.detail),
                            .hint = unless_empty(failure.hint),
                            .code = std::string(row.name),
                            .problems = std::nullopt};
  if (!failure.problems.empty()) document.problems = failure.problems;
  http_response made{
      .status = row.http_status, .content_type = "application/problem+json", .body = to_json(document), .headers = {}};
  if (row.http_status == 401) made.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (row.http_status == 503 || row.http_status == 429) made.headers.emplace_back("Retry-After", "1");
  return made;
}

http_response to_problem(int status, std::string_view title, std::string_view detail, std::string_view hint) {
  const problem_document document{.type = "about:blank",
                                  .title = std::string(title),
                                  .status = status,
                                  .detail = unless_empty(detail),
                                  .hint = unless_empty(hint),
                                  .code = std::nullopt,
                                  .problems = std::nullopt};
  return {.status = status, .content_type = "application/problem+json", .body = to_json(document), .headers = {}};
}

}  // namespace evd::gateway

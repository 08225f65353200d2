#include "gateway/http/openapi.hpp"

#include <evd/json.hpp>

namespace evd::gateway {

namespace {

std::string quoted(std::string_view text) {
  return to_json(std::string(text));
}

/// A schema that may refer to its own definitions wherever it stands: `id` makes it a resource of its own, so that its
/// `#/$defs/` is not looked for in the document around it (JSON Schema 2020-12, section 8.2.1).
std::string schema_of(const type_table* type, const std::string& id) {
  if (type == nullptr) return R"({"type":"null"})";
  auto schema = json_schema(*type);
  if (schema.starts_with("{\"")) schema.insert(1, R"("$id":)" + quoted("/schemas/" + id) + ',');
  return schema;
}

std::string json_content(const std::string& schema) {
  return R"("content":{"application/json":{"schema":)" + schema + "}}";
}

constexpr std::string_view default_answer =
    R"("default":{"description":"what went wrong","content":{"application/problem+json":)"
    R"({"schema":{"$ref":"#/components/schemas/problem"}}}})";

constexpr std::string_view problem_schema =
    R"("problem":{"type":"object","description":"problem details, RFC 9457","required":["type","title","status"],)"
    R"("properties":{"type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},)"
    R"("detail":{"type":"string"},"hint":{"type":"string"},"code":{"type":"string"},)"
    R"("problems":{"type":"array","items":{"type":"object","properties":)"
    R"({"pointer":{"type":"string"},"message":{"type":"string"}}}}}})";

/// What a command is answered with, around its own result.
std::string answer_schema(const command_definition& command) {
  return R"({"type":"object","required":["commandId","status"],"properties":{"commandId":{"type":"string"},)"
         R"("status":{"enum":["accepted","succeeded"]},"result":)" +
         schema_of(command.output, command.name + "/result") + "}}";
}

std::string body_of(const command_definition& called) {
  return R"("requestBody":{"required":true,)" + json_content(schema_of(called.input, called.name + "/input")) + '}';
}

std::string command_operation(const command_definition& command) {
  const auto content = json_content(answer_schema(command));
  std::string responses;
  if (!command.options.durable) responses += R"("200":{"description":"it has ended",)" + content + "},";
  responses += R"("202":{"description":"it is recorded and will run",)" + content + "},";
  return R"("post":{"operationId":)" + quoted(command.name) + R"(,"tags":["commands"],)" + body_of(command) +
         R"(,"responses":{)" + responses + std::string(default_answer) + "}}";
}

std::string query_parameters(const command_definition& query) {
  std::string all;
  for (const auto& member : query.input->members) {
    if (!all.empty()) all += ',';
    all += R"({"in":"query","name":)" + quoted(member.json_name) + R"(,"required":)" +
           (member.required ? "true" : "false") + R"(,"schema":)" +
           schema_of(member.type, query.name + "/input/" + std::string(member.json_name)) + '}';
  }
  return '[' + all + ']';
}

std::string query_operations(const command_definition& query) {
  const auto responses = R"("responses":{"200":{"description":"the answer",)" +
                         json_content(schema_of(query.output, query.name + "/result")) + "}," +
                         std::string(default_answer) + '}';
  return R"("get":{"operationId":)" + quoted(query.name) + R"(,"tags":["queries"],"parameters":)" +
         query_parameters(query) + ',' + responses + R"(},"post":{"operationId":)" + quoted(query.name + "ByPost") +
         R"(,"tags":["queries"],)" + body_of(query) + ',' + responses + '}';
}

}  // namespace

http_response openapi_document(const runtime::command_service& commands) {
  std::string paths;
  for (const auto* called : commands.all()) {
    if (!paths.empty()) paths += ',';
    paths += quoted((called->query ? "/queries/" : "/commands/") + called->name) + ":{" +
             (called->query ? query_operations(*called) : command_operation(*called)) + '}';
  }
  return {.body = R"({"openapi":"3.1.0","info":{"title":"commands and queries","version":"1"},"paths":{)" + paths +
                  R"(},"components":{"schemas":{)" + std::string(problem_schema) + "}}}",
          .headers = {}};
}

}  // namespace evd::gateway

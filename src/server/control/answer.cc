#include "server/control/answer.h"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "accounts/oauth/strict_json.h"

namespace restante::control {
namespace {

namespace json = boost::json;

struct Word {
  std::string_view word;
  Errc code;
};

/// The last is for all that have no word of their own.
constexpr std::array<Word, 6> kWords = {{
    {"bad-request", Errc::kSyntax},
    {"denied", Errc::kAuth},
    {"not-found", Errc::kNotFound},
    {"busy", Errc::kBusy},
    {"kept", Errc::kState},
    {"failed", Errc::kIo},
}};

std::string_view word_of(Errc code) {
  if (code == Errc::kLimit) return kWords.front().word;
  if (code == Errc::kTimeout || code == Errc::kClosed) code = Errc::kBusy;
  for (const Word& each : kWords)
    if (each.code == code) return each.word;
  return kWords.back().word;
}

Errc code_of(std::string_view word) {
  for (const Word& each : kWords)
    if (each.word == word) return each.code;
  return kWords.back().code;
}

}  // namespace

std::string words_of(const Error& error) {
  return error.detail.empty() ? error.message() : error.detail;
}

std::string to_line(const Result<json::object>& answer) {
  json::object out;
  out["ok"] = answer.has_value();
  if (answer) {
    out["result"] = *answer;
  } else {
    out["error"] = word_of(answer.error().code);
    out["message"] = words_of(answer.error());
  }
  return json::serialize(out) + "\n";
}

Result<json::object> parse_answer(std::string_view line) {
  json::error_code failure;
  json::value value = json::parse(line, failure);
  const Error none(Errc::kSyntax, "what listens there does not answer as restanted does");
  if (failure || !value.is_object()) return none;
  json::object& object = value.get_object();
  const json::value* const is_ok = object.if_contains("ok");
  if (is_ok == nullptr || !is_ok->is_bool()) return none;
  if (!is_ok->get_bool())
    return Error(code_of(accounts::oauth::text_of(object, "error").value_or("")),
                 std::string(accounts::oauth::text_of(object, "message").value_or("it failed")));
  json::value* const result = object.if_contains("result");
  if (result == nullptr || !result->is_object()) return none;
  return std::move(result->get_object());
}

}  // namespace restante::control

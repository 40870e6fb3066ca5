// What the control socket answers: one line of JSON (docs/control.md), {"ok": true, "result": …} or
// {"ok": false, "error": WORD, "message": …}.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::control {

/// Of an answer, with its LF: more than kSessionsMax sessions take.
inline constexpr std::size_t kAnswerBytesMax = 16U << 20;

/// What a person is told of it: without the word for its kind, which the answer has for itself.
std::string words_of(const Error& error);

/// With its LF.
std::string to_line(const Result<boost::json::object>& answer);
/// The same read again; without its LF. Errors: what the server said; kSyntax: no answer.
Result<boost::json::object> parse_answer(std::string_view line);

}  // namespace restante::control

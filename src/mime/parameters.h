// Content-Type and Content-Disposition: a value and its parameters, in every form that mail
// programs have written them. Pure; linear in the field's length; never fails.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace restante::mime {

struct Parameters {
  /// "text/plain", "attachment": lower case, without blanks and comments. As written, it may be
  /// nonsense or empty.
  std::string value;
  /// Names in lower case, without "*"; values decoded: one line of well-formed UTF-8. Each name
  /// once, in the order of their first piece.
  std::vector<std::pair<std::string, std::string>> parameters;

  /// The value; empty when there is none. `name` in lower case.
  [[nodiscard]] std::string_view find(std::string_view name) const;
};

/// `raw` is what stands behind the colon; `charset`, perhaps empty, is that of the body, for raw
/// octets. Continuations are put together before they are decoded, and where a value is given in
/// several forms, name* counts before name*0 before name. Quotes that never end, blanks in values
/// without quotes, missing semicolons and comments are read as they were meant. At most 100
/// parameters of the first 16 KiB. RFC 2045 s.5.1, RFC 2231, RFC 2183.
Parameters parse_parameters(std::string_view raw, std::string_view charset = {});

}  // namespace restante::mime

#include "text/percent.h"

#include <algorithm>
#include <charconv>

namespace restante::text {

std::string percent_decoded(std::string_view text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned octet = 0;
    const std::string_view digits = text.substr(std::min(i + 1, text.size()), 2);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), octet, 16);
    const bool is_coded = text[i] == '%' && digits.size() == 2 && read.ptr == digits.data() + 2;
    octets += is_coded ? static_cast<char>(octet) : text[i];
    if (is_coded) i += 2;
  }
  return octets;
}

}  // namespace restante::text

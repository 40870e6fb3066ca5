// Base64: each text has one meaning and each meaning one text, for all bytes.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "sasl/base64.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace restante::sasl;  // NOLINT(google-build-using-namespace): a program of its own
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto decoded = decode_base64(input)) {
    RESTANTE_CHECK(decoded->size() <= input.size() / 4 * 3);
    std::string again;
    append_base64(*decoded, again);
    RESTANTE_CHECK(again == input);
  }
  std::string encoded = "kept ";
  append_base64(input, encoded);
  RESTANTE_CHECK(encoded.starts_with("kept "));
  RESTANTE_CHECK(decode_base64(std::string_view(encoded).substr(5)).value() == input);
  return 0;
}

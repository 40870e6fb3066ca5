// A whole LMTP session: no input breaks what the session owes its driver (smtp/memory_driver.h).
#include <cstdint>

#include "base/bytes.h"
#include "smtp/fuzz_session.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = restante::as_text(std::as_bytes(std::span(data, size)));
  restante::smtp::fuzz_session(restante::smtp::Dialect::kLmtp, input);
  return 0;
}

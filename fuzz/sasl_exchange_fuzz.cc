// Base64 and the SASL mechanisms on any bytes: what decodes encodes to the same text, and no
// mechanism lets a name or a password through that breaks its limits.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "sasl/base64.h"
#include "sasl/credential_limits.h"
#include "sasl/mechanism.h"

namespace {

using namespace restante::sasl;  // NOLINT(google-build-using-namespace): a program of its own

/// Answers every challenge with the next half of the input.
void exchange(const MechanismInfo& info, std::string_view input) {
  const auto mechanism = info.make_server(ExchangeContext{});
  Step step = input.size() % 2 == 0 ? mechanism->start(input) : mechanism->start(std::nullopt);
  for (int turn = 0; turn < 4 && std::holds_alternative<Challenge>(step); ++turn)
    step = mechanism->respond(turn % 2 == 0 ? input.substr(0, input.size() / 2)
                                            : input.substr(input.size() / 2));
  RESTANTE_CHECK(!std::holds_alternative<Challenge>(step));
  if (const auto* const found = std::get_if<Credentials>(&step)) {
    RESTANTE_CHECK(check_name(found->name).has_value());
    RESTANTE_CHECK(check_password(found->password).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto decoded = decode_base64(input)) {
    std::string again;
    append_base64(*decoded, again);
    RESTANTE_CHECK(again == input);
  }
  std::string encoded;
  append_base64(input, encoded);
  RESTANTE_CHECK(decode_base64(encoded).value() == input);
  for (const MechanismInfo& info : server_mechanisms()) exchange(info, input);
  return 0;
}

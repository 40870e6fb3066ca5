// The PROXY protocol's header before any bytes: however they arrive, the same client and the same
// end of the header, and never an octet more than belongs to it.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "dial/endpoint.h"
#include "net/proxy_header.h"

namespace {

using restante::net::ProxyHeaderReader;

struct Outcome {
  bool failed = false;
  bool done = false;
  std::size_t taken = 0;
  std::string client;
  std::string tls;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// As a connection does it: it peeks at what has come, and takes what belongs to the header.
Outcome read(std::string_view stream, std::size_t step) {
  ProxyHeaderReader reader;
  Outcome outcome;
  while (!reader.is_done() && outcome.taken < stream.size()) {
    const auto took = reader.take(stream.substr(outcome.taken, step));
    outcome.failed = !took;
    if (!took) break;
    RESTANTE_CHECK(*took >= 1 && *took <= std::min(step, stream.size() - outcome.taken));
    outcome.taken += *took;
    RESTANTE_CHECK(outcome.taken <= ProxyHeaderReader::kBytesMax);
  }
  outcome.done = !outcome.failed && reader.is_done();
  if (outcome.failed) outcome.taken = 0;
  if (outcome.done && reader.client()) outcome.client = reader.client()->to_string();
  if (outcome.done) outcome.tls = reader.client_tls().value_or("");
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  const Outcome whole = read(stream, size + 1);
  for (const std::size_t step : {std::size_t{1}, std::size_t{5}, std::size_t{16}})
    RESTANTE_CHECK(read(stream, step) == whole);
  if (!whole.done) return 0;
  // It may stand in a log line, and TLS needs a client.
  RESTANTE_CHECK(whole.tls.find_first_of("\r\n\"\\") == std::string::npos);
  RESTANTE_CHECK(whole.tls.empty() || !whole.client.empty());
  // Octets behind the header do not matter, and the header is not a shorter one.
  RESTANTE_CHECK(read(stream.substr(0, whole.taken), size + 1) == whole);
  RESTANTE_CHECK(!read(stream.substr(0, whole.taken - 1), size + 1).done);
  return 0;
}

#include "server/common/tls_failure.h"

#include <array>
#include <string_view>

namespace restante::server {
namespace {

struct Meaning {
  std::string_view part;  // Of OpenSSL's words.
  std::string_view words;
};

constexpr std::string_view kDistrust = "the client does not trust our certificate";
constexpr std::string_view kOld = "the client's TLS is older than what we take: tls.min_version";

constexpr auto kMeanings = std::to_array<Meaning>({
    {"unsupported protocol", kOld},
    {"version too low", kOld},
    {"alert protocol version", "the client takes none of our versions of TLS: tls.min_version"},
    {"unknown ca", kDistrust},
    {"bad certificate", kDistrust},
    {"certificate unknown", kDistrust},
    {"certificate expired", "our certificate has ended, or the client's clock is wrong"},
    {"no shared cipher", "the client has no cipher that we take"},
    {"alert handshake failure", "the client takes none of our ciphers"},
    {"wrong version number", "what came is not TLS"},
    {"http request", "what came is not TLS"},
    {"closed in TLS handshake", "the client gave up: it may not trust our certificate"},
});

}  // namespace

std::string tls_failure_text(const Error& error) {
  // OpenSSL's words stay: they are what a search engine knows.
  std::string text = error.message();
  // The first that fits; the order goes from the particular to the general.
  for (const Meaning& meaning : kMeanings)
    if (text.find(meaning.part) != std::string::npos)
      return text.append(" (").append(meaning.words).append(")");
  return text;
}

}  // namespace restante::server

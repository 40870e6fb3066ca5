// Certificates as a client may send them: whom one names is text without control characters, and
// not made longer than its UTF-8. OpenSSL takes the DER apart; what is looked for in it is ours.

#include <openssl/x509.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "base/ascii.h"
#include "base/check.h"
#include "net/certificate_identity.h"

namespace {

struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const unsigned char* place = data;
  const std::unique_ptr<X509, FreeCertificate> certificate(
      d2i_X509(nullptr, &place, static_cast<long>(size)));
  if (!certificate) return 0;
  for (const std::string& name : restante::net::identities_of(*certificate)) {
    RESTANTE_CHECK(!name.empty() && name.size() <= 2 * size);
    RESTANTE_CHECK(restante::is_utf8(name));
    RESTANTE_CHECK(std::none_of(name.begin(), name.end(), restante::is_control));
  }
  return 0;
}

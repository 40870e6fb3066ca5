#include "dial/certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

#include "base/ascii.h"

namespace restante::net {
namespace {

constexpr int kNamesShownMax = 5;

std::string date_of(const ASN1_TIME* time) {
  const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
  if (!out || ASN1_TIME_print(out.get(), time) != 1) return "an unknown date";
  std::array<char, 64> text{};
  const int length = BIO_read(out.get(), text.data(), text.size());
  return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : "unknown";
}

/// The DNS names in the certificate, "a.example, b.example, …".
std::string names_of(const X509& certificate) {
  const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> names(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  std::string out;
  int shown = 0;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    // A certificate of a large host has hundreds, and this is a line for a person.
    if (shown++ == kNamesShownMax) return out + ", …";
    const std::string_view text(
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
        static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    if (!out.empty()) out += ", ";
    // They are the server's words, not checked by any authority, and go to a terminal.
    for (const char c : text.substr(0, 255)) out += is_control(c) || !is_ascii(c) ? '?' : c;
  }
  return out.empty() ? "no name" : out;
}

}  // namespace

std::string sha256_of(const X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(&certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += kHex[digest[i] >> 4U];
    out += kHex[digest[i] & 0xfU];
  }
  return out;
}

bool same_pin(std::string_view pin, std::string_view sha256) {
  std::string digits;
  // As OpenSSL prints a fingerprint, with colons and in capitals, or without.
  for (const char c : pin)
    if (c != ':') digits += to_lower(c);
  return digits.size() == 64 && digits == sha256;
}

std::string explain_refusal(int code, const X509& certificate, std::string_view server_name) {
  const std::string or_pin = "pin it: pins = [\"" + sha256_of(certificate) + "\"]";
  switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "the server's certificate, or one above it, has expired (its own: " +
             date_of(X509_get0_notAfter(&certificate)) + "): its operator has to renew it, or " +
             or_pin;
    // The clock is to blame more often than the certificate, and a pin would hide that: none is
    // offered.
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the server's certificate is not valid yet (from " +
             date_of(X509_get0_notBefore(&certificate)) + "): is this machine's clock right?";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the server's certificate is for " + names_of(certificate) + ", not for " +
             std::string(server_name) +
             ": correct host, or set tls_name if that is who it should be, or " + or_pin;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return std::string(
                 "no authority that this machine trusts signed the server's certificate (") +
             X509_verify_cert_error_string(code) +
             "): name its authority with ca_file, or, if you know that it is the server's, " +
             or_pin;
    default:
      return std::string("the server's certificate: ") + X509_verify_cert_error_string(code) +
             "; or " + or_pin;
  }
}

}  // namespace restante::net

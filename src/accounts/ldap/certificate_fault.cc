#include "accounts/ldap/certificate_fault.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/ascii.h"
#include "base/ip.h"

namespace restante::accounts::ldap {
namespace {

template <typename Thing, void (*Free)(Thing*)>
struct FreeWith {
  void operator()(Thing* thing) const { Free(thing); }
};
using Certificate = std::unique_ptr<X509, FreeWith<X509, X509_free>>;
using Store = std::unique_ptr<X509_STORE, FreeWith<X509_STORE, X509_STORE_free>>;
using Judge = std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX, X509_STORE_CTX_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES, GENERAL_NAMES_free>>;
using Buffer = std::unique_ptr<BIO, FreeWith<BIO, BIO_free_all>>;

/// The signer of the certificate chose these words, and they go to a log: no control characters, no
/// long lines.
std::string tame(std::string_view text) {
  constexpr std::size_t kBytesMax = 200;
  std::string out(text.substr(0, kBytesMax));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return is_control(c) || !is_ascii(c); }, '?');
  return out;
}

template <typename Print>
// OpenSSL prints into a BIO alone.
std::string printed(Print print) {
  const Buffer buffer(BIO_new(BIO_s_mem()));
  if (!buffer || print(buffer.get()) < 0) return "?";
  char* text = nullptr;
  const auto size = BIO_get_mem_data(buffer.get(), &text);
  return tame(std::string_view(text, static_cast<std::size_t>(size)));
}

std::string time_text(const ASN1_TIME* time) {
  return printed([time](BIO* out) { return ASN1_TIME_print(out, time); });
}

std::string_view octets_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_text(std::string_view octets) {
  // Of an IPv6 address that it is one is enough for a person to see the mistake.
  if (octets.size() != 4) return "an IPv6 address";
  std::string out;
  for (const char octet : octets)
    out += (out.empty() ? "" : ".") + std::to_string(static_cast<unsigned char>(octet));
  return out;
}

/// "ldap.example.test 192.0.2.1".
std::string hosts_of(const X509& certificate) {
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::string out;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) out += std::string(octets_of(name->d.dNSName)) + " ";
    if (name->type == GEN_IPADD) out += address_text(octets_of(name->d.iPAddress)) + " ";
  }
  if (!out.empty()) return tame(trim(out));
  // An old certificate has its host in the subject alone.
  return printed([&certificate](BIO* bio) {
    return X509_NAME_print_ex(bio, X509_get_subject_name(&certificate), 0, XN_FLAG_ONELINE);
  });
}

bool is_for(X509& certificate, const std::string& host) {
  if (IpAddress::parse(host)) return X509_check_ip_asc(&certificate, host.c_str(), 0) == 1;
  return X509_check_host(&certificate, host.c_str(), host.size(), 0, nullptr) == 1;
}

/// OpenSSL's verdict on the part of the chain that is here: X509_V_OK, …
int judge(X509& certificate, const std::filesystem::path& authorities, std::time_t now) {
  const Store store(X509_STORE_new());
  const Judge judge(X509_STORE_CTX_new());
  const bool ready = store && judge &&
                     X509_STORE_load_file(store.get(), authorities.c_str()) == 1 &&
                     X509_STORE_CTX_init(judge.get(), store.get(), &certificate, nullptr) == 1;
  if (!ready) return X509_V_ERR_UNSPECIFIED;
  // Only the leaf is here: an authority in the middle is as good as the root for the question who
  // signed it.
  X509_STORE_CTX_set_flags(judge.get(), X509_V_FLAG_PARTIAL_CHAIN);
  X509_STORE_CTX_set_time(judge.get(), 0, now);
  X509_verify_cert(judge.get());
  return X509_STORE_CTX_get_error(judge.get());
}

}  // namespace

std::string certificate_fault(std::string_view der, const std::string& host,
                              const std::filesystem::path& authorities, WallTime now) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const Certificate certificate(
      der.empty() ? nullptr : d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
  if (!certificate) return {};
  std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const ASN1_TIME* const until = X509_get0_notAfter(certificate.get());
  const ASN1_TIME* const from = X509_get0_notBefore(certificate.get());
  // Dates first: they are the usual fault, and every other check of an old certificate misleads.
  if (X509_cmp_time(until, &seconds) < 0)
    return "its certificate has expired (on " + time_text(until) + ")";
  if (X509_cmp_time(from, &seconds) > 0)
    return "its certificate is not valid before " + time_text(from) + ": is this clock right?";
  if (!is_for(*certificate, host))
    return "its certificate is for " + hosts_of(*certificate) + ", not for " + host;
  switch (const int code = judge(*certificate, authorities, seconds)) {
    case X509_V_OK: return {};
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "its certificate is signed by no authority in " + authorities.string() +
             " (accounts.ca_file), but by " + printed([&certificate](BIO* bio) {
               return X509_NAME_print_ex(bio, X509_get_issuer_name(certificate.get()), 0,
                                         XN_FLAG_ONELINE);
             });
    default:
      return std::string("its certificate is not taken: ") + X509_verify_cert_error_string(code);
  }
}

}  // namespace restante::accounts::ldap
